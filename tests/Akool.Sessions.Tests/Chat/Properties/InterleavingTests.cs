using System.Globalization;
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

        Check.One($"CHAT_SEED={Seed}", config, Prop.ForAll(Steps, Play));
    }

    private static void Play(int[] steps)
    {
        using var run = new Interleaving(steps[0]);
        foreach (var step in steps) run.Play(step);
        run.End();
        Invariants.Hold(run);
    }

    // Halves, then quarters, then single steps go.
    private static IEnumerable<int[]> Shrink(int[] steps)
    {
        for (var cut = steps.Length / 2; cut >= 1; cut /= 2)
            for (var from = 0; from + cut <= steps.Length && steps.Length > cut; from += cut)
                yield return [.. steps[..from], .. steps[(from + cut)..]];
    }
}
