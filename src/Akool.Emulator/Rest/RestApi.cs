using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;

namespace Akool.Emulator.Rest;

/// <summary>Takes one REST call: reads it, journals it, lets a fault have it or answers it.</summary>
internal sealed class RestApi(
    EmulatorOptions options, TokenBook tokens, SessionCalls sessions, AvatarShelf avatars, FaultScript script, RestFaultPlayer faults, Journal journal)
{
    private const int MaxBody = 1 << 20; // nothing that AKOOL documents comes near a mebibyte
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task HandleAsync(HttpContext context, RestOperation operation)
    {
        var request = await ReadAsync(context, operation);
        var path = RestPaths.Of(operation);
        journal.Requested(path + context.Request.QueryString, operation is RestOperation.GetToken ? "" : request.BodyText, context.Request.Headers);

        if (script.TakeRest(operation) is { } fault)
        {
            var played = faults.PlayAsync(context, fault, () => Answer(context, request), WriteAsync);
            journal.FaultFired(fault.Kind, session: null); // now that its delay has begun and its effect is there
            await played;
            if (fault.Kind is FaultKind.ResetRequest) return; // nothing was answered
        }
        else
        {
            await WriteAsync(context, Answer(context, request), status: null, options.Habits);
        }
        journal.Answered(path, context.Response.StatusCode);
    }

    private RestAnswer Answer(HttpContext context, RestRequest request)
    {
        if (request.Operation is RestOperation.GetToken) return tokens.Issue(request);
        if (tokens.Check(context.Request.Headers.Authorization) is not BusinessCode.Success and var refusal) return refusal;
        return request.Operation switch
        {
            RestOperation.CreateSession => sessions.Create(request),
            RestOperation.CloseSession => sessions.Close(request),
            RestOperation.PauseSession => sessions.Pause(request),
            RestOperation.SessionDetail => sessions.Detail(request),
            RestOperation.SessionList => sessions.List(request),
            RestOperation.AvatarList => avatars.List(),
            RestOperation.AvatarDetail => avatars.Detail(request),
            RestOperation.AvatarCreate => avatars.Create(request),
            RestOperation.VoiceList => SpeechCatalog.ListVoices(request),
            _ => SpeechCatalog.ListLanguages(),
        };
    }

    private async Task<RestRequest> ReadAsync(HttpContext context, RestOperation operation)
    {
        var body = context.Request.BodyReader;
        ReadResult read;
        while (!(read = await body.ReadAsync(context.RequestAborted)).IsCompleted && read.Buffer.Length <= MaxBody)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        var bytes = read.Buffer.Length <= MaxBody ? read.Buffer.ToArray() : [];
        body.AdvanceTo(read.Buffer.End);
        return new(operation, context.Request.Query, bytes, options.Habits.RoomBaseUrl ?? new Uri($"ws://{context.Request.Host}"));
    }

    private static async Task WriteAsync(HttpContext context, RestAnswer answer, int? status, WireHabits habits)
    {
        context.Response.StatusCode = status ?? BusinessCode.StatusOf(answer.Code, habits.ErrorStatus);
        context.Response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Plain)) answer.ToBody(habits).WriteTo(json);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
