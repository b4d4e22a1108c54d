using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Emulator.Rest;
using Akool.Testing;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Data.Sqlite;

namespace Akool.Gateway.Tests.Drills;

/// <summary>SIGTERM with work under way, a ledger that cannot be written, and one that cannot be read.</summary>
[Collection("Drills")]
public sealed class EndDrills : IDisposable
{
    private const int Chats = 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-drill-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_terminated_gateway_lets_turns_finish_and_leaves_nothing()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswerDelay = TimeSpan.FromSeconds(1), AnswersPerTurn = 1 });
        await using var gateway = await GatewayProcess.StartAsync(akool, _folder, "--Chat:AnswerQuietPeriod=00:00:00.200");
        using var health = new Health.HealthClient(gateway.Channel).Watch(new());
        using var watch = gateway.Sessions.WatchSessions(new());
        await health.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Hang);
        var conversations = await Task.WhenAll(Enumerable.Range(0, Chats).Select(i => BeginAsync(gateway, withTurn: i % 2 == 0)));
        await akool.Journal.FrameReceivedAsync(Chats / 2).WaitAsync(TestLimits.Hang);

        await gateway.TerminateAsync();
        await health.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Hang);
        var told = await Task.WhenAll(conversations.Select(ReadToEndAsync));
        await gateway.EndAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, health.ResponseStream.Current.Status);
        Assert.All(told, one => Assert.Contains(one.Events, response => response.GoAway?.Reason == GoAwayReason.GatewayDraining));
        Assert.Equal(Chats / 2, told.Count(one => one.Events.Any(response => response.TurnEnded?.Outcome == TurnOutcome.Completed)));
        Assert.All(told, one => Assert.Equal((StatusCode.Unavailable, true), (one.Status.StatusCode, one.IsDraining)));
        Assert.Equal(0, gateway.ExitCode);
        Assert.Empty(akool.Ledger.Open);
    }

    [Fact]
    public async Task A_turn_that_never_ends_and_calls_that_wait_do_not_hold_up_the_end()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswerDelay = TimeSpan.FromHours(1), QueueingTime = TimeSpan.Zero });
        await using var gateway = await GatewayProcess.StartAsync(akool, _folder);
        var conversation = await BeginAsync(gateway, withTurn: true);
        using var watch = gateway.Sessions.WatchSessions(new());
        var watched = ReadWatchAsync(watch);
        akool.Script.NeverAnswer(RestOperation.CloseSession, count: 0);
        var closing = gateway.Sessions.CloseSessionAsync(new() { Name = (await gateway.CreateAsync()).Session.Name }).ResponseAsync;
        akool.Script.NeverAnswer(RestOperation.CreateSession, count: 0);
        var creating = gateway.CreateAsync();
        await akool.Journal.RequestAsync(RestOperation.CloseSession).WaitAsync(TestLimits.Hang);
        await akool.Journal.RequestAsync(RestOperation.CreateSession, 3).WaitAsync(TestLimits.Hang);

        await gateway.TerminateAsync();
        var told = ReadToEndAsync(conversation);
        await gateway.EndAsync(TimeSpan.FromSeconds(15.5));

        Assert.Equal(0, gateway.ExitCode);
        Assert.Equal(StatusCode.Unavailable, (await told).Status.StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await watched).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => closing)).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => creating)).StatusCode);
        akool.Script.Clear();
        await using var next = await GatewayProcess.StartAsync(akool, _folder, "--Sessions:DetachGrace=00:00:01");
        await akool.Ledger.OpenAtMostAsync().WaitAsync(TestLimits.Hang);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once_and_the_ledger_knows_what_is_left()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswerDelay = TimeSpan.FromHours(1) });
        await using (var gateway = await GatewayProcess.StartAsync(akool, _folder, "--Sessions:DetachGrace=00:00:01"))
        {
            var conversation = await BeginAsync(gateway, withTurn: true);
            await akool.Journal.FrameReceivedAsync().WaitAsync(TestLimits.Hang);
            await gateway.TerminateAsync();
            while (conversation.ResponseStream.Current.GoAway is null) await conversation.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Hang);

            await gateway.TerminateAsync();
            await gateway.EndAsync(TimeSpan.FromSeconds(5)); // the turn would be waited for twice as long
            Assert.Equal(143, gateway.ExitCode);
            Assert.Single(akool.Ledger.Open);
        }

        await using var next = await GatewayProcess.StartAsync(akool, _folder);
        await akool.Ledger.OpenAtMostAsync().WaitAsync(TestLimits.Hang);
    }

    [Fact]
    public async Task While_the_ledger_is_locked_creates_are_refused_and_chats_go_on()
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswersPerTurn = 1 });
        await using var gateway = await GatewayProcess.StartAsync(akool, _folder, "--Chat:AnswerQuietPeriod=00:00:00.200");
        var chat = await BeginAsync(gateway, withTurn: false);
        await using (var other = new SqliteConnection($"Data Source={LedgerFile};Pooling=False"))
        {
            await other.OpenAsync();
            await using var held = other.BeginTransaction(deferred: false);

            var refused = await Assert.ThrowsAsync<RpcException>(() => gateway.CreateAsync().WaitAsync(TestLimits.Hang));
            await chat.RequestStream.WriteAsync(TurnOf("turn"));
            while (chat.ResponseStream.Current.TurnEnded is null) await chat.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Hang);

            Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
            Assert.Equal(TurnOutcome.Completed, chat.ResponseStream.Current.TurnEnded.Outcome);
            Assert.Single(akool.Journal.Requests(RestOperation.CreateSession));
        }

        await CreateUntilTakenAsync(gateway).WaitAsync(TestLimits.Hang);
    }

    [Theory]
    [InlineData("torn", "damaged")]
    [InlineData("newer", "newer gateway")]
    [InlineData("another's", "another application")]
    public async Task A_ledger_that_cannot_be_used_stops_the_start_with_a_sentence(string what, string sentence)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using (var gateway = await GatewayProcess.StartAsync(akool, _folder))
        {
            await gateway.TerminateAsync();
            await gateway.EndAsync(TestLimits.Hang);
        }
        await SpoilAsync(what);

        var (exitCode, error) = await GatewayProcess.FailAsync(akool, _folder);

        Assert.Equal(1, exitCode);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private string LedgerFile => Path.Combine(_folder.FullName, "ledger.db");

    private static async Task<AsyncDuplexStreamingCall<ChatRequest, ChatResponse>> BeginAsync(GatewayProcess gateway, bool withTurn)
    {
        var session = (await gateway.CreateAsync().WaitAsync(TestLimits.Hang)).Session;
        var chat = gateway.Chats.Chat();
        await chat.RequestStream.WriteAsync(new() { Attach = new() { Session = session.Name } });
        await chat.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Hang);
        if (withTurn) await chat.RequestStream.WriteAsync(TurnOf("turn"));
        return chat;
    }

    private static ChatRequest TurnOf(string id) => new() { Turn = new() { TurnId = id, Text = "hello" } };

    private static async Task<(List<ChatResponse> Events, Status Status, bool IsDraining)> ReadToEndAsync(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> chat)
    {
        var events = new List<ChatResponse>();
        try
        {
            while (await chat.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(15))) events.Add(chat.ResponseStream.Current);
            return (events, chat.GetStatus(), false);
        }
        catch (RpcException end)
        {
            return (events, end.Status, end.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason == "GATEWAY_DRAINING");
        }
    }

    private static async Task<Status> ReadWatchAsync(AsyncServerStreamingCall<WatchSessionsResponse> watch)
    {
        try
        {
            while (await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20))) { }
            return watch.GetStatus();
        }
        catch (RpcException end) { return end.Status; }
    }

    private static async Task CreateUntilTakenAsync(GatewayProcess gateway)
    {
        while (true)
        {
            try
            {
                await gateway.CreateAsync();
                return;
            }
            catch (RpcException told) when (told.StatusCode == StatusCode.Unavailable) { }
        }
    }

    private async Task SpoilAsync(string what)
    {
        if (what == "torn")
        {
            await using var file = File.Open(LedgerFile, FileMode.Open);
            file.SetLength(file.Length / 2 + 100);
            return;
        }
        await using var connection = new SqliteConnection($"Data Source={LedgerFile};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = what == "newer" ? "PRAGMA user_version=99" : "PRAGMA application_id=7";
        await command.ExecuteNonQueryAsync();
    }
}
