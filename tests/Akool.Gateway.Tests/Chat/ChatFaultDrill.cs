using System.Globalization;
using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;

namespace Akool.Gateway.Tests.Chat;

/// <summary>
/// Random talk under random faults, from a seed that is printed; what must hold is read off the logs of the clients and of the emulator. Small in a
/// test run; <c>DRILL_SESSIONS</c>, <c>DRILL_SECONDS</c> and <c>DRILL_SEED</c> make it another.
/// </summary>
public sealed class ChatFaultDrill
{
    private const int StreamsPerSession = 5;
    private const int Seed = 20261122;

    private static readonly TimeProvider Time = TimeProvider.System;

    [Fact]
    public async Task Under_random_faults_each_turn_has_one_outcome_is_sent_once_and_answered_to_its_own_stream()
    {
        var (count, seconds, seed) = (Number("DRILL_SESSIONS", 10), Number("DRILL_SECONDS", 5), Number("DRILL_SEED", Seed));
        Print($"drill: seed {seed}, {count} sessions of {StreamsPerSession} streams for {seconds} s");
        // Events are kept for as long as the drill takes, so that whatever a stream misses, it can be told; what is lost otherwise, CutTests looks at.
        await using var chat = await ChatFixture.StartAsync(
            new EmulatorOptions { JournalCapacity = 5_000_000, Seed = seed }, null, ("Chat:AnswerQuietPeriod", "00:00:00.500"), ("Chat:AnswerTimeout", "00:00:03"), ("Chat:MaxOpenTurns", "256"),
            ("Chat:ResumeBytes", "67108864"), ("Chat:ResumeWindow", "00:30:00"), ("Sessions:DetachGrace", "00:30:00"), ("Sessions:IdleTimeout", "00:30:00"));
        var sessions = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => chat.CreateAsync()));
        var dice = new Random(seed);
        var streams = sessions.SelectMany((session, i) => Enumerable.Range(0, StreamsPerSession)
            .Select(j => new DrillStream(chat.Host.Chat, session, $"s{i}.{j}", new Random(dice.Next())))).ToList();
        await Task.WhenAll(streams.Select(stream => stream.BeginAsync()));

        var duration = TimeSpan.FromSeconds(seconds);
        // As much as two cores carry beside the faults: about 400 acts a second.
        var pause = TimeSpan.FromSeconds(Math.Max(0.1, streams.Count / 400.0));
        var hurting = HurtAsync(chat, sessions, dice, duration);
        await Task.WhenAll(streams.Select(stream => stream.RunAsync(Time, duration, pause)));
        var faults = await hurting;
        await Task.WhenAll(sessions.Select(chat.CloseAsync));
        foreach (var stream in streams) await stream.DisposeAsync();

        await JudgeAsync(chat, streams, faults, $"drill: seed {seed}, {faults} faults");
    }

    private static async Task JudgeAsync(ChatFixture chat, List<DrillStream> streams, int faults, string what)
    {
        var log = new DrillLog();
        log.Check(chat.Akool.Journal);
        foreach (var stream in streams) log.Check(stream);
        if (chat.Akool.Ledger.Open.Count > 0) log.Fault($"{chat.Akool.Ledger.Open.Count} sessions are open at AKOOL");
        await chat.Akool.Journal.SocketClosedAsync(chat.Akool.Journal.Of(JournalKind.SocketOpened).Count).WaitAsync(ChatFixture.Hang);

        var summary = string.Create(
            CultureInfo.InvariantCulture,
            $"{what}, {streams.Count} streams, {streams.Sum(stream => stream.Turns.Count)} turns ({string.Join(", ", log.Outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}"))}), "
            + $"{log.Answers} answers, {streams.Sum(stream => stream.Resumes)} resumes, {streams.Sum(stream => stream.Pongs)} pongs, {log.Gaps} gaps, "
            + $"{chat.Akool.Journal.Of(JournalKind.SocketOpened).Count} sockets, {log.Wrong.Count} broken promises");
        Print(summary);
        Assert.True(log.Wrong.Count == 0, $"{summary}\n{string.Join('\n', log.Wrong.Take(40))}");
        // Nothing is held to a promise where nothing happens.
        Assert.True(faults > 0 && log.Answers > 0 && log.Outcomes.GetValueOrDefault(nameof(TurnOutcome.Completed)) > 0, summary);
        Assert.True(streams.Sum(stream => stream.Resumes) > 0 && streams.Sum(stream => stream.Pongs) > 0, summary);
    }

    /// <summary>Adds faults at random until shortly before the end, and takes back what did not happen, so that the last turns can end. Gives how many did.</summary>
    private static async Task<int> HurtAsync(ChatFixture chat, Session[] sessions, Random dice, TimeSpan duration)
    {
        var added = new List<ScriptedFault>();
        var begun = Time.GetTimestamp();
        while (Time.GetElapsedTime(begun) < duration * 0.9)
        {
            added.Add(chat.Script.Add(NewFault(dice) with { Session = sessions[dice.Next(sessions.Length)].UpstreamSessionId }));
            if (dice.Next(200) == 0) chat.Akool.DropAllSockets();
            await Task.Delay(TimeSpan.FromSeconds(1.0 / Math.Min(sessions.Length * 2, 60)), Time);
        }
        foreach (var fault in added) fault.Dispose();
        return added.Sum(fault => fault.Fired);
    }

    private static Fault NewFault(Random dice) => dice.Next(18) switch
    {
        0 or 1 => new Fault(FaultKind.DropSocket) { After = dice.Next(3) },
        2 => new(FaultKind.DropMidFrame),
        3 => new(FaultKind.CloseSocket) { Code = CodeOf(dice), After = dice.Next(3) },
        4 => new(FaultKind.RefuseHandshake) { Status = dice.Next(2) == 0 ? 503 : 429 },
        5 => new(FaultKind.RefuseHandshake) { Handshake = dice.Next(2) == 0 ? BadHandshake.Garbage : BadHandshake.Reset },
        6 or 7 => new(FaultKind.Stall) { Delay = TimeSpan.FromMilliseconds(dice.Next(3000)) },
        8 => new(FaultKind.Duplicate),
        9 => new(FaultKind.SwapSessions),
        10 => new(FaultKind.Reorder),
        11 => new(FaultKind.LoseAnswer) { Count = 2 },
        12 => new(FaultKind.Corrupt),
        13 => new(FaultKind.MissingId),
        14 => new(FaultKind.ForeignId),
        15 => new(FaultKind.PayloadObject),
        16 => new(FaultKind.UnknownType),
        _ => new(FaultKind.Breach) { Breach = Enum.GetValues<Breach>()[dice.Next(Enum.GetValues<Breach>().Length)], After = 1 },
    };

    // The first four cost the session, so they are rare.
    private static int CodeOf(Random dice) =>
        dice.Next(20) == 0 ? ((int[])[0, 1000, 1008, 4001])[dice.Next(4)] : ((int[])[1001, 1011, 1012, 1013])[dice.Next(4)];

    private static void Print(string line)
    {
        TestContext.Current.SendDiagnosticMessage(line);
        TestContext.Current.TestOutputHelper?.WriteLine(line);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
