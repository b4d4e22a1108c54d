using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Testing;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using TurnOutcome = Akool.Sessions.Chat.TurnOutcome;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>The names, units and attributes that dashboards and alerts rely on.</summary>
public sealed class InstrumentTests
{
    private static readonly (string Name, string Unit, string Attributes)[] Table =
    [
        ("akool.ledger.batch.size", "{record}", ""),
        ("akool.ledger.write.duration", "s", ""),
        ("akool.ledger.write.failed", "{write}", ""),
        ("akool.session.close.duration", "s", ""),
        ("akool.session.create", "{session}", "akool.result"),
        ("akool.session.ended", "{session}", "akool.close.reason"),
        ("akool.session.leaked.duration", "s", ""),
        ("akool.session.live", "{session}", "akool.session.state"),
        ("akool.session.orphan", "{session}", ""),
        ("akool.session.orphan.reaped", "{session}", ""),
        ("akool.session.permit.limit", "{session}", ""),
        ("akool.session.permit.used", "{session}", ""),
        ("akool.stream.answer.dropped", "{answer}", ""),
        ("akool.stream.attach", "{stream}", "akool.resume.outcome"),
        ("akool.stream.attached", "{stream}", ""),
        ("akool.stream.outbox.size", "By", ""),
        ("akool.stream.slow_consumer", "{stream}", ""),
        ("akool.turn.ended", "{turn}", "akool.turn.outcome"),
        ("akool.turn.first_answer.duration", "s", ""),
        ("akool.turn.open", "{turn}", ""),
        ("akool.upstream.breaker.open", "{breaker}", ""),
        ("akool.upstream.connection.lost", "{connection}", "akool.close.class"),
        ("akool.upstream.connection.open", "{connection}", ""),
        ("akool.upstream.frame.received", "{frame}", ""),
        ("akool.upstream.frame.sent", "{frame}", ""),
        ("akool.upstream.frame.unmatched", "{frame}", ""),
        ("akool.upstream.reconnect", "{connection}", ""),
        ("akool.upstream.request.duration", "s", "akool.code akool.operation error.type"),
        ("rpc.server.call.duration", "s", "rpc.method rpc.response.status_code rpc.system.name"),
    ];

    [Fact]
    public async Task The_instruments_are_those_of_the_table_and_move_while_a_stream_is_open()
    {
        using var measured = new Measurements();
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool, Quick);
        measured.Watch(host.Gateway.Services.GetRequiredService<IMeterFactory>());
        var create = new CreateSessionRequest { Config = new SessionConfig { AvatarId = "Kai_1080P_back" }, WaitUntilActive = true };
        var name = (await host.Sessions.CreateSessionAsync(create).ResponseAsync.WaitAsync(TestLimits.Hang)).Session.Name;
        using var chat = host.Chat.Chat();
        await chat.RequestStream.WriteAsync(new ChatRequest { Attach = new Attach { Session = name } }).WaitAsync(TestLimits.Hang);
        await SayAsync(chat, "one");

        measured.Observe();
        Assert.Equal(1, measured.Sum("akool.turn.ended"));
        Assert.Equal(1, measured.Last("akool.stream.attached"));
        Assert.Equal(1, measured.Last("akool.upstream.connection.open"));
        Assert.Equal(1, measured.Last("akool.session.permit.used"));
        await SayAsync(chat, "two");
        Assert.Equal(2, measured.Sum("akool.turn.ended"));
        Assert.Equal(2, measured.Sum("akool.upstream.frame.sent"));
        akool.DropAllSockets();
        await akool.Journal.SocketOpenedAsync(2).WaitAsync(TestLimits.Hang);
        await host.Sessions.CloseSessionAsync(new CloseSessionRequest { Name = name }).ResponseAsync.WaitAsync(TestLimits.Hang);
        await host.StopAsync();

