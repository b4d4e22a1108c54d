using System.Threading.Channels;
using Akool.Avatar.V1;
using Akool.LoadTest.Chat;
using Grpc.Core;

namespace Akool.LoadTest.Tests;

public sealed class ChatStreamTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);
    private readonly Findings _findings = new();
    private readonly FakeCall _call = new();

    [Fact]
    public async Task An_answer_that_comes_after_its_turns_end_is_found_though_nobody_waits_for_it()
    {
        await using var stream = await AttachAsync();
        var turn = await stream.SayAsync("hello");
        _call.Tell(turn.Id, r => r.Answer = new Answer { Index = 0 });
        _call.Tell(turn.Id, r => r.TurnEnded = new TurnEnded { Outcome = TurnOutcome.Completed, AnswerCount = 1 });
        await turn.CompletedAsync(null).WaitAsync(Hang, TimeProvider.System, TestContext.Current.CancellationToken);

        _call.Tell(turn.Id, r => r.Answer = new Answer { Index = 1 });
        _call.End();
        await stream.CutAsync().WaitAsync(Hang, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Contains(turn.Id, Assert.Single(_findings.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breach_is_found_in_a_stream_that_its_owner_has_cut()
    {
        var stream = await AttachAsync();
        var turn = await stream.SayAsync("hello");
        _call.Tell(turn.Id, r => r.Answer = new Answer { Index = 7 });
        _call.End();

        await stream.DisposeAsync();

        Assert.Single(_findings.All);
    }

    [Fact]
    public async Task A_stream_that_continues_another_takes_only_its_open_turns_along()
    {
        await using var stream = await AttachAsync();
        var (ended, open) = (await stream.SayAsync("one"), await stream.SayAsync("two"));
        _call.Tell(ended.Id, r => r.TurnEnded = new TurnEnded { Outcome = TurnOutcome.NoAnswer });
        await ended.Ended;
        var call = new FakeCall();

        await using var next = await ChatStream.AttachAsync(call.Call, _findings, new Attach(), TestContext.Current.CancellationToken, continues: stream);
        call.Tell(open.Id, r => r.TurnEnded = new TurnEnded { Outcome = TurnOutcome.NoAnswer });
        call.Tell(ended.Id, r => r.TurnEnded = new TurnEnded { Outcome = TurnOutcome.NoAnswer });
        call.End();

        Assert.Equal(TurnOutcome.NoAnswer, await open.Ended);
        await Assert.ThrowsAsync<ContractViolationException>(next.CompleteAsync);
        Assert.Contains(ended.Id, Assert.Single(_findings.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_observer_sees_another_streams_turn_with_its_answers()
    {
        await using var observer = await AttachAsync(TurnVisibility.All);

        _call.Tell("t", r => (r.StreamId, r.Answer) = ("other", new Answer { Text = "hi" }));
        _call.Tell("t", r => (r.StreamId, r.TurnEnded) = ("other", new TurnEnded { Outcome = TurnOutcome.Completed, AnswerCount = 1 }));

        await (await observer.SeesAsync("t")).CompletedAsync(new(1, "hi"));
        Assert.Empty(_findings.All);
    }

    [Fact]
    public async Task A_stream_that_asked_for_its_own_turns_is_shown_no_others()
    {
        var stream = await AttachAsync();
        _call.Tell("t", r => (r.StreamId, r.Answer) = ("other", new Answer()));
        _call.End();

        await stream.DisposeAsync();

        Assert.Single(_findings.All);
    }

    private Task<ChatStream> AttachAsync(TurnVisibility visibility = TurnVisibility.Own) =>
        ChatStream.AttachAsync(_call.Call, _findings, new Attach { Session = "sessions/s", Visibility = visibility }, TestContext.Current.CancellationToken);

    /// <summary>A call whose responses the test writes; what is asked is taken and forgotten. Has attached.</summary>
    private sealed class FakeCall : IAsyncStreamReader<ChatResponse>, IClientStreamWriter<ChatRequest>
    {
        private readonly Channel<ChatResponse> _responses = Channel.CreateUnbounded<ChatResponse>();
        private long _sequence;

        public FakeCall()
        {
            Call = new(this, this, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], End);
            _responses.Writer.TryWrite(new ChatResponse { Attached = new Attached { ResumePoint = new ResumePoint() } });
        }

        public AsyncDuplexStreamingCall<ChatRequest, ChatResponse> Call { get; }

        public ChatResponse Current { get; private set; } = new();

        public WriteOptions? WriteOptions { get; set; }

        public void Tell(string turnId, Action<ChatResponse> payload)
        {
            var response = new ChatResponse { Sequence = ++_sequence, TurnId = turnId };
            payload(response);
            _responses.Writer.TryWrite(response);
        }

        public void End() => _responses.Writer.TryComplete();

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!await _responses.Reader.WaitToReadAsync(cancellationToken) || !_responses.Reader.TryRead(out var next)) return false;
            Current = next;
            return true;
        }

        public Task WriteAsync(ChatRequest message) => Task.CompletedTask;

        public Task WriteAsync(ChatRequest message, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
