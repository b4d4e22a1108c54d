using System.Collections.Concurrent;
using Akool.Avatar.V1;
using Grpc.Core;

namespace Akool.LoadTest.Chat;

/// <summary>
/// One attached Chat stream; owns the task that reads it, and holds every response against the contract. A breach is also a finding of the run:
/// it may come when no step waits for it any more. Safe from any thread. Errors: <see cref="RpcException"/>,
/// <see cref="ContractViolationException"/>, <see cref="TimeoutException"/>.
/// </summary>
internal sealed class ChatStream : IAsyncDisposable
{
    private readonly AsyncDuplexStreamingCall<ChatRequest, ChatResponse> _call;
    private readonly Findings _findings;
    private readonly bool _isObserver;
    private readonly SemaphoreSlim _writing = new(1, 1);        // a gRPC stream allows one pending write
    private readonly ConcurrentDictionary<string, OpenTurn> _turns = [];    // said here, or on what this stream continues, and not ended
    private readonly ConcurrentDictionary<string, OpenTurn> _others = [];   // an observer's: other streams' turns, until SeesAsync
    private readonly string _prefix = Guid.NewGuid().ToString("N")[..8];
    private Task _reading = Task.CompletedTask;
    private Exception? _lost;                                   // why reading ended, where it was not the gateway's OK or a cut
    private volatile bool _isCut;
    private int _number;

    private ChatStream(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> call, Findings findings, Attach attach) =>
        (_call, _findings, _isObserver, Session) = (call, findings, attach.Visibility == TurnVisibility.All, attach.Session);

    /// <summary>Name of the session that it joined.</summary>
    public string Session { get; }

    /// <summary>Where to continue after a loss.</summary>
    public ResumePoint ResumePoint { get; private set; } = new();

    public ResumeOutcome Outcome { get; private set; }

    /// <summary>Joins a session. <paramref name="read"/> false: nothing after <c>attached</c> is read, as a hung client would.</summary>
    public static Task<ChatStream> AttachAsync(GatewayClient gateway, Attach attach, CancellationToken cancellation, bool read = true, ChatStream? continues = null) =>
        AttachAsync(gateway.Chats.Chat(gateway.Headers, cancellationToken: cancellation), gateway.Findings, attach, cancellation, read, continues);

