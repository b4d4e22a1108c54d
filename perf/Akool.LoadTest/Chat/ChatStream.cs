using System.Collections.Concurrent;
using Akool.Avatar.V1;
using Grpc.Core;

namespace Akool.LoadTest.Chat;

/// <summary>
/// One attached Chat stream; owns the task that reads it, and holds every response against the contract. Safe from any thread.
/// Errors: <see cref="RpcException"/>, <see cref="ContractViolationException"/>.
/// </summary>
internal sealed class ChatStream : IAsyncDisposable
{
    private readonly AsyncDuplexStreamingCall<ChatRequest, ChatResponse> _call;
    private readonly SemaphoreSlim _writing = new(1, 1);        // a gRPC stream allows one pending write
    private readonly ConcurrentDictionary<string, OpenTurn> _turns = [];
    private readonly string _prefix = Guid.NewGuid().ToString("N")[..8];
    private Task _reading = Task.CompletedTask;
    private ContractViolationException? _violation;
    private volatile bool _isCut;
    private int _number;

    private ChatStream(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> call) => _call = call;

    /// <summary>Name of the session that it joined.</summary>
    public string Session { get; private set; } = "";

    /// <summary>Where to continue after a loss.</summary>
    public ResumePoint ResumePoint { get; private set; } = new();

    public ResumeOutcome Outcome { get; private set; }

    /// <summary>Answers and outcomes of turns of other streams, where they are shown.</summary>
    public int SeenOfOthers { get; private set; }

    /// <summary>Joins a session. <paramref name="read"/> false: nothing after <c>attached</c> is read, as a hung client would.</summary>
    public static async Task<ChatStream> AttachAsync(GatewayClient gateway, Attach attach, CancellationToken cancellation, bool read = true,
        ChatStream? continues = null)
    {
        var stream = new ChatStream(gateway.Chats.Chat(gateway.Headers, cancellationToken: cancellation));
        try
        {
            await stream._call.RequestStream.WriteAsync(new ChatRequest { Attach = attach }, cancellation);
            if (!await stream._call.ResponseStream.MoveNext(cancellation).WaitAsync(LoadLimits.Call, TimeProvider.System, cancellation) || stream._call.ResponseStream.Current.Attached is not { } attached)
                throw new ContractViolationException("the first response was not attached");
            (stream.Session, stream.ResumePoint, stream.Outcome) = (attach.Session, attached.ResumePoint, attached.ResumeOutcome);
            foreach (var (id, turn) in continues?._turns ?? []) stream._turns[id] = turn;
            if (read) stream._reading = stream.ReadAsync();
            return stream;
        }
        catch
        {
            stream._call.Dispose();
            throw;
        }
    }

    /// <summary>Sends a turn; returns once it is written.</summary>
    public async Task<OpenTurn> SayAsync(string text)
    {
        if (_violation is not null) throw _violation;
        var turn = new OpenTurn($"{_prefix}-{Interlocked.Increment(ref _number)}");
        _turns[turn.Id] = turn;
        await SayAgainAsync(turn, text);
        return turn;
    }

    /// <summary>Sends a turn once more after a resume, as a client does that cannot know whether it had arrived: nothing may happen twice.</summary>
    public async Task SayAgainAsync(OpenTurn turn, string text)
    {
        await _writing.WaitAsync();
        try
        {
            await _call.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = turn.Id, Text = text } });
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>No more turns; returns when the gateway has ended the stream, which it does once every turn has ended.</summary>
    public async Task CompleteAsync()
    {
        await _call.RequestStream.CompleteAsync();
        await _reading.WaitAsync(LoadLimits.Turn, TimeProvider.System);
        if (_violation is not null) throw _violation;
        if (_turns.Values.FirstOrDefault(turn => !turn.Ended.IsCompletedSuccessfully) is { } open)
            throw new ContractViolationException($"the stream ended OK and turn {open.Id} has no outcome");
    }

    /// <summary>Cuts the stream, as a lost client does. What it had open can be continued.</summary>
    public async Task CutAsync()
    {
        _isCut = true;
        _call.Dispose();
        await _reading;
    }

    /// <summary>Reads what a hung client left, until the stream ends; gives whether a Gap or SLOW_CONSUMER said that something is missing.</summary>
    public async Task<bool> ReadLateAsync()
    {
        var told = false;
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System))
                told |= _call.ResponseStream.Current.Gap is not null;
        }
        catch (RpcException ended)
        {
            return ended.StatusCode == StatusCode.ResourceExhausted;
        }
        catch (TimeoutException)
        {
            // Nothing more comes: the stream went on, with what the client was told.
        }

        return told;
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
            _violation = lost as ContractViolationException;
            if (_isCut && _violation is null) return; // by its owner, who may continue the turns; .NET's client tells it as CANCELLED or as UNAVAILABLE
            foreach (var turn in _turns.Values) turn.OnLost(lost);
        }
    }

    private void OnResponse(ChatResponse response)
    {
        if (response.Sequence != 0)
        {
            if (response.Sequence <= ResumePoint.Sequence) throw new ContractViolationException($"sequence {response.Sequence} after {ResumePoint.Sequence}");
            ResumePoint.Sequence = response.Sequence;
        }

        if (response.StreamId.Length > 0)
        {
            SeenOfOthers++;
            return;
        }

        if (response.TurnId.Length == 0) return;
        if (!_turns.TryGetValue(response.TurnId, out var turn)) throw new ContractViolationException($"turn {response.TurnId} was never sent here");
        switch (response.PayloadCase)
        {
            case ChatResponse.PayloadOneofCase.Answer: turn.OnAnswer(response.Answer); break;
            case ChatResponse.PayloadOneofCase.TurnEnded: turn.OnEnded(response.TurnEnded); break;
            case ChatResponse.PayloadOneofCase.TurnRejected:
                _turns.TryRemove(response.TurnId, out _);
                turn.OnLost(new TurnLostException($"rejected: {response.TurnRejected.Problem?.Reason}"));
                break;
            default: break;
        }
    }
}