        Assert.Equal(Table.Select(row => (row.Name, row.Unit)), measured.Instruments.Select(instrument => (instrument.Name, instrument.Unit ?? "")));
        Assert.All(measured.Instruments, instrument => Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal));
        foreach (var (instrument, keys) in measured.Attributes) Assert.Equal(Table.Single(row => row.Name == instrument).Attributes, keys);
        foreach (var row in Table.Where(row => row.Attributes.Length > 0)) Assert.Contains(row.Name, measured.Attributes.Keys);
    }

    [Fact]
    public async Task A_method_is_measured_under_one_name_however_its_path_is_spelled()
    {
        using var measured = new Measurements();
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        measured.Watch(host.Gateway.Services.GetRequiredService<IMeterFactory>());

        string[] spellings = ["akool.avatar.v1.SessionService/ListSessions", "akool.avatar.v1.sessionSERVICE/listSESSIONS", "AKOOL.avatar.v1.SessionService/ListSessions"];
        foreach (var spelling in spellings) await CallAsync(host, spelling);

        Assert.Equal("akool.avatar.v1.SessionService/ListSessions", Assert.Single(measured.Methods).Key);
        Assert.Equal(spellings.Length, measured.Methods.Values.Single());
    }

    [Fact]
    public async Task Dashboard_and_alerts_name_only_metrics_and_attributes_that_there_are()
    {
        using var measured = new Measurements();
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool);
        measured.Watch(host.Gateway.Services.GetRequiredService<IMeterFactory>());
        await host.Sessions.ListSessionsAsync(new ListSessionsRequest()).ResponseAsync.WaitAsync(TestLimits.Hang); // the calls' own instrument is made with the first of them
        var known = measured.Instruments.SelectMany(SeriesOf).ToHashSet(StringComparer.Ordinal);
        var labels = Table.SelectMany(row => row.Attributes.Split(' ')).Select(name => name.Replace('.', '_')).Append("le").ToHashSet(StringComparer.Ordinal);
        var dashboard = Queries.OfDashboard(Repository.Read("deploy/grafana/akool-gateway.json"));
        var alerts = Queries.OfRules(Repository.Read("deploy/prometheus/alerts.yaml"));

        Assert.NotEmpty(dashboard);
        Assert.NotEmpty(alerts);
        Assert.All(dashboard.Concat(alerts), query => Assert.NotEmpty(Queries.MetricsIn(query)));
        Assert.Empty(dashboard.Concat(alerts).SelectMany(Queries.MetricsIn).Except(known));
        Assert.Empty(dashboard.Concat(alerts).SelectMany(Queries.LabelsIn).Except(labels));
        Assert.Empty(Queries.ValuesIn(alerts, "akool_turn_outcome").Except(Enum.GetNames<TurnOutcome>().Select(name => Regex.Replace(name, "(?<=[a-z])(?=[A-Z])", "_").ToLowerInvariant())));
    }

    [Fact]
    public void Operators_can_read_what_each_metric_and_each_alert_means()
    {
        var guide = Repository.Read("docs/operations.md");

        Assert.All(Table, row => Assert.Contains($"| `{row.Name}` | {row.Unit.Trim('{', '}')} |", guide, StringComparison.Ordinal));
        Assert.All(Queries.AlertsOf(Repository.Read("deploy/prometheus/alerts.yaml")), alert => Assert.Contains($"\n- **{alert}**:", guide, StringComparison.Ordinal));
    }

    private static GatewayHostSetup Quick { get; } = new() { Settings = new Dictionary<string, string?> { ["Chat:AnswerQuietPeriod"] = "00:00:00.050" } };

    private static async Task CallAsync(GatewayHost host, string path)
    {
        var parts = path.Split('/');
        var method = new Method<ListSessionsRequest, ListSessionsResponse>(MethodType.Unary, parts[0], parts[1],
            Marshallers.Create(request => request.ToByteArray(), ListSessionsRequest.Parser.ParseFrom),
            Marshallers.Create(answer => answer.ToByteArray(), ListSessionsResponse.Parser.ParseFrom));
        await host.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new ListSessionsRequest()).ResponseAsync.WaitAsync(TestLimits.Hang);
    }

    private static async Task SayAsync(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> chat, string id)
    {
        await chat.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = id, Text = "hello" } }).WaitAsync(TestLimits.Hang);
        while (await chat.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang) && chat.ResponseStream.Current.PayloadCase != ChatResponse.PayloadOneofCase.TurnEnded) { }
    }

    // Prometheus' translation of OTLP names: dots and the unit become underscores and a suffix, counters end in _total.
    private static string PrometheusName(Instrument instrument) =>
        instrument.Name.Replace('.', '_') + instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };

    private static IEnumerable<string> SeriesOf(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        var name = PrometheusName(instrument);
        if (kind == typeof(Histogram<>)) return [name + "_bucket", name + "_sum", name + "_count"];
        return [kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? name + "_total" : name];
    }

    private sealed class Measurements : IDisposable
    {
        private readonly ConcurrentDictionary<string, double> _sums = [];
        private readonly ConcurrentDictionary<string, double> _last = [];
        private readonly ConcurrentDictionary<string, Instrument> _instruments = [];
        private readonly MeterListener _listener = new();

        public IEnumerable<Instrument> Instruments => _instruments.Values.OrderBy(instrument => instrument.Name, StringComparer.Ordinal);

        public ConcurrentDictionary<string, string> Attributes { get; } = [];

        /// <summary>How often each method was measured.</summary>
        public ConcurrentDictionary<string, int> Methods { get; } = [];

        public void Watch(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (!ReferenceEquals(instrument.Meter.Scope, meters) || instrument.Meter.Name != "Akool.Avatar") return;
                _instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.Start();
        }

        public void Observe() => _listener.RecordObservableInstruments();

        public double Sum(string name) => _sums.GetValueOrDefault(name);

        public double Last(string name) => _last.GetValueOrDefault(name);

        public void Dispose() => _listener.Dispose();

        private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            _sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
            _last[instrument.Name] = value;
            foreach (var tag in tags)
                if (tag is { Key: "rpc.method", Value: string method }) Methods.AddOrUpdate(method, 1, (_, times) => times + 1);
            Attributes[instrument.Name] = string.Join(' ', tags.ToArray().Select(tag => tag.Key).Order(StringComparer.Ordinal));
        }
    }
}
