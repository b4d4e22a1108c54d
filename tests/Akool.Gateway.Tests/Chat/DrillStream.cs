using Akool.Avatar.V1;
using Akool.Testing;
using Grpc.Core;

namespace Akool.Gateway.Tests.Chat;

/// <summary>One stream of a drill: does what its dice say, and repeats what has no outcome once it has resumed. Run by one task.</summary>
internal sealed class DrillStream(ChatService.ChatServiceClient service, Session session, string name, Random dice) : IAsyncDisposable
{
    private readonly Dictionary<string, List<Turn>> _turns = [];
    private ChatClient _client = null!;
    private int _number;

    public string Name => name;

    /// <summary>The parts of every turn that was begun, by its id.</summary>
    public IReadOnlyDictionary<string, List<Turn>> Turns => _turns;

    public IReadOnlyList<ChatResponse> Log => _client.Log;

    public int Cuts { get; private set; }

    /// <summary>Works until the time is over, then waits for its last outcome.</summary>
    public async Task RunAsync(TimeProvider time, TimeSpan duration, TimeSpan pause)
    {
        var begun = time.GetTimestamp();
        _client = await ChatClient.AttachAsync(service, NewAttach());
        while (time.GetElapsedTime(begun) < duration)
        {
            try { await ActAsync(); }
            catch (Exception lost) when (lost is RpcException or InvalidOperationException) { }
            await Task.Delay(pause * (2 * dice.NextDouble()), time);
            if (_client.Ended.IsCompleted && !await TryContinueAsync()) return;
        }
        if (!await TryContinueAsync()) return;
        foreach (var turn in Open()) await _client.ToldAsync(told => told.TurnId == turn && told.StreamId.Length == 0 && (told.TurnEnded ?? (object?)told.TurnRejected) is not null, TimeSpan.FromSeconds(30));
        await _client.PingAsync();
    }

    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Attach NewAttach() => new()
    {
        Session = session.Name,
        AcknowledgeTurns = dice.Next(2) == 0,
        Visibility = dice.Next(5) == 0 ? TurnVisibility.All : TurnVisibility.Own,
        SlowConsumerPolicy = dice.Next(2) == 0 ? SlowConsumerPolicy.DropAnswers : SlowConsumerPolicy.Disconnect,
    };

    private Task ActAsync() => dice.Next(100) switch
    {
        < 60 => TalkAsync(),
        < 68 => RepeatAsync(),
        < 74 => _turns.Count == 0 ? Task.CompletedTask : _client.InterruptAsync(_turns.Keys.ElementAt(dice.Next(_turns.Count))),
        < 75 => _client.InterruptAsync(""),
        < 80 => _client.SendAsync(new ChatRequest { Ack = new Ack { Sequence = _client.LastSequence } }),
        < 90 => _client.CutAsync(),
        < 94 => Task.Run(_client.StopReading),
        < 97 => Task.Run(_client.ReadOn),
        _ => _client.PingAsync(),
    };

    private async Task TalkAsync()
    {
        var id = $"t{++_number}";
        var parts = dice.Next(4) == 0 ? dice.Next(2, 5) : 1;
        var turn = _turns[id] = [.. Enumerable.Range(0, parts).Select(part => new Turn
        {
            TurnId = id, Text = DrillLog.Text(name, id, part), PartIndex = part, MoreFollows = part < parts - 1,
        })];
        turn[0].Policy = dice.Next(20) switch { 0 => TurnPolicy.Interrupt, < 5 => TurnPolicy.Queue, _ => TurnPolicy.Send };
        foreach (var part in turn) await _client.SendAsync(part);
    }

    private async Task RepeatAsync()
    {
        if (_turns.Count == 0) return;
        foreach (var part in _turns[$"t{dice.Next(1, _number + 1)}"]) await _client.SendAsync(part);
    }

    // A lost stream is resumed; after the pong all that it missed is in the log, and what has no outcome is sent again. False: the session is over.
    private async Task<bool> TryContinueAsync()
    {
        _client.ReadOn();
        for (var tries = 0; tries < 20; tries++)
        {
            if (_client.Log[^1].SessionChanged?.Session.State is Session.Types.State.Closed or Session.Types.State.Failed) return false;
            try
            {
                if (_client.Ended.IsCompleted)
                {
                    Cuts++;
                    await _client.ResumeAsync(Math.Max(0, _client.LastSequence - dice.Next(3)));
                }
                await _client.PingAsync().WaitAsync(TestLimits.Hang);
                foreach (var turn in Open())
                    foreach (var part in _turns[turn]) await _client.SendAsync(part);
                return true;
            }
            catch (Exception lost) when (lost is RpcException or InvalidOperationException) { }
        }
        throw new InvalidOperationException($"{name} cannot be resumed: {(_client.Ended.IsCompleted ? await _client.Ended : "it goes on")}");
    }

    private List<string> Open()
    {
        var over = _client.Log.Where(told => told.StreamId.Length == 0 && (told.TurnEnded is not null || told.TurnRejected is not null)).Select(told => told.TurnId).ToHashSet();
        return [.. _turns.Keys.Where(turn => !over.Contains(turn))];
    }
}
