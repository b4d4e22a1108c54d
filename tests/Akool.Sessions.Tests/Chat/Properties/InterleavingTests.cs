using System.Globalization;
using Akool.Sessions.Chat;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Akool.Sessions.Tests.Chat.Properties;

public sealed class InterleavingTests
{
    private static readonly Arbitrary<int[]> Steps = Arb.From(Gen.Sized(size => Gen.ArrayOf(Gen.Choose(0, (1 << 24) - 1), 10 + 2 * size)), Shrink);

    // CHAT_SEED plays another set of runs, and CHAT_RUNS says how many.
    private static ulong Seed => ulong.Parse(Environment.GetEnvironmentVariable("CHAT_SEED") ?? "20240612", CultureInfo.InvariantCulture);

    private static int Runs => int.Parse(Environment.GetEnvironmentVariable("CHAT_RUNS") ?? "1000", CultureInfo.InvariantCulture);

    [Fact]
    public void Whatever_happens_in_whatever_order_the_promises_hold()
    {
        var replay = new Replay(new Rnd(Seed, 1), FSharpOption<int>.None);
        var config = Config.QuickThrowOnFailure.WithMaxTest(Runs).WithReplay(FSharpOption<Replay>.Some(replay)).WithQuietOnSuccess(true);

        var coverage = new Coverage();

        Check.One($"CHAT_SEED={Seed}", config, Prop.ForAll(Steps, steps => Play(steps, coverage)));

        TestContext.Current.TestOutputHelper?.WriteLine(coverage.ToString());
        if (Runs < 1000) return;
        coverage.AssertReached([.. Enum.GetNames<TurnOutcome>().Select(outcome => $"ended {outcome}")]);
        coverage.AssertReached([.. Enum.GetNames<ResumeOutcome>().Select(outcome => $"attached {outcome}")]);
        coverage.AssertReached("end ok", "end SlowConsumer", "end StreamTakenOver", "end Canceled", "answers dropped", "reconnected", "paused", "conflict");
        coverage.AssertReached("rejected TurnQueueFull", "rejected InputTooLarge", "rejected IdempotencyConflict", "held up, then gone", "turn in parts");
    }

    private static void Play(int[] steps, Coverage coverage)
    {
        using var run = new Interleaving(steps[0]);
        foreach (var step in steps) run.Play(step);
        run.End();
        Invariants.Hold(run);
        coverage.Note(run);
    }

    // Halves, then quarters, then single steps go.
    private static IEnumerable<int[]> Shrink(int[] steps)
    {
        for (var cut = steps.Length / 2; cut >= 1; cut /= 2)
            for (var from = 0; from + cut <= steps.Length && steps.Length > cut; from += cut)
                yield return [.. steps[..from], .. steps[(from + cut)..]];
    }
}
