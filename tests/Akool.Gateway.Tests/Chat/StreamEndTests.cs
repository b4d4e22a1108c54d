using Akool.Avatar.V1;
using Akool.Emulator;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using static Akool.Gateway.Tests.Life.SessionServiceTests;

namespace Akool.Gateway.Tests.Chat;

/// <summary>How a stream ends.</summary>
public sealed class StreamEndTests
{
    [Fact]
    public async Task A_half_closed_stream_gets_the_outcomes_of_its_turns_then_OK()
    {
        await using var chat = await ChatFixture.StartAsync();
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        chat.Akool.HoldAnswers(session.UpstreamSessionId);
        await client.SayAsync("a", "first");
        await client.SayAsync("b", "second");

        client.Call.HalfClose();
        await chat.Akool.Journal.FrameReceivedAsync(2).WaitAsync(ChatFixture.Hang);
        Assert.False(client.Call.Ended.IsCompleted);
        chat.Akool.ReleaseAnswers(session.UpstreamSessionId);

        Assert.Null(await client.EndAsync());
        Assert.Equal(
            [("a", TurnOutcome.Completed), ("b", TurnOutcome.Completed)],
            client.Log.Where(told => told.TurnEnded is not null).Select(told => (told.TurnId, told.TurnEnded.Outcome)));
        Assert.NotNull(client.Log[^1].TurnEnded);
        Assert.Equal(Session.Types.State.Active, (await chat.Host.Sessions.GetSessionAsync(new() { Name = session.Name })).Session.State);
    }

    [Fact]
    public async Task A_cancelled_stream_is_noticed_and_keeps_its_turns_outcome()
    {
        var ends = new CallEnds();
        await using var chat = await ChatFixture.StartAsync(ChatFixture.Marking(new EmulatorOptions()), ends.AddTo);
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        chat.Akool.HoldAnswers(session.UpstreamSessionId);
        await client.SayAsync("t", "hello");
        await client.ToldAsync(told => told.TurnAccepted is not null);

        await client.CutAsync();
        Assert.Equal([StatusCode.Cancelled], await ends.CountAsync(1).WaitAsync(ChatFixture.Hang)); // no client sees it; logs and metrics of the calls do
        Assert.Equal(0, (await chat.Host.Sessions.GetSessionAsync(new() { Name = session.Name })).Session.AttachedStreams);
        await chat.Akool.Journal.FrameReceivedAsync().WaitAsync(ChatFixture.Hang);
        chat.Akool.ReleaseAnswers(session.UpstreamSessionId);
        await client.ResumeAsync();

        Assert.Equal(TurnOutcome.Completed, (await client.EndedAsync("t")).TurnEnded.Outcome);
    }

    [Fact]
    public async Task A_client_that_half_closed_and_is_gone_is_noticed_though_its_turn_runs()
    {
        var ends = new CallEnds();
        await using var chat = await ChatFixture.StartAsync(ChatFixture.Marking(new EmulatorOptions()), ends.AddTo, ("Chat:AnswerTimeout", "01:00:00"));
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        chat.Akool.HoldAnswers(session.UpstreamSessionId);
        await client.SayAsync("t", "hello");
        client.Call.HalfClose();
        await chat.Akool.Journal.FrameReceivedAsync().WaitAsync(ChatFixture.Hang);

        await client.CutAsync();

        await ends.CountAsync(1).WaitAsync(ChatFixture.Hang);
        Assert.Equal(0, (await chat.Host.Sessions.GetSessionAsync(new() { Name = session.Name })).Session.AttachedStreams);
        await chat.CloseAsync(session);
    }

    [Fact]
    public async Task A_closed_session_says_so_last_then_OK()
    {
        await using var chat = await ChatFixture.StartAsync();
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        await using var observer = await chat.AttachAsync(session, TurnVisibility.All);
        await SayUnansweredAsync(chat, session, client);

        await chat.CloseAsync(session);

        Assert.Null(await client.EndAsync());
        Assert.Null(await observer.EndAsync());
        Assert.Equal(TurnOutcome.Unknown, (await client.EndedAsync("t")).TurnEnded.Outcome);
        foreach (var one in (ChatClient[])[client, observer])
        {
            Assert.Equal(Session.Types.State.Closed, one.Log[^1].SessionChanged.Session.State);
            Assert.Null(one.Log[^1].SessionChanged.Session.Media);
        }
    }

