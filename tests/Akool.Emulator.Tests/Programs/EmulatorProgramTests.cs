namespace Akool.Emulator.Tests.Programs;

public sealed class EmulatorProgramTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public async Task A_signal_ends_it_well(string signal)
    {
        using var emulator = ProgramRun.Start("Akool.Emulator", "--Emulator:Url=http://127.0.0.1:0");
        await emulator.LineAsync("Control is under");

        await emulator.SignalAsync(signal);

        var ended = await emulator.EndAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
    }

    [Theory]
    [InlineData("--Emulator:JournalPath=/tmp")] // a folder: access is denied, to root too
    [InlineData("--Emulator:JournalPath=/nonexistent/journal")]
    [InlineData("--Emulator:Url=http://192.0.2.1:0")] // of no machine
    [InlineData("--Emulator:Url=http://127.0.0.1:0/below")]
    [InlineData("--Emulator:Habits:RoomBaseUrl=/x")]
    [InlineData("--Emulator:AnswersPerTurn=many")]
    [InlineData("-x=1")]
    public async Task What_stops_the_start_is_said_without_a_stack(string argument)
    {
        using var emulator = ProgramRun.Start("Akool.Emulator", "--Emulator:Url=http://127.0.0.1:0", argument);

        var ended = await emulator.EndAsync();

        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("The AKOOL emulator cannot start: ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }
}
