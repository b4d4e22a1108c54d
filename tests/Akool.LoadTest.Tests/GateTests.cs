using Akool.Bench.Measures;
using Akool.Bench.Report;

namespace Akool.LoadTest.Tests;

public sealed class GateTests
{
    private static readonly Figure Cpu = Figure.Of("P1", "gateway CPU/rt over (B1 + B2)", "x", [1.18, 1.20, 1.22], GateKind.Ratio, 1.35, 1.15);
    private static readonly Figure Bytes = Figure.Of("P4", "bytes allocated a round trip", "B", [1000], GateKind.Bytes, 2000, 1200);
    private static readonly Figure Rate = Figure.Of("rate", "gateway", "/s", [20_000]);

    [Fact]
    public void A_run_like_the_last_one_passes() => Assert.Empty(Gate.Failures([Cpu, Bytes, Rate], [Cpu with { Value = 1.24 }, Bytes with { Value = 1010 }, Rate]));

    [Fact]
    public void A_slower_gateway_fails() => Assert.Contains("P1", Assert.Single(Gate.Failures([Cpu, Bytes], [Cpu with { Value = 1.33 }, Bytes])), StringComparison.Ordinal);

    [Fact]
    public void A_gateway_that_allocates_more_fails() => Assert.Contains("P4", Assert.Single(Gate.Failures([Cpu, Bytes], [Cpu, Bytes with { Value = 1060 }])), StringComparison.Ordinal);

    [Fact]
    public void A_miss_of_the_must_fails_whatever_was_before() =>
        Assert.Contains("must", Assert.Single(Gate.Failures([Cpu with { Value = 1.38 }], [Cpu with { Value = 1.38 }])), StringComparison.Ordinal);

    [Fact]
    public void A_figure_that_is_gone_fails() => Assert.Contains("not measured", Assert.Single(Gate.Failures([Cpu, Bytes], [Cpu])), StringComparison.Ordinal);

    [Fact]
    public void A_figure_that_is_no_number_fails()
    {
        Assert.Equal(2, Gate.Failures([Cpu], [Cpu with { Value = double.NaN }]).Count); // against the baseline, and against its must
        Assert.True((Rate with { Must = 1, MoreIsBetter = true, Value = double.NaN }).MissesMust);
    }

    [Fact]
    public void What_is_left_over_fails_whatever_was_before()
    {
        var left = Figure.Of("P11", "left", "", [3], GateKind.Must, 0, 0);

        Assert.Contains("P11", Assert.Single(Gate.Failures([left], [left])), StringComparison.Ordinal);
        Assert.Empty(Gate.Failures([left], [left with { Value = 0 }]));
    }

    [Fact]
    public void A_baseline_with_nothing_to_hold_a_run_against_fails() => Assert.Single(Gate.Failures([Rate], [Cpu, Rate]));

    [Fact]
    public void Throughput_is_told_and_not_judged() => Assert.Empty(Gate.Failures([Cpu, Rate], [Cpu, Rate with { Value = 1 }]));

    [Fact]
    public void A_figure_is_the_median_of_its_rounds()
    {
        var figure = Figure.Of("P1", "", "x", [3, 1, 2, 10]);

        Assert.Equal((2.5, 1, 10), (figure.Value, figure.Least, figure.Most));
    }

    [Fact]
    public void A_result_comes_back_from_its_file()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("akool-gate-tests").FullName, "result.json");

        BenchResult.Of("c0ffee1", new Bench.BenchOptions(), [Cpu, Bytes], ["a note"]).Save(path);
        var read = BenchResult.Read(path);

        Assert.Equal([Cpu, Bytes], read.Figures);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public async Task A_round_with_a_dear_canary_is_dropped_and_run_again()
    {
        var canaries = new Queue<double>([10, 20, 11, 10]);
        var notes = new List<string>();

        var rounds = await Rounds.RunAsync(3, () => Task.FromResult<IReadOnlyDictionary<string, Window>>(
            new Dictionary<string, Window> { ["gateway"] = new("gateway", 1, TimeSpan.FromSeconds(1), 1, 1, canaries.Dequeue()) }), notes);

        Assert.Equal<double?>([10, 11, 10], rounds.Select(round => round["gateway"].CanaryMicroseconds));
        Assert.Contains("1 of 4", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new double[] { 10 }, 10)]
    [InlineData(new double[] { 12, 11 }, 11)]
    [InlineData(new double[] { 14, 13, 12 }, 12)]
    public async Task A_window_with_a_dear_canary_is_measured_again_at_once_and_the_quietest_of_three_is_kept(double[] measured, double kept)
    {
        var canaries = new Queue<double>(measured);
        var best = new Dictionary<string, double> { ["gateway"] = 10 };

        var window = await Rounds.QuietestAsync(best, () => Task.FromResult(new Window("gateway", 1, TimeSpan.FromSeconds(1), 1, 1, canaries.Dequeue())));

        Assert.Equal(((double?)kept, 0, 10.0), (window.CanaryMicroseconds, canaries.Count, best["gateway"]));
    }

    [Fact]
    public async Task A_floor_has_no_canary_so_that_its_windows_count_as_they_come()
    {
        var (best, measured, notes) = (new Dictionary<string, double>(), 0, new List<string>());
        Window Floor() => new("b1", 1, TimeSpan.FromSeconds(1), ++measured, 1, null);

        var window = await Rounds.QuietestAsync(best, () => Task.FromResult(Floor()));
        var rounds = await Rounds.RunAsync(3, () => Task.FromResult<IReadOnlyDictionary<string, Window>>(new Dictionary<string, Window> { ["b1"] = Floor() }), notes);

        Assert.Equal([2, 3, 4], rounds.Select(round => round["b1"].CpuMicroseconds));
        Assert.Equal((1.0, "", 0), (window.CpuMicroseconds, window.Canary, best.Count));
        Assert.Empty(notes);
    }

    [Fact]
    public async Task Without_enough_quiet_rounds_the_least_disturbed_ones_are_told_as_such()
    {
        var canaries = new Queue<(double Gateway, double B1)>([(10, 20), (20, 10), (12, 14), (20, 20), (20, 20), (20, 20)]);
        var notes = new List<string>();

        var rounds = await Rounds.RunAsync(2, () =>
        {
            var (gateway, b1) = canaries.Dequeue();
            return Task.FromResult<IReadOnlyDictionary<string, Window>>(new Dictionary<string, Window>
            {
                ["gateway"] = new("gateway", 1, TimeSpan.FromSeconds(1), 1, 1, gateway),
                ["b1"] = new("b1", 1, TimeSpan.FromSeconds(1), 1, 1, b1),
            });
        }, notes);

        Assert.Equal<double?>([12, 10], rounds.Select(round => round["gateway"].CanaryMicroseconds));
        Assert.Contains("NOT QUIET: 0 of 6 rounds were", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Contains("up to 2.00 x", notes[0], StringComparison.Ordinal);
    }
}