    [Fact]
    public async Task A_drain_tells_every_stream_to_go_away_lets_turns_finish_and_ends_them_with_its_reason()
    {
        await using var chat = await ChatFixture.StartAsync();
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        await SayUnansweredAsync(chat, session, client);

        var draining = chat.Host.Admin.DrainGatewayAsync(new() { Grace = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)), CloseSessions = true });
        var away = (await client.ToldAsync(told => told.GoAway is not null)).GoAway;
        await client.SayAsync("late", "hello");
        var refused = await client.RejectedAsync("late");
        chat.Akool.ReleaseAnswers(session.UpstreamSessionId);
        var drained = await draining.ResponseAsync.WaitAsync(ChatFixture.Hang);

        Assert.Equal((GoAwayReason.GatewayDraining, TimeSpan.FromMinutes(1)), (away.Reason, away.TimeLeft.ToTimeSpan()));
        Assert.Equal(ErrorReason.GatewayDraining, refused.TurnRejected.Problem.Reason);
        Assert.Equal(TurnOutcome.Completed, (await client.EndedAsync("t")).TurnEnded.Outcome);
        AssertRefused((await client.EndAsync())!, StatusCode.Unavailable, "GATEWAY_DRAINING");
        Assert.Equal((1, 1), (drained.StreamsEnded, drained.SessionsClosed));
        Assert.Empty(chat.Akool.Ledger.Open);
    }

    [Fact]
    public async Task An_operator_who_hangs_up_cuts_no_drain_short()
    {
        await using var chat = await ChatFixture.StartAsync();
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        await SayUnansweredAsync(chat, session, client);
        using var hangUp = new CancellationTokenSource();

        var draining = chat.Host.Admin.DrainGatewayAsync(
            new() { Grace = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)), CloseSessions = true }, cancellationToken: hangUp.Token);
        await client.ToldAsync(told => told.GoAway is not null);
        await hangUp.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => draining.ResponseAsync.WaitAsync(ChatFixture.Hang));
        for (var i = 0; i < 20; i++) await client.PingAsync(); // by now the gateway knows that the operator is gone
        chat.Akool.ReleaseAnswers(session.UpstreamSessionId);

        Assert.Equal(TurnOutcome.Completed, (await client.EndedAsync("t")).TurnEnded.Outcome);
        AssertRefused((await client.EndAsync())!, StatusCode.Unavailable, "GATEWAY_DRAINING");
        await chat.Akool.Ledger.OpenAtMostAsync().WaitAsync(ChatFixture.Hang);
    }

    [Theory]
    [InlineData(1_770_000_000, 123_456_789)]
    [InlineData(-62_135_596_801, 7)]
    [InlineData(0, 0)]
    public async Task A_pong_brings_the_clients_time_as_it_came_and_the_gateways(long seconds, int nanos)
    {
        await using var chat = await ChatFixture.StartAsync();
        await using var client = await chat.AttachAsync(await chat.CreateAsync());
        var sent = new Timestamp { Seconds = seconds, Nanos = nanos };

        await client.SendAsync(new ChatRequest { Ping = new Ping { ClientTime = sent } });
        var pong = await client.ToldAsync(told => told.Pong is not null);

        Assert.Equal(sent, pong.Pong.ClientTime);
        Assert.Equal((0L, pong.EventTime), (pong.Sequence, pong.Pong.ServerTime));
    }

    [Fact]
    public async Task One_connection_holds_a_thousand_streams()
    {
        const int Sessions = 20, StreamsEach = 50;
        await using var chat = await ChatFixture.StartAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => chat.CreateAsync()));

        var clients = await Task.WhenAll(sessions.SelectMany(session => Enumerable.Range(0, StreamsEach).Select(_ => chat.AttachAsync(session))));
        await Task.WhenAll(clients.Select(client => client.PingAsync()));
        var attached = await Task.WhenAll(sessions.Select(async session => (await chat.Host.Sessions.GetSessionAsync(new() { Name = session.Name })).Session.AttachedStreams));
        await Task.WhenAll(clients.Select((client, i) => client.SayAsync("t", $"number {i}")));
        await Task.WhenAll(clients.Select(client => client.EndedAsync("t")));
        foreach (var client in clients) client.Call.HalfClose();
        var ends = await Task.WhenAll(clients.Select(client => client.EndAsync()));

        Assert.All(attached, count => Assert.Equal(StreamsEach, count));
        Assert.All(ends, Assert.Null);
        Assert.All(clients.Index(), one => Assert.Equal($"number {one.Index}", string.Concat(one.Item.Log.Where(told => told.Answer is not null).Select(told => told.Answer.Text))));
        foreach (var client in clients) await client.DisposeAsync();
    }

    // Turn "t", which AKOOL has and does not answer until its answers are released.
    private static async Task SayUnansweredAsync(ChatFixture chat, Session session, ChatClient client)
    {
        chat.Akool.HoldAnswers(session.UpstreamSessionId);
        await client.SayAsync("t", "hello");
        await chat.Akool.Journal.FrameReceivedAsync().WaitAsync(ChatFixture.Hang);
    }
}
