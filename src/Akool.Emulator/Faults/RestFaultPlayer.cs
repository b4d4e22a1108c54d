using Akool.Emulator.Rest;

namespace Akool.Emulator.Faults;

/// <summary>Writes an answer with an HTTP status (null: the habit's).</summary>
internal delegate Task WriteAnswer(HttpContext context, RestAnswer answer, int? status, WireHabits habits);

/// <summary>Does to a REST call what a fault says.</summary>
internal sealed class RestFaultPlayer(EmulatorOptions options)
{
    public async Task PlayAsync(HttpContext context, Fault fault, Func<RestAnswer> execute, WriteAnswer write)
    {
        var needsAnswer = fault is { Kind: FaultKind.AnswerLate } or { Kind: FaultKind.BadBody, Body: BadBody.CodeAsString };
        var executed = needsAnswer || fault.TakesEffect ? execute() : default;
        if (fault.RetryAfter is { } wait) context.Response.Headers.RetryAfter = $"{(long)Math.Ceiling(wait.TotalSeconds)}";
        switch (fault.Kind)
        {
            case FaultKind.HttpStatus:
                context.Response.StatusCode = fault.Status ?? 500;
                if (context.Response.StatusCode is not (204 or 304)) await context.Response.WriteAsync("scripted failure", context.RequestAborted);
                break;
            case FaultKind.BusinessCode:
                await write(context, fault.Code, fault.Status ?? 200, options.Habits);
                break;
            case FaultKind.NeverAnswer:
                await WaitAsync(context, Timeout.InfiniteTimeSpan);
                break;
            case FaultKind.AnswerLate:
                await WaitAsync(context, fault.Delay);
                await write(context, executed, null, options.Habits);
                break;
            case FaultKind.BadBody when fault.Body is BadBody.CodeAsString:
                await write(context, executed, null, options.Habits with { CodeAsString = true });
                break;
            case FaultKind.BadBody:
                await BadBodies.WriteAsync(context, fault.Body);
                break;
            case FaultKind.Redirect:
                context.Response.StatusCode = fault.Status ?? 307;
                context.Response.Headers.Location = fault.Location;
                break;
            default:
                context.Abort();
                break;
        }
    }

    private Task WaitAsync(HttpContext context, TimeSpan time) => Task.Delay(time, options.Time, context.RequestAborted);
}
