using System.Security.Cryptography;
using System.Text;
using Akool.Avatar.V1;
using Akool.Gateway.Tests.Auth;
using Akool.Gateway.Tests.Hosting;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static Akool.Gateway.Tests.Life.SessionServiceTests;

namespace Akool.Gateway.Tests.Chat;

/// <summary>How a stream joins, and how it is refused.</summary>
public sealed class AttachTests
{
    [Fact]
    public async Task The_first_request_must_attach()
    {
        await using var chat = await ChatFixture.StartAsync();

        AssertRefused(await RefusalAsync(chat, new ChatRequest { Turn = new Turn { TurnId = "t", Text = "hello" } }), StatusCode.FailedPrecondition, "ATTACH_REQUIRED");
        AssertRefused(await RefusalAsync(chat, new ChatRequest()), StatusCode.FailedPrecondition, "ATTACH_REQUIRED");
    }

    [Fact]
    public async Task A_second_attach_ends_the_stream_and_its_turn_is_not_lost()
    {
        await using var chat = await ChatFixture.StartAsync();
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        chat.Akool.HoldAnswers(session.UpstreamSessionId);
        await client.SayAsync("t", "hello");
        await client.SendAsync(new ChatRequest { Attach = new Attach { Session = session.Name } });

        var end = await client.EndAsync();
        chat.Akool.ReleaseAnswers(session.UpstreamSessionId);
        await client.ResumeAsync();

        AssertRefused(end!, StatusCode.FailedPrecondition, "ATTACH_REQUIRED");
        Assert.Equal(TurnOutcome.Completed, (await client.EndedAsync("t")).TurnEnded.Outcome);
    }

    [Fact]
    public async Task A_closed_session_takes_no_stream()
    {
        await using var chat = await ChatFixture.StartAsync();
        var session = await chat.CreateAsync();
        await chat.CloseAsync(session);

        AssertRefused(await RefusalAsync(chat, new ChatRequest { Attach = new Attach { Session = session.Name } }), StatusCode.FailedPrecondition, "SESSION_NOT_ACTIVE");
    }

    [Fact]
    public async Task Anothers_session_reads_as_one_that_is_not_there()
    {
        await using var chat = await ChatFixture.StartAsync([.. KeyOf(0, "one"), .. KeyOf(1, "two")]);
        var request = new CreateSessionRequest { Config = new SessionConfig { AvatarId = "Kai_1080P_back" }, WaitUntilActive = true };
        var session = (await chat.Host.Sessions.CreateSessionAsync(request, Bearer("one")).ResponseAsync.WaitAsync(ChatFixture.Hang)).Session;
        var before = chat.Akool.Journal.Entries.Count;

        var foreign = await RefusalAsync(chat, new ChatRequest { Attach = new Attach { Session = session.Name } }, Bearer("two"));
        var unknown = await RefusalAsync(chat, new ChatRequest { Attach = new Attach { Session = $"sessions/{new string('0', session.Name.Length - "sessions/".Length)}" } }, Bearer("two"));

        AssertRefused(foreign, StatusCode.NotFound, "SESSION_NOT_FOUND");
        Assert.Equal(unknown.Status, foreign.Status);
        Assert.Equal(unknown.GetRpcStatus()!.GetDetail<ErrorInfo>(), foreign.GetRpcStatus()!.GetDetail<ErrorInfo>());
        Assert.Equal(before, chat.Akool.Journal.Entries.Count);
    }

    [Fact]
    public async Task A_stream_that_is_continued_elsewhere_ends_here()
    {
        await using var chat = await ChatFixture.StartAsync();
        var session = await chat.CreateAsync();
        await using var client = await chat.AttachAsync(session);
        var point = client.Attached.ResumePoint;

        await using var newer = await ChatClient.AttachAsync(chat.Host.Chat, new Attach { Session = session.Name, ResumeFrom = point });

        Assert.Equal(StatusCode.Aborted, (await client.EndAsync())!.StatusCode);
        Assert.Equal(ResumeOutcome.Resumed, newer.Attached.ResumeOutcome);
        await newer.PingAsync();
    }

    [Fact]
    public async Task A_resume_point_that_means_nothing_here_begins_a_new_stream()
    {
        await using var chat = await ChatFixture.StartAsync();
        var session = await chat.CreateAsync();

        await using var client = await ChatClient.AttachAsync(chat.Host.Chat, new Attach { Session = session.Name, ResumeFrom = new() { Epoch = "gone", StreamId = "1", Sequence = 7 } });

        Assert.Equal(ResumeOutcome.Lost, client.Attached.ResumeOutcome);
        await client.SayAsync("t", "hello");
        Assert.Equal(TurnOutcome.Completed, (await client.EndedAsync("t")).TurnEnded.Outcome);
    }

    [Fact]
    public async Task A_call_that_never_attaches_is_ended_after_ten_seconds()
    {
        var time = new AttachTime();
        await using var server = await ServerFixture.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        using var call = new ChatService.ChatServiceClient(server.Channel).Chat();
        var end = call.ResponseStream.MoveNext(CancellationToken.None);

        await time.Armed.Task.WaitAsync(ChatFixture.Hang);
        var before = end.IsCompleted;
        time.Advance(AttachTime.Limit);

        Assert.Equal("FailedPrecondition ATTACH_REQUIRED", await end.ReasonAsync());
        Assert.False(before);
    }

    [Fact]
    public async Task Operators_see_how_many_streams_are_attached_and_how_many_connections_they_share()
    {
        await using var chat = await ChatFixture.StartAsync();
        var session = await chat.CreateAsync();
        await using var one = await chat.AttachAsync(session);
        await using var two = await chat.AttachAsync(session);
        await one.SayAsync("t", "hello");
        await one.EndedAsync("t"); // by now there is a connection

        var capacity = await chat.Host.Admin.GetCapacityAsync(new());

        Assert.Equal((2, 1), (capacity.ChatStreams, capacity.UpstreamConnections));
    }

    private static async Task<RpcException> RefusalAsync(ChatFixture chat, ChatRequest first, Metadata? headers = null)
    {
        var told = 0;
        await using var call = new ChatCall(chat.Host.Chat, first, _ => ++told > 0, headers);
        var end = await call.Ended.WaitAsync(ChatFixture.Hang);
        Assert.Equal(0, told);
        return Assert.IsType<RpcException>(end);
    }

    // An owner whose key is its name.
    private static IEnumerable<(string Key, string Value)> KeyOf(int index, string owner) =>
    [
        ($"Gateway:Auth:Keys:{index}:Owner", owner),
        ($"Gateway:Auth:Keys:{index}:Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))),
        ($"Gateway:Auth:Keys:{index}:Scopes:0", "sessions"),
        ($"Gateway:Auth:Keys:{index}:Scopes:1", "chat"),
    ];

    private static Metadata Bearer(string owner) => new() { { "authorization", $"Bearer {owner}" } };

    // A clock that a test moves, and that tells when the wait for an attach has begun.
    private sealed class AttachTime : FakeTimeProvider
    {
        public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

        public TaskCompletionSource Armed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == Limit) Armed.TrySetResult();
            return timer;
        }
    }
}
