using System.Text.Json;
using System.Text.RegularExpressions;
using Akool.Avatar.V1;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;
using Akool.Testing;
using Akool.Testing.Otlp;
using Grpc.Core;
using Grpc.Health.V1;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>What the real process exports of calls, traced and not.</summary>
public sealed partial class TraceTests(ExportingFixture exporting, ITestOutputHelper output) : IClassFixture<ExportingFixture>
{
    private const string Service = "akool.avatar.v1.SessionService";

    private const int Internal = 1;
    private const int Server = 2;
    private const int Client = 3;

    [Fact]
    public async Task One_trace_leads_from_the_caller_to_AKOOLs_answer()
    {
        var trace = CallerTrace.New();

        await CallerTrace.TalkAsync(exporting.Gateway, trace.Headers());
        var tree = TraceTree.Of(await exporting.SpansAsync(trace, $"{Service}/CloseSession"), trace.TraceId, trace.SpanId, "caller");

        output.WriteLine(tree);
        Assert.Equal("""
            caller
              akool.avatar.v1.SessionService/CreateSession rpc.response.status_code=OK
                session create
                  ledger write
                  upstream POST session/create http.response.status_code=200 akool.code=1000
                  ledger write
              akool.avatar.v1.ChatService/Chat rpc.response.status_code=OK
              turn akool.turn.outcome=completed akool.turn.answers=2 [first answer]
              upstream connect
              akool.avatar.v1.SessionService/CloseSession rpc.response.status_code=OK
                session close
                  upstream POST session/close http.response.status_code=200 akool.code=1000

            """.ReplaceLineEndings("\n"), TurnFirst(tree));
        Assert.Contains(string.Concat(TurnFirst(tree).TrimEnd().Split('\n').Select(line => line + "\n")), Repository.Read("docs/operations.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kinds_and_attributes_of_the_spans_are_those_that_are_documented()
    {
        var trace = CallerTrace.New();

        await CallerTrace.TalkAsync(exporting.Gateway, trace.Headers());
        var spans = await exporting.SpansAsync(trace, $"{Service}/CloseSession");

        var told = spans.Select(span => $"{span.Name} {span.Kind} {string.Join(' ', span.Attributes.Keys.Order(StringComparer.Ordinal))}".TrimEnd()).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(
        [
            $"akool.avatar.v1.ChatService/Chat {Server} rpc.method rpc.response.status_code rpc.system.name",
            $"{Service}/CloseSession {Server} rpc.method rpc.response.status_code rpc.system.name",
            $"{Service}/CreateSession {Server} rpc.method rpc.response.status_code rpc.system.name",
            $"ledger write {Internal}",
            $"session close {Internal}",
            $"session create {Internal}",
            $"turn {Internal} akool.turn.answers akool.turn.outcome",
            $"upstream POST session/close {Client} akool.code http.request.method http.response.status_code server.address url.template",
            $"upstream POST session/create {Client} akool.code http.request.method http.response.status_code server.address url.template",
            $"upstream connect {Client}",
        ], told);
        Assert.All(spans, span => Assert.False(span.IsError));
    }

    [Fact]
    public async Task What_AKOOL_refuses_is_an_error_along_the_whole_way()
    {
        var trace = CallerTrace.New();
        exporting.Akool.Script.Answer(RestOperation.CreateSession, 1104);

        await Assert.ThrowsAsync<RpcException>(() => CallerTrace.CreateAsync(exporting.Gateway, trace.Headers()));
        var spans = await exporting.SpansAsync(trace, $"{Service}/CreateSession");

        string[] failed = ["session create", "upstream POST session/create"];
        Assert.All(failed, name => Assert.Equal(("upstream_credits_exhausted", "1104"), ErrorOf(spans.Single(span => span.Name == name))));
        // By the conventions a status that the caller has to mend is no error of the server's.
        var call = spans.Single(span => span.Kind == Server);
        Assert.Equal((false, "RESOURCE_EXHAUSTED"), (call.IsError, call.Attributes["rpc.response.status_code"]));
    }

    [Fact]
    public async Task AKOOL_is_told_the_trace_of_a_traced_call_and_nothing_else_of_the_callers()
    {
        var trace = CallerTrace.New();

        await CallerTrace.TalkAsync(exporting.Gateway, trace.Headers());
        var spans = await exporting.SpansAsync(trace, $"{Service}/CloseSession");

        var told = exporting.Akool.Journal.Entries.Where(entry => entry.Headers is not null).ToList();
        var parents = told.Select(entry => entry.Headers!.GetValueOrDefault("traceparent", "")).Where(parent => parent.Contains(trace.TraceId, StringComparison.Ordinal));
        Assert.Equal(spans.Where(span => span.Name.StartsWith("upstream POST", StringComparison.Ordinal)).Select(span => $"00-{trace.TraceId}-{span.SpanId}-01"), parents);
        Assert.Contains(told, entry => entry.Kind == JournalKind.SocketOpened);
        Assert.All(told, entry => Assert.Empty(entry.Headers!.Keys.Intersect(["tracestate", "baggage", "correlation-context", "request-id"])));
        Assert.All(told, entry => Assert.DoesNotContain(entry.Headers!.Values, value => value.Contains(CallerTrace.State, StringComparison.Ordinal) || value.Contains(CallerTrace.Baggage, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_unsampled_caller_leaves_no_span()
    {
        var unsampled = CallerTrace.New();

        await CallerTrace.TalkAsync(exporting.Gateway, unsampled.Headers(sampled: false));
        var spans = await AllSpansAsync();

        Assert.DoesNotContain(spans, span => span.TraceId == unsampled.TraceId);
        Assert.DoesNotContain(exporting.Akool.Journal.Of(JournalKind.Requested), request => request.Headers!.GetValueOrDefault("traceparent", "").Contains(unsampled.TraceId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_turn_is_linked_to_the_create_of_its_session_and_hangs_from_the_attach_where_the_caller_sent_nothing()
    {
        var before = await AllSpansAsync();

        await CallerTrace.TalkAsync(exporting.Gateway, []);
        var spans = (await AllSpansAsync()).Skip(before.Count).ToList();

        var attach = spans.Single(span => span.Name == "akool.avatar.v1.ChatService/Chat");
        var turn = spans.Single(span => span.Name == "turn");
        var create = spans.Single(span => span.Name == "session create");
        Assert.Equal("", attach.ParentId);
        Assert.Equal(attach.SpanId, turn.ParentId);
        Assert.Equal([create.SpanId], turn.LinkedSpans);
    }

    [Fact]
    public async Task A_stream_of_changes_has_a_span_only_until_it_has_begun()
    {
        var trace = CallerTrace.New();
        var name = await CallerTrace.CreateAsync(exporting.Gateway, []);
        using var watch = exporting.Gateway.Sessions.WatchSessions(new WatchSessionsRequest { Name = name }, trace.Headers());

        Assert.True(await watch.ResponseStream.MoveNext().WaitAsync(TestLimits.Process));
        var spans = await exporting.SpansAsync(trace, $"{Service}/WatchSessions");

        Assert.Equal("OK", Assert.Single(spans).Attributes["rpc.response.status_code"]);
        // It goes on after its span.
        await CallerTrace.CloseAsync(exporting.Gateway, name, []);
        while (watch.ResponseStream.Current.Session.State != Session.Types.State.Closed) Assert.True(await watch.ResponseStream.MoveNext().WaitAsync(TestLimits.Process));
        Assert.Single(exporting.Otlp.Spans, span => span.TraceId == trace.TraceId);
    }

    [Fact]
    public async Task Health_calls_leave_no_span()
    {
        var checking = CallerTrace.New();
        using var http = new HttpClient { Timeout = TestLimits.Process };
        using var ready = new HttpRequestMessage(HttpMethod.Get, new Uri(exporting.Gateway.Operations, "/readyz"));
        ready.Headers.Add("traceparent", checking.Headers().GetValue("traceparent"));

        await new Health.HealthClient(exporting.Gateway.Channel).CheckAsync(new HealthCheckRequest(), checking.Headers()).ResponseAsync.WaitAsync(TestLimits.Process);
        using (await http.SendAsync(ready)) { }
        var spans = await AllSpansAsync();

        Assert.DoesNotContain(spans, span => span.TraceId == checking.TraceId);
    }

    [Fact]
    public async Task A_session_that_nobody_owns_is_reaped_in_a_span_of_its_own()
    {
        var trace = CallerTrace.New();
        exporting.Akool.Ledger.AddForeign();

        var admin = new AdminService.AdminServiceClient(exporting.Gateway.Channel);
        var found = await admin.ReconcileSessionsAsync(new ReconcileSessionsRequest { Force = true, MinAge = new() }, trace.Headers()).ResponseAsync.WaitAsync(TestLimits.Process);
        var spans = await exporting.SpansAsync(trace, "akool.avatar.v1.AdminService/ReconcileSessions");

        var reap = Assert.Single(spans, span => span.Name == "session reap");
        var call = Assert.Single(spans, span => span.Name == "upstream POST session/close");
        Assert.Equal((1, reap.SpanId), (found.ClosedCount, call.ParentId));
        Assert.Equal(spans.Single(span => span.Kind == Server).SpanId, reap.ParentId);
    }

    [Fact]
    public async Task Metrics_move_while_a_stream_is_open()
    {
        var name = await CallerTrace.CreateAsync(exporting.Gateway, []);
        using var chat = exporting.Gateway.Chats.Chat();
        await CallerTrace.AttachAsync(chat, name);
        await CallerTrace.SayAsync(chat, "first", "hello");
        var before = await MetricsAsync();

        await CallerTrace.SayAsync(chat, "second", "hello");
        var after = await MetricsAsync();
        await chat.RequestStream.CompleteAsync().WaitAsync(TestLimits.Process);
        await CallerTrace.CloseAsync(exporting.Gateway, name, []);
        var closed = await MetricsAsync();

        Assert.Equal((1, 1, 0), (before["akool.stream.attached"].Total, after["akool.stream.attached"].Total, closed["akool.stream.attached"].Total));
        Assert.All(["akool.turn.ended", "akool.turn.first_answer.duration", "akool.upstream.frame.sent"], metric => Assert.Equal(1, after[metric].Total - before[metric].Total));
    }

    [Fact]
    public async Task A_line_of_the_console_tells_its_trace_also_as_JSON()
    {
        var trace = CallerTrace.New();

        var name = await CallerTrace.TalkAsync(exporting.Gateway, trace.Headers());
        var line = await exporting.Gateway.LineAsync(line => line.Contains(trace.TraceId, StringComparison.Ordinal) && line.Contains("\"EventId\":1001,", StringComparison.Ordinal)).WaitAsync(TestLimits.Process);

        var created = JsonSerializer.Deserialize<JsonElement>(line);
        Assert.Equal(name["sessions/".Length..], created.GetProperty("State").GetProperty("Session").GetString());
    }

    [Theory]
    [InlineData("/v1/traces")]
    [InlineData("/v1/metrics")]
    [InlineData("/v1/logs")]
    public async Task Each_signal_is_exported_and_names_the_service(string path)
    {
        await CallerTrace.TalkAsync(exporting.Gateway, CallerTrace.New().Headers());
        await exporting.Otlp.HasAsync(receiver => receiver.Exports.Any(export => export.Path == path)).WaitAsync(TestLimits.Process);

        var resource = WireMessage.Read(exporting.Otlp.Exports.First(export => export.Path == path).Body).One(1).One(1);
        var attributes = OtlpSpan.AttributesOf(resource, 1);
        Assert.Equal("our-gateway", attributes["service.name"]);
        Assert.NotEmpty(attributes["service.version"]);
        Assert.NotEmpty(attributes["service.instance.id"]);
    }

    // All spans that have ended so far: those before one that ends now are exported before it.
    private async Task<IReadOnlyList<OtlpSpan>> AllSpansAsync()
    {
        var last = CallerTrace.New();
        await exporting.Gateway.Sessions.ListSessionsAsync(new ListSessionsRequest(), last.Headers()).ResponseAsync.WaitAsync(TestLimits.Process);
        await exporting.SpansAsync(last, $"{Service}/ListSessions");
        return [.. exporting.Otlp.Spans];
    }

    // As they are now: the next export may have been under way already, the one after it was not.
    private async Task<IReadOnlyDictionary<string, OtlpMetric>> MetricsAsync()
    {
        static int CountOf(OtlpReceiver receiver) => receiver.Exports.Count(export => export.Path == "/v1/metrics");
        var enough = CountOf(exporting.Otlp) + 2;
        await exporting.Otlp.HasAsync(receiver => CountOf(receiver) >= enough).WaitAsync(TestLimits.Process);
        return exporting.Otlp.Metrics;
    }

    private static (string Type, string Code) ErrorOf(OtlpSpan span) =>
        span.IsError ? (span.Attributes["error.type"], span.Attributes["akool.code"]) : ("", "");

    // The socket is opened and the turn taken at the same time: either may be first.
    private static string TurnFirst(string tree) => ConnectFirst().Replace(tree, "$2$1");

    [GeneratedRegex("^(  upstream connect\n)(  turn [^\n]*\n)", RegexOptions.Multiline)]
    private static partial Regex ConnectFirst();
}