    /// <summary>The same over a call that is already made.</summary>
    public static async Task<ChatStream> AttachAsync(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> call, Findings findings, Attach attach,
        CancellationToken cancellation, bool read = true, ChatStream? continues = null)
    {
        var stream = new ChatStream(call, findings, attach);
        try
        {
            await call.RequestStream.WriteAsync(new ChatRequest { Attach = attach }, cancellation).WaitAsync(LoadLimits.Call, TimeProvider.System, cancellation);
            if (!await call.ResponseStream.MoveNext(cancellation).WaitAsync(LoadLimits.Call, TimeProvider.System, cancellation) || call.ResponseStream.Current.Attached is not { } attached)
                throw new ContractViolationException("the first response was not attached");
            (stream.ResumePoint, stream.Outcome) = (attached.ResumePoint, attached.ResumeOutcome);
            foreach (var (id, turn) in continues?._turns ?? []) stream._turns[id] = turn;
            if (read) stream._reading = stream.ReadAsync();
            return stream;
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    /// <summary>Sends a turn; returns once it is written.</summary>
    public async Task<OpenTurn> SayAsync(string text)
    {
        if (_lost is ContractViolationException) throw _lost;
        var turn = new OpenTurn($"{_prefix}-{Interlocked.Increment(ref _number)}");
        _turns[turn.Id] = turn;
        await SayAgainAsync(turn, text);
        return turn;
    }

    /// <summary>Sends a turn once more after a resume, as a client does that cannot know whether it had arrived: nothing may happen twice.</summary>
    public async Task SayAgainAsync(OpenTurn turn, string text)
    {
        if (!await _writing.WaitAsync(LoadLimits.Turn)) throw new TimeoutException($"the write before did not get through in {LoadLimits.Turn}");
        try
        {
            await _call.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = turn.Id, Text = text } }).WaitAsync(LoadLimits.Turn, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _call.Dispose(); // nothing can be written behind a write that hangs
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>No more turns; returns when the gateway has ended the stream, which it does once every turn has ended.</summary>
    public async Task CompleteAsync()
    {
        await _call.RequestStream.CompleteAsync().WaitAsync(LoadLimits.Turn, TimeProvider.System);
        await _reading.WaitAsync(LoadLimits.Turn, TimeProvider.System);
        if (_lost is not null) throw _lost;
        if (_turns.Values.FirstOrDefault() is { } open) throw Breach($"the stream ended OK and turn {open.Id} has no outcome");
    }

    /// <summary>An observer's: another stream's turn as it was shown here, once its end was.</summary>
    public async Task<OpenTurn> SeesAsync(string turnId)
    {
        var seen = _others.GetOrAdd(turnId, id => new OpenTurn(id));
        await seen.Ended;
        _others.TryRemove(turnId, out _);
        return seen;
    }

    /// <summary>Cuts the stream, as a lost client does. What it had open can be continued.</summary>
    public async Task CutAsync()
    {
        _isCut = true;
        _call.Dispose();
        await _reading;
    }

    /// <summary>Reads what a hung client left, until its one turn has ended or the stream has.</summary>
    public async Task<Leftovers> ReadLateAsync()
    {
        var found = new Leftovers(0, 0, null, null);
        try
        {
            while (found.Ended is null && await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(LoadLimits.Turn, TimeProvider.System))
            {
                found = _call.ResponseStream.Current switch
                {
                    { Answer: not null } => found with { Answers = found.Answers + 1 },
                    { Gap: { } gap } => found with { InGaps = found.InGaps + gap.LastSequence - gap.FirstSequence + 1 },
                    { TurnEnded: { } ended } => found with { Ended = ended },
                    _ => found,
                };
            }
        }
        catch (RpcException ended)
        {
            found = found with { Refusal = Refusal.ReasonOf(ended) ?? ended.StatusCode.ToString() };
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None)) OnResponse(_call.ResponseStream.Current);
        }
        catch (Exception lost) when (lost is RpcException or ContractViolationException or ObjectDisposedException)
        {
            if (_isCut && lost is not ContractViolationException) return; // by its owner, who may continue the turns; .NET's client tells it as CANCELLED or as UNAVAILABLE
            _lost = lost;
            foreach (var turn in _turns.Values.Concat(_others.Values)) turn.OnLost(lost);
        }
    }

    private void OnResponse(ChatResponse response)
    {
        if (response.Sequence != 0)
        {
            if (response.Sequence <= ResumePoint.Sequence) throw Breach($"sequence {response.Sequence} after {ResumePoint.Sequence}");
            ResumePoint.Sequence = response.Sequence;
        }

        if (response.TurnId.Length == 0) return;
        if (response.StreamId.Length > 0)
        {
            if (!_isObserver) throw Breach($"turn {response.TurnId} of another stream was shown");
            Move(_others.GetOrAdd(response.TurnId, id => new OpenTurn(id)), response);
            return;
        }

        if (!_turns.TryGetValue(response.TurnId, out var turn)) throw Breach($"{response.PayloadCase} of turn {response.TurnId}, which was never sent here or had ended");
        Move(turn, response);
        if (response.PayloadCase is ChatResponse.PayloadOneofCase.TurnEnded or ChatResponse.PayloadOneofCase.TurnRejected) _turns.TryRemove(response.TurnId, out _);
    }

    private void Move(OpenTurn turn, ChatResponse response)
    {
        try
        {
            switch (response.PayloadCase)
            {
                case ChatResponse.PayloadOneofCase.Answer: turn.OnAnswer(response.Answer); break;
                case ChatResponse.PayloadOneofCase.TurnEnded: turn.OnEnded(response.TurnEnded); break;
                case ChatResponse.PayloadOneofCase.TurnRejected: turn.OnLost(new TurnLostException($"rejected: {response.TurnRejected.Problem?.Reason}")); break;
                default: break;
            }
        }
        catch (ContractViolationException violation)
        {
            throw Breach(violation.Message);
        }
    }

    private ContractViolationException Breach(string what)
    {
        _findings.Add($"{Session}: {what}");
        return new(what);
    }
}
