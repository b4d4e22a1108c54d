using System.Text.RegularExpressions;
using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;
using Akool.Testing;
using Akool.Testing.Otlp;
using Grpc.Core;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>What the real process exports of a conversation whose caller is traced.</summary>
public sealed partial class TraceTests(ITestOutputHelper output)
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";

    private static readonly string[] Signals = ["/v1/logs", "/v1/metrics", "/v1/traces"];

    [Fact]
    public async Task One_trace_leads_from_the_caller_to_AKOOLs_answer()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(akool, otlp);

        await TalkAsync(gateway, sampled: true);
        await otlp.HasAsync(receiver => receiver.Spans.Any(span => span.Name.EndsWith("/CloseSession", StringComparison.Ordinal))).WaitAsync(TestLimits.Hang);
        await gateway.StopAsync();

        var tree = TraceTree.Of(otlp.Spans, Trace, Caller, "caller");
        output.WriteLine(tree);
        Assert.Equal("""
            caller
              akool.avatar.v1.SessionService/CreateSession rpc.response.status_code=OK
                session create
                  ledger write
                  upstream POST session/create http.response.status_code=200 akool.code=1000
                  ledger write
              akool.avatar.v1.ChatService/Chat rpc.response.status_code=OK
              turn akool.turn.outcome=COMPLETED akool.turn.answers=2 [first answer]
              upstream connect
              akool.avatar.v1.SessionService/CloseSession rpc.response.status_code=OK
                session close
                  upstream POST session/close http.response.status_code=200 akool.code=1000

            """.ReplaceLineEndings("\n").Replace("COMPLETED", "completed", StringComparison.Ordinal), Unordered(tree));
        Assert.All(otlp.Spans, span => Assert.Equal(Trace, span.TraceId));
    }

    [Fact]
    public async Task All_three_signals_are_exported_and_name_the_service()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(akool, otlp, "--OTEL_SERVICE_NAME=our-gateway");

        await TalkAsync(gateway, sampled: true);
        await otlp.HasAsync(receiver => Signals.All(path => receiver.Exports.Any(export => export.Path == path))).WaitAsync(TestLimits.Hang);

        foreach (var path in Signals)
        {
            var resource = WireMessage.Read(otlp.Exports.First(export => export.Path == path).Body).One(1).One(1);
            var attributes = OtlpSpan.AttributesOf(resource, 1);
            Assert.Equal("our-gateway", attributes["service.name"]);
            Assert.NotEmpty(attributes["service.version"]);
            Assert.NotEmpty(attributes["service.instance.id"]);
        }
    }

    [Fact]
    public async Task AKOOL_is_told_the_trace_of_a_traced_call_and_nothing_else()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(akool, otlp);

        await TalkAsync(gateway, sampled: true);
        await otlp.SpanAsync("upstream POST session/close").WaitAsync(TestLimits.Hang);

        var create = otlp.Spans.Single(span => span.Name == "upstream POST session/create");
        Assert.Equal($"00-{Trace}-{create.SpanId}-01", akool.Journal.Requests(RestOperation.CreateSession).Single().TraceParent);
        Assert.All(akool.Journal.Of(JournalKind.Requested), request => Assert.Null(request.Baggage));
    }

    [Fact]
    public async Task An_unsampled_caller_leaves_no_span()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(akool, otlp);

        await TalkAsync(gateway, sampled: false);
        await gateway.StopAsync();

        Assert.Empty(otlp.Spans);
        Assert.All(akool.Journal.Of(JournalKind.Requested), request => Assert.Null(request.TraceParent));
    }

    [Fact]
    public async Task A_turn_is_linked_to_the_create_of_its_session_and_hangs_from_the_attach_where_the_caller_sent_nothing()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(akool, otlp);

        await TalkAsync(gateway, sampled: null);
        await otlp.SpanAsync("turn").WaitAsync(TestLimits.Hang);

        var turn = otlp.Spans.Single(span => span.Name == "turn");
        Assert.Equal(otlp.Spans.Single(span => span.Name.EndsWith("/Chat", StringComparison.Ordinal)).SpanId, turn.ParentId);
        Assert.Equal([otlp.Spans.Single(span => span.Name == "session create").SpanId], turn.LinkedSpans);
    }

    [Fact]
    public async Task A_line_of_the_console_tells_the_trace_also_as_JSON()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(akool, otlp, "--Logging:Console:FormatterName=json");

        await TalkAsync(gateway, sampled: true);
        await gateway.StopAsync();

        var created = gateway.Output.Single(line => line.Contains("\"EventId\":1001", StringComparison.Ordinal));
        Assert.Contains($"\"TraceId\":\"{Trace}\"", created, StringComparison.Ordinal);
    }

    // Creates, says one thing, hears the end of it, closes. Null: without a trace of its own.
    private static async Task TalkAsync(GatewayProcess gateway, bool? sampled)
    {
        var headers = new Metadata();
        if (sampled is { } recorded)
        {
            headers.Add("traceparent", $"00-{Trace}-{Caller}-{(recorded ? "01" : "00")}");
            headers.Add("tracestate", "vendor=secret");
            headers.Add("baggage", "user=secret");
        }
        var sessions = new SessionService.SessionServiceClient(gateway.Channel);
        var create = new CreateSessionRequest { Config = new SessionConfig { AvatarId = "Kai_1080P_back" }, WaitUntilActive = true };
        var name = (await sessions.CreateSessionAsync(create, headers).ResponseAsync.WaitAsync(TestLimits.Hang)).Session.Name;
        using (var chat = new ChatService.ChatServiceClient(gateway.Channel).Chat(headers))
        {
            await chat.RequestStream.WriteAsync(new ChatRequest { Attach = new Attach { Session = name } }).WaitAsync(TestLimits.Hang);
            await chat.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = "t", Text = "hello" } }).WaitAsync(TestLimits.Hang);
            await chat.RequestStream.CompleteAsync().WaitAsync(TestLimits.Hang);
            while (await chat.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang)) { }
        }
        await sessions.CloseSessionAsync(new CloseSessionRequest { Name = name }, headers).ResponseAsync.WaitAsync(TestLimits.Hang);
    }

    // The socket is opened and the turn taken at the same time: either may be first.
    private static string Unordered(string tree) => ConnectFirst().Replace(tree, "$2$1");

    [GeneratedRegex("^(  upstream connect\n)(  turn [^\n]*\n)", RegexOptions.Multiline)]
    private static partial Regex ConnectFirst();
}
