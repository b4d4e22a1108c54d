using Akool.Avatar.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Akool.Gateway.Tests.Chat;

/// <summary>
/// A chat stream over all calls that continue it: it logs what it is told, and can be cut and resumed. One caller at a time sends, waits, cuts and
/// resumes; the log can be read from anywhere.
/// </summary>
internal sealed class ChatClient : IAsyncDisposable
{
    private readonly Lock _gate = new(); // guards _log and _waiters
    private readonly List<ChatResponse> _log = [];
    private readonly List<(Func<ChatResponse, bool> Match, TaskCompletionSource<ChatResponse> Found)> _waiters = [];
    private readonly ChatService.ChatServiceClient _service;
    private readonly Attach _attach;
    private readonly int _cutAfter;
    private volatile bool _hasCutItself;
    private int _told;
    private int _marks;

    private ChatClient(ChatService.ChatServiceClient service, Attach attach, int cutAfter) => (_service, _attach, _cutAfter) = (service, attach, cutAfter);

    /// <summary>The call of now, or the last one.</summary>
    public ChatCall Call { get; private set; } = null!;

    /// <summary>What Attached said last.</summary>
    public Attached Attached { get; private set; } = null!;

    /// <summary>The last sequence that was told.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Everything told so far, over all calls, in order.</summary>
    public IReadOnlyList<ChatResponse> Log
    {
        get { lock (_gate) return [.. _log]; }
    }

    /// <summary>Joins a session. <paramref name="cutAfter"/>: with so many responses the stream cuts itself, once; 0: never. It resumes when it is next used.</summary>
    public static async Task<ChatClient> AttachAsync(ChatService.ChatServiceClient service, Attach attach, int cutAfter = 0)
    {
        var client = new ChatClient(service, attach, cutAfter);
        await client.BeginAsync(attach);
        return client;
    }

    /// <summary>The first response, past or to come, that matches. Errors: <see cref="InvalidOperationException"/> where the call ends before it.</summary>
    public async Task<ChatResponse> ToldAsync(Func<ChatResponse, bool> match, TimeSpan? limit = null)
    {
        var found = FindAsync(match);
        while (true)
        {
            await Task.WhenAny(found, Call.Ended).WaitAsync(limit ?? ChatFixture.Hang);
            await ContinueAsync();
            if (found.IsCompleted) return await found;
            if (!Call.Ended.IsCompleted) continue;
            throw new InvalidOperationException($"the call ended before it was told: {(await Call.Ended)?.Status.ToString() ?? "OK"}");
        }
    }

    public Task<ChatResponse> EndedAsync(string turn) => ToldAsync(told => told.TurnEnded is not null && told.TurnId == turn);

    public Task<ChatResponse> RejectedAsync(string turn) => ToldAsync(told => told.TurnRejected is not null && told.TurnId == turn);

    /// <summary>Sends a request; false: the call is over.</summary>
    public async Task<bool> SendAsync(ChatRequest request)
    {
        await ContinueAsync();
        return await Call.SendAsync(request).WaitAsync(2 * ChatFixture.Hang);
    }

    public Task<bool> SendAsync(Turn turn) => SendAsync(new ChatRequest { Turn = turn });

    public Task<bool> SayAsync(string turn, string text) => SendAsync(new Turn { TurnId = turn, Text = text });

    public Task<bool> InterruptAsync(string turn) => SendAsync(new ChatRequest { Interrupt = new Interrupt { TurnId = turn } });

    /// <summary>A ping that has been answered: all that the gateway had to say before is in the log.</summary>
    public async Task PingAsync(TimeSpan? limit = null)
    {
        var mark = new Timestamp { Seconds = ++_marks, Nanos = _marks };
        await SendAsync(new ChatRequest { Ping = new Ping { ClientTime = mark } });
        await ToldAsync(told => told.Pong is not null && told.Pong.ClientTime.Equals(mark), limit);
    }

    /// <summary>How the call ended; null: well.</summary>
    public Task<RpcException?> EndAsync() => Call.Ended.WaitAsync(ChatFixture.Hang);

    /// <summary>Ends the call as a lost connection does.</summary>
    public Task<RpcException?> CutAsync() => Call.CutAsync().WaitAsync(ChatFixture.Hang);

    /// <summary>Goes on after a sequence; default: the last one. Gives the call's end where it did not join.</summary>
    public async Task<RpcException?> ResumeAsync(long? after = null)
    {
        await Call.DisposeAsync();
        var attach = _attach.Clone();
        attach.ResumeFrom = Attached.ResumePoint.Clone();
        attach.ResumeFrom.Sequence = after ?? Math.Max(LastSequence, Attached.ResumePoint.Sequence);
        return await BeginAsync(attach);
    }

    public async ValueTask DisposeAsync() => await Call.DisposeAsync();

    private async Task<RpcException?> BeginAsync(Attach attach)
    {
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = Call = new ChatCall(_service, new ChatRequest { Attach = attach }, told =>
        {
            var goesOn = Take(told);
            joined.TrySetResult();
            return goesOn;
        });
        await Task.WhenAny(joined.Task, call.Ended).WaitAsync(ChatFixture.Hang);
        return joined.Task.IsCompleted ? null : await call.Ended;
    }

    private async Task ContinueAsync()
    {
        if (!_hasCutItself) return;
        _hasCutItself = false;
        await ResumeAsync();
    }

    private bool Take(ChatResponse told)
    {
        if (told.Attached is not null) Attached = told.Attached;
        if (told.Sequence > 0) LastSequence = told.Sequence;
        var cuts = ++_told == _cutAfter;
        _hasCutItself |= cuts; // before anybody who waits for this is woken
        lock (_gate)
        {
            _log.Add(told);
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (!_waiters[i].Match(told)) continue;
                _waiters[i].Found.TrySetResult(told);
                _waiters.RemoveAt(i);
            }
        }
        return !cuts;
    }

    private Task<ChatResponse> FindAsync(Func<ChatResponse, bool> match)
    {
        lock (_gate)
        {
            if (_log.Find(new Predicate<ChatResponse>(match)) is { } past) return Task.FromResult(past);
            var found = new TaskCompletionSource<ChatResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((match, found));
            return found.Task;
        }
    }
}
