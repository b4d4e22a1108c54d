using Akool.Emulator.Faults;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Tests.Faults;

public sealed class FaultScriptTests
{
    [Fact]
    public void A_fault_with_a_probability_falls_by_the_seeded_dice()
    {
        bool[] Fall(int seed)
        {
            var script = new FaultScript(seed);
            script.Add(new(FaultKind.LoseAnswer) { Probability = 0.25, Count = 0 });
            return [.. Enumerable.Range(0, 4000).Select(_ => script.TakeAnswer("s") is not null)];
        }

        var fallen = Fall(7);

        Assert.InRange(fallen.Count(fell => fell), 900, 1100);
        Assert.Equal(fallen, Fall(7));
        Assert.NotEqual(fallen, Fall(8));
    }

    [Fact]
    public void A_fault_lets_pass_what_it_is_told_to_each_time()
    {
        var script = new FaultScript(1);
        script.Add(new(FaultKind.HttpStatus) { After = 2, Count = 2 });

        var met = Enumerable.Range(0, 8).Select(_ => script.TakeRest(RestOperation.VoiceList) is not null);

        Assert.Equal([false, false, true, false, false, true, false, false], met);
    }

    [Fact]
    public void A_socket_fault_falls_on_the_frame_with_its_number()
    {
        var script = new FaultScript(1);
        script.DropSocket(afterFrames: 2, session: "mine");

        Assert.Null(script.TakeSocket("mine", frame: false));
        Assert.Null(script.TakeSocket("mine", frame: true));
        Assert.Null(script.TakeSocket("other", frame: true));
        Assert.NotNull(script.TakeSocket("mine", frame: true));
        Assert.Null(script.TakeSocket("mine", frame: true));
    }

    [Fact]
    public void Every_kind_of_fault_belongs_to_one_stage()
    {
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            var script = new FaultScript(1);
            script.Add(new(kind) { Count = 0 });
            var met = new[]
            {
                script.TakeRest(RestOperation.VoiceList) is not null, script.TakeHandshake("s") is not null,
                script.TakeSocket("s", frame: true) is not null, script.TakeAnswer("s") is not null,
            };
            Assert.Equal(1, met.Count(meets => meets));
        }
    }

    [Theory]
    [InlineData(-1, 1, 0, 500)]
    [InlineData(1, 1.5, 0, 500)]
    [InlineData(1, double.NaN, 0, 500)]
    [InlineData(1, 1, -1, 500)]
    [InlineData(1, 1, 0, 42)]
    public void A_fault_that_makes_no_sense_is_refused(int count, double probability, int after, int status)
    {
        var script = new FaultScript(1);

        Assert.Throws<ArgumentException>(() => script.Add(new(FaultKind.HttpStatus) { Count = count, Probability = probability, After = after, Status = status }));
        Assert.Empty(script.Pending);
    }

    public static TheoryData<Fault> Unplayable() => new(
        new Fault(FaultKind.Stall) { Delay = TimeSpan.FromDays(60) },
        new Fault(FaultKind.AnswerLate) { Delay = TimeSpan.FromSeconds(-1) },
        new Fault(FaultKind.CloseSocket) { Code = 1000, Reason = null! },
        new Fault(FaultKind.CloseSocket) { Code = 1000, Reason = new string('é', 62) }); // 124 bytes; a control frame has 125, two of them the code's

    [Theory]
    [MemberData(nameof(Unplayable))]
    public void A_fault_that_cannot_be_played_is_refused(Fault fault)
    {
        Assert.Throws<ArgumentException>(() => new FaultScript(1).Add(fault));
    }
}
