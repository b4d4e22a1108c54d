using Akool.Sessions.Chat;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Chat.Properties;

/// <summary>The steps of AKOOL, of the network and of the clock. It knows of each answer whether it must be told.</summary>
internal sealed class ModelNetwork(ChatWorld world, Interleaving run)
{
    private static readonly int[] CloseCodes = [1006, 1001, 1011, 1012];

    private int _answers;

    public void Act(int kind, int arg)
    {
        if (kind < 180) Answer(arg, arg % 5 == 0);
        else if (kind < 188) Burst(arg);
        else if (kind < 192) Foreign(arg);
        else if (kind < 220) world.Advance(TimeSpan.FromMilliseconds(50 + arg % 2000));
        else if (kind < 224) world.Advance(TimeSpan.FromSeconds(12));
        else if (kind < 226) world.Hub.Prune(world.Time.GetTimestamp());
        else if (kind < 228) world.Hub.GoAway(GoAwayReason.IdleExpiring, TimeSpan.FromSeconds(1));
        else if (kind < 232) world.Sockets.Refusal = arg % 2 == 0 ? null : new(SessionErrorCode.UpstreamUnavailable, "down");
        else if (kind < 234 && world.Session.State == SessionState.Queueing) world.Change(SessionState.Active);
        else if (world.Sockets.Sockets.Count > 0) ActOnSocket(kind, arg);
        world.Settle();
    }

    private void ActOnSocket(int kind, int arg)
    {
        if (kind < 240) world.Socket.Lose(CloseCodes[arg % CloseCodes.Length]);
        else if (kind < 243) world.Socket.Breaks = true;
        else if (kind < 248) world.Socket.IsStalled = true;
        else world.Socket.Flow(keepStalled: arg % 2 == 0);
    }

    private void Answer(int arg, bool ended)
    {
        if (world.Sockets.Wire.Count == 0) return;
        var frame = world.Sockets.Wire[^(1 + arg % Math.Min(12, world.Sockets.Wire.Count))];
        var text = Expect(frame);
        world.Socket.Answer(frame.Id, text, ended);
        world.Settle();
    }

    // Several at once, of several turns, one of them twice.
    private void Burst(int arg)
    {
        if (world.Sockets.Wire.Count == 0) return;
        var frames = Enumerable.Range(0, 2 + arg % 40).Select(i => world.Sockets.Wire[^(1 + (arg + i * 7) % Math.Min(6, world.Sockets.Wire.Count))]).ToList();
        foreach (var frame in frames.Append(frames[0])) world.Socket.Answer(frame.Id, Expect(frame));
    }

    private void Foreign(int arg)
    {
        var id = world.Sockets.Wire.Count > 0 ? world.Sockets.Wire[^1].Id : new WireTurnId(1, 1);
        if (world.Sockets.Sockets.Count > 0) world.Socket.Deliver((arg % 4) switch
        {
            0 => new ReceivedFrame(ReceivedFrameKind.Answer, true, id with { Epoch = id.Epoch ^ 1 }, "foreign", false),
            1 => new ReceivedFrame(ReceivedFrameKind.Answer, true, id with { Number = 1_000_000 }, "foreign", true),
            2 => new ReceivedFrame(ReceivedFrameKind.Answer, false, id, "foreign", true),
            _ => new ReceivedFrame(ReceivedFrameKind.Ignored, true, id, "foreign", true),
        });
    }

    // An answer must be told if its turn runs, and its socket is there.
    private string Expect(TurnFrame frame)
    {
        var text = $"answer {++_answers} to {frame.Id}";
        var turn = run.Turns.First(turn => frame.Text.StartsWith($"{turn.Stream.Number}/{turn.Id}/", StringComparison.Ordinal));
        if (!run.HasEnded(turn) && !world.Socket.HasEnded) turn.Answers.Add(text);
        return text;
    }
}
