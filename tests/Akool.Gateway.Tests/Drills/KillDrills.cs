using System.Globalization;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;
using Akool.Testing;
using Grpc.Core;
using Microsoft.Data.Sqlite;

namespace Akool.Gateway.Tests.Drills;

/// <summary>
/// SIGKILL at forced points, then a start on the same ledger. The witness is what the account pays for. DRILL_REPEATS says how often each point is met.
/// </summary>
[Collection("Drills")]
public sealed class KillDrills : IDisposable
{
    // Leases so short that a drill is over in seconds.
    private static readonly string[] Short = ["--Sessions:DetachGrace=00:00:01", "--Sessions:AttachTimeout=00:00:05"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-drill-");

    public static IEnumerable<TheoryDataRow<string, int>> Points()
    {
        var repeats = int.Parse(Environment.GetEnvironmentVariable("DRILL_REPEATS") ?? "1", CultureInfo.InvariantCulture);
        return from point in (string[])["before create", "create without an answer", "before the reply", "with a chat", "before close", "in the middle of close"]
               from round in Enumerable.Range(1, repeats)
               select new TheoryDataRow<string, int>(point, round);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Points))]
    public async Task After_a_kill_nothing_that_the_ledger_knows_stays_open(string point, int round)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { QueueingTime = point == "before the reply" ? TimeSpan.FromMinutes(1) : TimeSpan.Zero });
        var requestId = $"request-{round}";
        await using (var doomed = await GatewayProcess.StartAsync(akool, _folder, Short))
        {
            await DieAsync(point, doomed, akool, requestId);
        }
        akool.Script.Clear();

        await using var next = await GatewayProcess.StartAsync(akool, _folder, Short);
        var unknown = point == "create without an answer" ? 1 : 0;
        await akool.Ledger.OpenAtMostAsync(unknown).WaitAsync(TestLimits.Hang);
        await RepeatAsync(next, requestId);

        Assert.Equal(unknown, akool.Ledger.Open.Count);
        Assert.Single(akool.Journal.Requests(RestOperation.CreateSession));
    }

    [Fact]
    public async Task A_session_that_never_reached_the_ledger_is_reported_and_on_an_account_of_our_own_closed()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using (var doomed = await GatewayProcess.StartAsync(akool, _folder, Short)) await DieBeforeTheLedgerAsync(doomed, akool);

        string lost;
        await using (var careful = await GatewayProcess.StartAsync(akool, _folder, Short))
        {
            var found = await careful.Admin.ReconcileSessionsAsync(new() { MinAge = new() }).ResponseAsync.WaitAsync(TestLimits.Hang);
            lost = Assert.Single(found.OrphanedUpstreamSessionIds);
            Assert.Equal(lost, Assert.Single(akool.Ledger.Open).Id);
        }
        await using var owner = await GatewayProcess.StartAsync(akool, _folder, [.. Short, "--Sessions:ReconcileScope=Account"]);
        await akool.Ledger.OpenAtMostAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Single(akool.Journal.Requests(RestOperation.CreateSession));
        Assert.Contains(akool.Journal.Requests(RestOperation.CloseSession), request => request.Text.Contains(lost, StringComparison.Ordinal));
    }

    private static async Task DieAsync(string point, GatewayProcess gateway, AkoolEmulator akool, string requestId)
    {
        var script = akool.Script;
        switch (point)
        {
            case "before create":
            case "create without an answer":
                script.NeverAnswer(RestOperation.CreateSession, takesEffect: point != "before create");
                var creating = gateway.CreateAsync(requestId);
                await akool.Journal.RequestAsync(RestOperation.CreateSession).WaitAsync(TestLimits.Hang);
                await KillAsync(gateway, creating);
                return;
            case "before the reply": // the poller follows what the ledger has
                var waiting = gateway.CreateAsync(requestId);
                await akool.Journal.RequestAsync(RestOperation.SessionDetail).WaitAsync(TestLimits.Hang);
                await KillAsync(gateway, waiting);
                return;
        }

        var session = (await gateway.CreateAsync(requestId).WaitAsync(TestLimits.Hang)).Session;
        if (point == "with a chat")
        {
            using var chat = gateway.Chats.Chat();
            await chat.RequestStream.WriteAsync(new() { Attach = new() { Session = session.Name } });
            await chat.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Hang);
            await akool.Journal.SocketOpenedAsync().WaitAsync(TestLimits.Hang);
            await gateway.KillAsync();
            return;
        }
        script.NeverAnswer(RestOperation.CloseSession, takesEffect: point == "in the middle of close");
        var closing = gateway.Sessions.CloseSessionAsync(new() { Name = session.Name }).ResponseAsync;
        await akool.Journal.RequestAsync(RestOperation.CloseSession).WaitAsync(TestLimits.Hang);
        await KillAsync(gateway, closing);
    }

    // AKOOL has answered, and the ledger is locked by another process: the answer cannot be written down.
    private async Task DieBeforeTheLedgerAsync(GatewayProcess gateway, AkoolEmulator akool)
    {
        akool.Script.AnswerLate(RestOperation.CreateSession, TimeSpan.FromSeconds(5));
        var creating = gateway.CreateAsync("request");
        await akool.Journal.RequestAsync(RestOperation.CreateSession).WaitAsync(TestLimits.Hang);
        await using var other = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, "ledger.db")};Pooling=False");
        await other.OpenAsync();
        await using var held = other.BeginTransaction(deferred: false);
        await akool.Journal.EntryAsync(entry => entry.Kind == JournalKind.Answered && entry.Path == RestPaths.Of(RestOperation.CreateSession)).WaitAsync(TestLimits.Hang);
        await KillAsync(gateway, creating);
    }

    private static async Task KillAsync(GatewayProcess gateway, Task call)
    {
        await gateway.KillAsync();
        await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(TestLimits.Hang));
    }

    // Whatever became of the first request, its repeat makes nothing new.
    private static async Task RepeatAsync(GatewayProcess gateway, string requestId)
    {
        try { await gateway.CreateAsync(requestId, wait: false).WaitAsync(TestLimits.Hang); }
        catch (RpcException told) when (told.StatusCode == StatusCode.DeadlineExceeded) { }
    }
}
