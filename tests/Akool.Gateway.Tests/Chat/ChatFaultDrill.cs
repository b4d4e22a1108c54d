using System.Globalization;
using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;

namespace Akool.Gateway.Tests.Chat;

/// <summary>
/// Random talk under random faults, from a seed that is printed; what must hold is read off the logs of the clients and of the emulator. Small in a
/// test run; <c>DRILL_SESSIONS</c>, <c>DRILL_SECONDS</c> and <c>DRILL_SEED</c> make it another.
/// </summary>
public sealed class ChatFaultDrill
{
    private const int StreamsPerSession = 5;

    private static readonly TimeProvider Time = TimeProvider.System;

    [Fact]
    public async Task Under_random_faults_each_turn_has_one_outcome_is_sent_once_and_answered_to_its_own_stream()
    {
        var (count, seconds, seed) = (Number("DRILL_SESSIONS", 10), Number("DRILL_SECONDS", 5), Number("DRILL_SEED", Random.Shared.Next()));
        TestContext.Current.SendDiagnosticMessage("drill: seed {0}", seed);
        await using var chat = await ChatFixture.StartAsync(
            new EmulatorOptions { JournalCapacity = 5_000_000, Seed = seed },
            ("Chat:ResumeBytes", "16777216"), ("Chat:ResumeWindow", "00:10:00"), ("Sessions:DetachGrace", "00:10:00"));
        var sessions = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => chat.CreateAsync()));
        var dice = new Random(seed);
        var streams = sessions.SelectMany((session, i) => Enumerable.Range(0, StreamsPerSession)
            .Select(j => new DrillStream(chat.Host.Chat, session, $"s{i}.{j}", new Random(dice.Next())))).ToList();

        var duration = TimeSpan.FromSeconds(seconds);
        var pause = TimeSpan.FromMilliseconds(count > 20 ? 1500 : 100);
        var faults = HurtAsync(chat, sessions, dice, duration);
        await Task.WhenAll(streams.Select(stream => stream.RunAsync(Time, duration, pause)));
        var hurt = await faults;

        var log = new DrillLog();
        foreach (var stream in streams) log.Check(stream);
        log.Check(chat.Akool.Journal, streams);
        await Task.WhenAll(sessions.Select(chat.CloseAsync));
        if (chat.Akool.Ledger.Open.Count > 0) log.Fault($"{chat.Akool.Ledger.Open.Count} sessions are left at AKOOL");
        foreach (var stream in streams) await stream.DisposeAsync();

        var summary = Summary(seed, sessions.Length, streams, log, hurt);
        TestContext.Current.SendDiagnosticMessage(summary);
        TestContext.Current.TestOutputHelper?.WriteLine(summary);
        Assert.True(log.Wrong.Count == 0, $"{summary}\n{string.Join('\n', log.Wrong.Take(40))}");
        Assert.True(log.Outcomes.GetValueOrDefault(nameof(TurnOutcome.Completed)) > streams.Count, summary);
    }

    /// <summary>Adds faults at random until shortly before the end, and takes back what did not happen, so that the last turns can end.</summary>
    private static async Task<int> HurtAsync(ChatFixture chat, Session[] sessions, Random dice, TimeSpan duration)
    {
        var added = new List<ScriptedFault>();
        var begun = Time.GetTimestamp();
        while (Time.GetElapsedTime(begun) < duration * 0.9)
        {
            added.Add(chat.Script.Add(NewFault(dice, sessions[dice.Next(sessions.Length)].UpstreamSessionId)));
            if (dice.Next(200) == 0) chat.Akool.DropAllSockets();
            await Task.Delay(TimeSpan.FromSeconds(0.5 / sessions.Length), Time);
        }
        foreach (var fault in added) fault.Dispose();
        return added.Sum(fault => fault.Fired);
    }

    private static Fault NewFault(Random dice, string session)
    {
        var fault = dice.Next(15) switch
        {
            0 => new Fault(FaultKind.DropSocket) { After = dice.Next(3) },
            1 => new(FaultKind.DropMidFrame),
            2 => new(FaultKind.CloseSocket) { Code = ((int[])[1001, 1006, 1011, 1012, 1013])[dice.Next(5)], After = dice.Next(3) },
            3 => new(FaultKind.RefuseHandshake) { Status = dice.Next(2) == 0 ? 503 : 429 },
            4 => new(FaultKind.RefuseHandshake) { Handshake = dice.Next(2) == 0 ? BadHandshake.Garbage : BadHandshake.Reset },
            5 => new(FaultKind.Stall) { Delay = TimeSpan.FromMilliseconds(dice.Next(3000)) },
            6 => new(FaultKind.Duplicate),
            7 => new(FaultKind.SwapSessions),
            8 => new(FaultKind.Reorder),
            9 => new(FaultKind.LoseAnswer) { Count = 2 },
            10 => new(FaultKind.Corrupt),
            11 => new(FaultKind.MissingId),
            12 => new(FaultKind.ForeignId),
            13 => new(FaultKind.PayloadObject),
            _ => new(FaultKind.Breach) { Breach = Enum.GetValues<Breach>()[dice.Next(Enum.GetValues<Breach>().Length)], After = 1 },
        };
        // A close frame cannot say 1006; what stands for it is no frame at all.
        if (fault.Code == 1006) fault = new(FaultKind.DropSocket);
        return fault with { Session = session };
    }

    private static string Summary(int seed, int sessions, List<DrillStream> streams, DrillLog log, int faults) => string.Create(
        CultureInfo.InvariantCulture,
        $"drill: seed {seed}, {sessions} sessions, {streams.Count} streams, {streams.Sum(stream => stream.Turns.Count)} turns "
        + $"({string.Join(", ", log.Outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}"))}), {log.Answers} answers, {streams.Sum(stream => stream.Cuts)} resumes, "
        + $"{log.Gaps} gaps, {faults} faults, {log.Wrong.Count} broken promises");

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
