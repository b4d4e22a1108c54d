using System.Text.Json;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;

namespace Akool.Emulator.Control;

/// <summary>What a test in another process uses: the script, the ledger and the journal over HTTP, under <c>/_emulator/</c>. No token is asked for.</summary>
internal sealed class ControlApi(AkoolEmulator emulator)
{
    public const string Root = "/_emulator/";

    public async Task HandleAsync(HttpContext context, string call)
    {
        try
        {
            var answered = (context.Request.Method, call) switch
            {
                ("POST", "script") => ScriptAsync(context),
                ("GET", "script") => AnswerAsync(context, emulator.Script.Pending),
                ("GET", "ledger") => AnswerAsync(context, emulator.Ledger.Sheet),
                ("GET", "journal") => AnswerAsync(context, JournalAfter(context.Request.Query["after"])),
                ("POST", "sessions") => AnswerAsync(context, new { Id = emulator.Ledger.AddForeign() }),
                ("POST", _) when Act(call, context.Request.Query) => AnswerAsync(context, new { Done = call }),
                _ => NotFoundAsync(context),
            };
            await answered;
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await AnswerAsync(context, new { Error = wrong.Message });
        }
    }

    private IEnumerable<JournalEntry> JournalAfter(string? number)
    {
        var after = long.TryParse(number, out var seen) ? seen : 0;
        return emulator.Journal.Entries.Where(entry => entry.Number > after);
    }

    /// <summary>False: there is no such call, it lacks a parameter, or its session is not live.</summary>
    private bool Act(string call, IQueryCollection query)
    {
        var (session, token) = ((string?)query["session"], (string?)query["token"]);
        switch (call)
        {
            case "reset": emulator.Reset(); break;
            case "clear": emulator.Script.Clear(); break;
            case "accept-token" when token is not null: emulator.AcceptToken(token); break;
            case "expire-tokens": emulator.ExpireTokens(); break;
            case "drop-all-sockets": emulator.DropAllSockets(); break;
            case "hold-answers": return emulator.HoldAnswers(session);
            case "release-answers": return emulator.ReleaseAnswers(session);
            case "end-session" when session is not null: return emulator.EndSession(session);
            case "fail-session" when session is not null: return emulator.EndSession(session, failed: true);
            default: return false;
        }
        return true;
    }

    /// <summary>Takes one fault or an array of them: all, or none.</summary>
    private async Task ScriptAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        Fault[] faults = body.RootElement.ValueKind is JsonValueKind.Array
            ? body.Deserialize<Fault[]>(ControlJson.Options)!
            : [body.Deserialize<Fault>(ControlJson.Options)!];
        emulator.Script.AddAll(faults);
        await AnswerAsync(context, emulator.Script.Pending);
    }

    private static Task AnswerAsync<T>(HttpContext context, T value) =>
        context.Response.WriteAsJsonAsync(value, ControlJson.Options, context.RequestAborted);

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return AnswerAsync(context, new { Error = "there is no such call, it lacks a parameter, or its session is not live" });
    }
}
