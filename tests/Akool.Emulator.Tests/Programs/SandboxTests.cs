namespace Akool.Emulator.Tests.Programs;

public sealed class SandboxTests : IDisposable
{
    private static readonly string[] FreePorts = ["--Gateway:GrpcUrl=http://127.0.0.1:0", "--Gateway:OperationsUrl=http://127.0.0.1:0"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akool-sandbox-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("TERM", 0)]
    [InlineData("INT", 0)]
    [InlineData("QUIT", 0)]
    [InlineData("TERM", 130, "--once")]
    public async Task A_conversation_that_is_interrupted_leaves_no_session_open(string signal, int exitCode, params string[] arguments)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { AnswersPerTurn = 0 });
        var ledger = $"--Ledger:ConnectionString=Data Source={Path.Combine(_folder.FullName, "ledger.db")}";
        using var sandbox = Start([.. arguments, $"--Akool:BaseUrl={akool.BaseUrl}", "--Akool:Token=emulator-token", ledger]);
        await sandbox.LineAsync("turn question");

        await sandbox.SignalAsync(signal);
        var ended = await sandbox.EndAsync();

        Assert.Empty(akool.Ledger.Open);
        Assert.Single(akool.Ledger.All);
        Assert.DoesNotContain("crit", ended.Output, StringComparison.Ordinal);
        Assert.Equal((exitCode, ""), (ended.ExitCode, ended.Error));
    }

    [Fact]
    public async Task Once_it_says_how_the_conversation_went()
    {
        using var sandbox = Start("--once");

        var ended = await sandbox.EndAsync();

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("CloseSession", ended.Output, StringComparison.Ordinal);
        Assert.Contains("The conversation went well.", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_and_quiet_it_speaks_of_no_conversation()
    {
        using var sandbox = Start("--once", "--quiet");

        var ended = await sandbox.EndAsync();

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.DoesNotContain("went well", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_may_stand_twice_among_the_arguments()
    {
        using var sandbox = ProgramRun.Start("Akool.Sandbox", "--quiet", "--Gateway:GrpcUrl", "http://127.0.0.1:0", "--Gateway:OperationsUrl", "http://127.0.0.1:0");

        var told = await sandbox.LineAsync("How it is:");
        await sandbox.SignalAsync("TERM");

        Assert.DoesNotContain(":5401/", told, StringComparison.Ordinal); // the port that goes without the second
        Assert.Equal(0, (await sandbox.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_opened_stops_the_start_with_a_message_and_no_stack()
    {
        using var sandbox = Start("--once", "--Ledger:ConnectionString=Data Source=/nonexistent/x.db");

        var ended = await sandbox.EndAsync();

        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("The sandbox failed: ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }

    private static ProgramRun Start(params string[] arguments) => ProgramRun.Start("Akool.Sandbox", [.. arguments, .. FreePorts]);
}
