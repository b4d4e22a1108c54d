using System.Text.RegularExpressions;

namespace Akool.Architecture.Tests;

/// <summary>Rules of style that no analyzer knows.</summary>
public sealed partial class StyleTests
{
    private const int MostLines = 300;

    // This file names what it forbids.
    private static readonly IReadOnlyList<SourceFile> Files = [.. SourceFile.All.Where(file => !file.Path.StartsWith("tests/Akool.Architecture.Tests/", StringComparison.Ordinal))];

    // Files whose tests wait for the machine's clock or are run by name only, and why.
    private static readonly Dictionary<string, string> MayWait = new()
    {
        ["tests/Akool.Gateway.Tests/Chat/ChatFaultDrill.cs"] = "faults come over so many seconds of talk",
        ["tests/Akool.Gateway.Tests/Chat/DrillStream.cs"] = "talks for so many seconds",
        ["tests/Akool.Gateway.Tests/Chat/SocketFaultTests.cs"] = "a half-open socket takes 22 s to be noticed: .ci/run names it",
        ["tests/Akool.LoadTest.Tests/RunnerTests.cs"] = "measures a stall, on the clock that latencies are measured with",
        ["tests/Akool.LoadTest.Tests/RunnerPromisesTests.cs"] = "steps of a load that take their time; what is asserted is how the runner counts them",
        ["tests/Akool.Sessions.Tests/Chat/StressClient.cs"] = "pauses that bring threads out of step; nothing is asserted of them",
        ["tests/Akool.Sessions.Tests/Chat/StressTests.cs"] = "pauses that bring threads out of step; nothing is asserted of them",
        ["tests/Akool.Upstream.Tests/Rest/ResilienceTests.cs"] = "waits for ever, until it is cancelled",
    };

    [Fact]
    public void There_are_files_to_look_at() => Assert.Contains(Files, file => file.Path == "src/Akool.Sessions/Session.cs");

    [Fact]
    public void No_namespace_begins_with_Akool_Grpc() => Assert.Empty(Files.SelectMany(file => file.Where(GrpcNamespace.IsMatch)));

    [Fact]
    public void No_file_is_longer_than_300_lines() => Assert.Empty(Files.Where(file => file.Lines.Length > MostLines).Select(file => $"{file.Path}: {file.Lines.Length} lines"));

    [Fact]
    public void No_folder_is_more_than_two_deep_inside_its_room() => Assert.Empty(Files.Where(file => file.Path.Split('/').Length > 5).Select(file => file.Path));

    [Fact]
    public void No_type_is_named_by_a_word_that_says_nothing() => Assert.Empty(Files.SelectMany(file => file.Where(EmptyName.IsMatch)));

    [Fact]
    public void Nothing_is_left_to_be_done() => Assert.Empty(Files.SelectMany(file => file.Where(Unfinished.IsMatch)));

    [Fact]
    public void No_task_is_without_an_owner() => Assert.Empty(Files.SelectMany(file => file.Where(Unowned.IsMatch)));

    [Fact]
    public void A_task_is_put_on_the_pool_only_where_connections_and_hosts_are_run() => Assert.Empty(
        Files.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && !file.Path.Contains("/Connection/", StringComparison.Ordinal) && !file.Path.Contains("/Hosting/", StringComparison.Ordinal))
            .SelectMany(file => file.Where(PoolTask.IsMatch)));

    [Fact]
    public void No_test_is_skipped_or_waits_for_the_clock()
    {
        var tests = Files.Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal)).ToList();

        Assert.Empty(tests.SelectMany(file => file.Where(SkippedOrAsleep.IsMatch)));
        Assert.Empty(tests.Where(file => !MayWait.ContainsKey(file.Path)).SelectMany(file => file.Where(WaitsOrIsLeftOut.IsMatch)));
        Assert.All(MayWait.Keys, path => Assert.NotEmpty(tests.Single(file => file.Path == path).Where(WaitsOrIsLeftOut.IsMatch)));
    }

    [GeneratedRegex(@"^\s*namespace\s+Akool\.Grpc\b")]
    private static partial Regex GrpcNamespace { get; }

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\s+\w*(Manager|Helper|Helpers|Util|Utils|Impl|Base)\b")]
    private static partial Regex EmptyName { get; }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex Unfinished { get; }

    [GeneratedRegex(@"\basync\s+void\b|^\s*goto\s")]
    private static partial Regex Unowned { get; }

    [GeneratedRegex(@"\bTask\.Run\(")]
    private static partial Regex PoolTask { get; }

    [GeneratedRegex(@"\bSkip(Unless|When|Exceptions)?\s*=|\bAssert\.Skip|\bThread\.Sleep\(|\bSpinWait\b")]
    private static partial Regex SkippedOrAsleep { get; }

    // A delay on a world's clock is moved by the test.
    [GeneratedRegex(@"\bTask\.Delay\((?!.*\bworld\.Time\b)|\bExplicit\s*=")]
    private static partial Regex WaitsOrIsLeftOut { get; }
}
