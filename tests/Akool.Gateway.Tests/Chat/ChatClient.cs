using Akool.Avatar.V1;
using Akool.Testing;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Akool.Gateway.Tests.Chat;

/// <summary>
/// A chat stream as a careful client holds it: it logs all that it is told, can be cut and resumed, and can leave off reading. One caller at a time
/// sends, cuts and resumes; the log can be read from anywhere.
/// </summary>
internal sealed class ChatClient : IAsyncDisposable
{
    private readonly Lock _gate = new(); // guards _log and _waiters
    private readonly List<ChatResponse> _log = [];
    private readonly List<(Func<ChatResponse, bool> Match, TaskCompletionSource<ChatResponse> Found)> _waiters = [];
    private readonly ChatService.ChatServiceClient _service;
    private readonly Attach _attach;
    private readonly int _cutAfter;
    private readonly bool _staysAway;
    private AsyncDuplexStreamingCall<ChatRequest, ChatResponse> _call = null!;
    private Task<Grpc.Core.Status> _reading = null!;
    private TaskCompletionSource _mayRead = Open();
    private int _seen;

    private ChatClient(ChatService.ChatServiceClient service, Attach attach, int cutAfter, bool staysAway) =>
        (_service, _attach, _cutAfter, _staysAway) = (service, attach, cutAfter, staysAway);

    /// <summary>What Attached said last.</summary>
    public Attached Attached { get; private set; } = null!;

    /// <summary>The last sequence that was told; 0: none.</summary>
    public long LastSequence { get; private set; }

    /// <summary>How the call ended; not done while it goes on.</summary>
    public Task<Grpc.Core.Status> Ended => _reading;

    /// <summary>Everything told so far, over all calls, in order.</summary>
    public IReadOnlyList<ChatResponse> Log
    {
        get { lock (_gate) return [.. _log]; }
    }

    /// <summary>Joins a session. <paramref name="cutAfter"/>: after so many events the stream cuts itself, once, and resumes unless it stays away; 0: never.</summary>
    public static async Task<ChatClient> AttachAsync(ChatService.ChatServiceClient service, Attach attach, int cutAfter = 0, bool staysAway = false)
    {
        var client = new ChatClient(service, attach, cutAfter, staysAway);
        await client.BeginAsync(attach);
        return client;
    }

    /// <summary>The first event, past or to come, that matches.</summary>
    public Task<ChatResponse> ToldAsync(Func<ChatResponse, bool> match, TimeSpan? limit = null)
    {
        lock (_gate)
        {
            if (_log.Find(new Predicate<ChatResponse>(match)) is { } past) return Task.FromResult(past);
            var found = new TaskCompletionSource<ChatResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((match, found));
            return found.Task.WaitAsync(limit ?? TestLimits.Hang);
        }
    }

    public Task<ChatResponse> EndedAsync(string turn, TimeSpan? limit = null) => ToldAsync(told => told.TurnEnded is not null && told.TurnId == turn, limit);

    public Task SendAsync(ChatRequest request) => _call.RequestStream.WriteAsync(request).WaitAsync(TestLimits.Hang);

    public Task SendAsync(Turn turn) => SendAsync(new ChatRequest { Turn = turn });

    public Task InterruptAsync(string turn) => SendAsync(new ChatRequest { Interrupt = new Interrupt { TurnId = turn } });

    public Task HalfCloseAsync() => _call.RequestStream.CompleteAsync().WaitAsync(TestLimits.Hang);

    /// <summary>A ping that has been answered: all that the gateway had to say before is in the log.</summary>
    public async Task PingAsync()
    {
        var mark = new Timestamp { Seconds = Random.Shared.Next(1, int.MaxValue), Nanos = 100 * Random.Shared.Next(10_000_000) };
        await SendAsync(new ChatRequest { Ping = new Ping { ClientTime = mark } });
        await ToldAsync(told => told.Pong is not null && told.Pong.ClientTime.Equals(mark));
    }

    /// <summary>Leaves off reading, after at most one more event.</summary>
    public void StopReading()
    {
        if (_mayRead.Task.IsCompleted) _mayRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Reads on.</summary>
    public void ReadOn() => _mayRead.TrySetResult();

    /// <summary>Ends the call as a lost connection does.</summary>
    public async Task CutAsync()
    {
        _call.Dispose();
        ReadOn();
        await _reading.WaitAsync(TestLimits.Hang);
    }

    /// <summary>Goes on after a sequence; default: the last one.</summary>
    public Task ResumeAsync(long? after = null)
    {
        var attach = _attach.Clone();
        attach.ResumeFrom = Attached.ResumePoint.Clone();
        attach.ResumeFrom.Sequence = after ?? Math.Max(LastSequence, Attached.ResumePoint.Sequence);
        return BeginAsync(attach);
    }

    public async ValueTask DisposeAsync() => await CutAsync();

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    private async Task BeginAsync(Attach attach)
    {
        var call = _call = _service.Chat();
        await call.RequestStream.WriteAsync(new ChatRequest { Attach = attach }).WaitAsync(TestLimits.Hang);
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _reading = ReadAsync(call, joined);
        await Task.WhenAny(joined.Task, _reading).WaitAsync(TestLimits.Hang);
    }

    private async Task<Grpc.Core.Status> ReadAsync(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> call, TaskCompletionSource joined)
    {
        try
        {
            while (await call.ResponseStream.MoveNext())
            {
                var told = call.ResponseStream.Current;
                if (told.Attached is not null) Attached = told.Attached;
                if (told.Sequence > 0) LastSequence = told.Sequence;
                lock (_gate) _log.Add(told);
                if (++_seen == _cutAfter)
                {
                    call.Dispose();
                    if (!_staysAway) await ResumeAsync();
                    Tell(told); // only now: nobody sends while the stream changes its call
                    return Grpc.Core.Status.DefaultCancelled;
                }
                Tell(told);
                joined.TrySetResult();
                await _mayRead.Task;
            }
            return call.GetStatus();
        }
        catch (Exception ended) when (ended is RpcException or ObjectDisposedException or InvalidOperationException)
        {
            return (ended as RpcException)?.Status ?? Grpc.Core.Status.DefaultCancelled;
        }
    }

    private void Tell(ChatResponse told)
    {
        lock (_gate)
        {
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (!_waiters[i].Match(told)) continue;
                _waiters[i].Found.TrySetResult(told);
                _waiters.RemoveAt(i);
            }
        }
    }
}
