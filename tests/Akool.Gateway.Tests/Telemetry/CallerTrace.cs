using System.Diagnostics;
using Akool.Avatar.V1;
using Akool.Testing;
using Grpc.Core;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>The trace of a caller, who sends it with every call beside what is nobody else's business.</summary>
internal sealed record CallerTrace(string TraceId, string SpanId)
{
    /// <summary>In every tracestate, which goes with the spans and nowhere else.</summary>
    public const string State = "callers-trace-state";

    /// <summary>In every baggage, which goes nowhere.</summary>
    public const string Baggage = "callers-own-business";

    public static CallerTrace New() => new(ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());

    public Metadata Headers(bool sampled = true) => new()
    {
        { "traceparent", $"00-{TraceId}-{SpanId}-{(sampled ? "01" : "00")}" },
        { "tracestate", $"vendor={State}" },
        { "baggage", $"user={Baggage}" },
    };

    /// <summary>Creates a session, says one thing, hears the end of it, closes; all calls with the same headers. Gives the session's name.</summary>
    public static async Task<string> TalkAsync(ExportingGateway gateway, Metadata headers)
    {
        var name = await CreateAsync(gateway, headers);
        using (var chat = gateway.Chats.Chat(headers))
        {
            await AttachAsync(chat, name);
            await SayAsync(chat, "t", "hello");
            await chat.RequestStream.CompleteAsync().WaitAsync(TestLimits.Process);
            while (await chat.ResponseStream.MoveNext().WaitAsync(TestLimits.Process)) { }
        }
        await CloseAsync(gateway, name, headers);
        return name;
    }

    public static async Task<string> CreateAsync(ExportingGateway gateway, Metadata headers)
    {
        var create = new CreateSessionRequest { Config = new SessionConfig { AvatarId = "Kai_1080P_back" }, WaitUntilActive = true };
        return (await gateway.Sessions.CreateSessionAsync(create, headers).ResponseAsync.WaitAsync(TestLimits.Process)).Session.Name;
    }

    public static Task CloseAsync(ExportingGateway gateway, string name, Metadata headers) =>
        gateway.Sessions.CloseSessionAsync(new CloseSessionRequest { Name = name }, headers).ResponseAsync.WaitAsync(TestLimits.Process);

    public static Task AttachAsync(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> chat, string name) =>
        chat.RequestStream.WriteAsync(new ChatRequest { Attach = new Attach { Session = name } }).WaitAsync(TestLimits.Process);

    /// <summary>Says something and hears the end of it.</summary>
    public static async Task SayAsync(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> chat, string id, string text)
    {
        await chat.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = id, Text = text } }).WaitAsync(TestLimits.Process);
        while (await chat.ResponseStream.MoveNext().WaitAsync(TestLimits.Process) && chat.ResponseStream.Current.PayloadCase != ChatResponse.PayloadOneofCase.TurnEnded) { }
    }
}
