using Akool.Avatar.V1;

namespace Akool.Gateway.Tests.Chat;

/// <summary>One stream of a drill: does what its dice say, and once it has resumed says again what has no outcome. Run by one task.</summary>
internal sealed class DrillStream(ChatService.ChatServiceClient service, Session session, string name, Random dice) : IAsyncDisposable
{
    // Beyond every limit that a turn or a pong has here, and slack for a machine that is full: never reached unless one was lost.
    private static readonly TimeSpan Lost = TimeSpan.FromSeconds(120);

    private readonly Dictionary<string, List<Turn>> _turns = [];
    private readonly List<string> _unsettled = [];
    private ChatClient _client = null!;
    private bool _isReading = true;

    public string Name => name;

    /// <summary>AKOOL's id of its session.</summary>
    public string UpstreamSession => session.UpstreamSessionId;

    /// <summary>The parts of every turn that was begun, by its id.</summary>
    public IReadOnlyDictionary<string, List<Turn>> Turns => _turns;

    public IReadOnlyList<ChatResponse> Log => _client.Log;

    public int Resumes { get; private set; }

    public int Pongs { get; private set; }

    /// <summary>The session ended while this stream was away, so that it could not be told of its last turns.</summary>
    public bool MissedTheEnd { get; private set; }

    /// <summary>The session ended while this stream was there: what it said too late was not taken.</summary>
    public bool SawTheEnd { get; private set; }

    public async Task BeginAsync() => _client = await ChatClient.AttachAsync(service, new Attach
    {
        Session = session.Name,
        AcknowledgeTurns = dice.Next(2) == 0,
        Visibility = dice.Next(5) == 0 ? TurnVisibility.All : TurnVisibility.Own,
        SlowConsumerPolicy = dice.Next(2) == 0 ? SlowConsumerPolicy.DropAnswers : SlowConsumerPolicy.Disconnect,
    });

    /// <summary>Works until the time is over, then waits for its last outcome.</summary>
    public async Task RunAsync(TimeProvider time, TimeSpan duration, TimeSpan pause)
    {
        var begun = time.GetTimestamp();
        while (time.GetElapsedTime(begun) < duration)
        {
            await ActAsync();
            await Task.Delay(pause * (2 * dice.NextDouble()), time);
            if (_client.Call.Ended.IsCompleted && !await TryResumeAsync()) return;
        }
        ReadOn();
        while (Unsettled().Count > 0)
        {
            if (_client.Call.Ended.IsCompleted && !await TryResumeAsync()) return;
            await Task.WhenAny(SettledAsync(), _client.Call.Ended).WaitAsync(Lost);
        }
    }

    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;

    public static bool IsOutcome(ChatResponse told) => told.StreamId.Length == 0 && told.TurnId.Length > 0 && (told.TurnEnded is not null || told.TurnRejected is not null);

    private Task ActAsync() => dice.Next(100) switch
    {
        < 60 => TalkAsync(),
        < 66 => RepeatAsync(),
        < 72 => _turns.Count == 0 ? Task.CompletedTask : _client.InterruptAsync($"t{dice.Next(1, _turns.Count + 1)}"),
        < 73 => _client.InterruptAsync(""),
        < 78 => _client.SendAsync(new ChatRequest { Ack = new Ack { Sequence = _client.LastSequence } }),
        < 86 => _client.CutAsync(),
        < 89 => HalfCloseAsync(),
        < 92 => ReadAsync(false),
        < 96 => ReadAsync(true),
        _ => PingAsync(),
    };

    private async Task TalkAsync()
    {
        var id = $"t{_turns.Count + 1}";
        var parts = dice.Next(4) == 0 ? dice.Next(2, 5) : 1;
        var turn = _turns[id] = [.. Enumerable.Range(0, parts).Select(part => new Turn
        {
            TurnId = id, Text = DrillLog.Text(name, id, part), PartIndex = part, MoreFollows = part < parts - 1,
        })];
        turn[0].Policy = dice.Next(50) switch { 0 => TurnPolicy.Interrupt, < 4 => TurnPolicy.Queue, _ => TurnPolicy.Send };
        _unsettled.Add(id);
        foreach (var part in turn) await _client.SendAsync(part);
    }

    // Only what has ended for all that is known here: of what was refused, a repeat would be another try, and have another outcome.
    private async Task RepeatAsync()
    {
        if (_turns.Count == 0) return;
        var id = $"t{dice.Next(1, _turns.Count + 1)}";
        if (!Log.Any(told => told is { TurnEnded: not null, StreamId: "" } && told.TurnId == id)) return;
        foreach (var part in _turns[id]) await _client.SendAsync(part);
    }

    private async Task HalfCloseAsync()
    {
        ReadOn();
        _client.Call.HalfClose();
        await _client.Call.Ended.WaitAsync(Lost);
    }

    private Task ReadAsync(bool on)
    {
        _isReading = on;
        if (on) _client.Call.ReadOn();
        else _client.Call.StopReading();
        return Task.CompletedTask;
    }

    private void ReadOn()
    {
        _isReading = true;
        _client.Call.ReadOn();
    }

    // Only a client that reads can be answered.
    private async Task PingAsync()
    {
        if (!_isReading) return;
        try
        {
            await _client.PingAsync(Lost);
            Pongs++;
        }
        catch (InvalidOperationException) when (_client.Call.Ended.IsCompleted) { }
    }

    // A lost stream is resumed; after the pong all that it missed is in the log, and what has no outcome is said again. False: the session is over.
    private async Task<bool> TryResumeAsync()
    {
        for (var tries = 0; tries < 20; tries++)
        {
            SawTheEnd = Log[^1].SessionChanged?.Session.State is Session.Types.State.Closed or Session.Types.State.Failed;
            if (SawTheEnd) return false;
            Resumes++;
            _isReading = true;
            if (await _client.ResumeAsync(Math.Max(0, _client.LastSequence - dice.Next(3))) is { StatusCode: Grpc.Core.StatusCode.FailedPrecondition or Grpc.Core.StatusCode.NotFound })
            {
                MissedTheEnd = true;
                return false;
            }
            var pongs = Pongs;
            await PingAsync();
            if (Pongs == pongs) continue; // ended again
            foreach (var turn in Unsettled())
                foreach (var part in _turns[turn]) await _client.SendAsync(part);
            return true;
        }
        throw new InvalidOperationException($"{name} cannot be resumed");
    }

    private Task<ChatResponse[]> SettledAsync() => Task.WhenAll(Unsettled().Select(turn => _client.ToldAsync(told => IsOutcome(told) && told.TurnId == turn, Lost)));

    private List<string> Unsettled()
    {
        if (_unsettled.Count == 0) return [];
        var settled = Log.Where(IsOutcome).Select(told => told.TurnId).ToHashSet();
        _unsettled.RemoveAll(settled.Contains);
        return [.. _unsettled];
    }
}
