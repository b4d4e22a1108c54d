namespace Akool.Emulator;

/// <summary>
/// What the emulated account is and how fast it works; no duration is longer than a day. Bound from the section <c>Emulator</c> when it runs on its own.
/// </summary>
public sealed record EmulatorOptions
{
    internal static readonly TimeSpan LongestDuration = TimeSpan.FromDays(1);

    /// <summary>Where to serve; plain HTTP/1.1. Port 0 takes a free one. Default <c>http://127.0.0.1:0</c>; stand-alone <c>http://127.0.0.1:5500</c>.</summary>
    public Uri Url { get; init; } = new("http://127.0.0.1:0");

    /// <summary>A bearer token that is valid from the start. Default <c>emulator-token</c>.</summary>
    public string Token { get; init; } = "emulator-token";

    /// <summary>The client id that getToken takes. Default <c>emulator-client</c>.</summary>
    public string ClientId { get; init; } = "emulator-client";

    /// <summary>The client secret that getToken takes. Default <c>emulator-secret</c>.</summary>
    public string ClientSecret { get; init; } = "emulator-secret";

    /// <summary>How long a session stays at status 1 before it is 2. Default none.</summary>
    public TimeSpan QueueingTime { get; init; }

    /// <summary>Answer frames to each chat frame; a text with fewer characters has fewer. Default 2.</summary>
    public int AnswersPerTurn { get; init; } = 2;

    /// <summary>From a chat frame (and its service time) to its first answer. Turns overlap. Default none.</summary>
    public TimeSpan AnswerDelay { get; init; }

    /// <summary>Between two answers of one chat frame. Default none: they leave in one write.</summary>
    public TimeSpan AnswerInterval { get; init; }

    /// <summary>
    /// How long one chat frame keeps its avatar busy; an avatar takes one at a time, so that a session carries at most one turn per
    /// service time and later ones wait their turn. Default none: unlimited.
    /// </summary>
    public TimeSpan ServiceTime { get; init; }

    /// <summary>How long a custom avatar stays at status 1, and then as long at 2, before it is 3. Default 1 s.</summary>
    public TimeSpan AvatarStageTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Live sessions that one avatar serves; one more is answered 1215. Default 0: no limit.</summary>
    public int MaxConcurrentSessionsPerAvatar { get; init; }

    /// <summary>
    /// Seconds of session time that the account has paid for; when they are spent, create answers <see cref="NoCreditCode"/>. Default null: no end.
    /// </summary>
    public long? Credits { get; init; }

    /// <summary>The code for spent credits: 1104 (default) or 1006.</summary>
    public int NoCreditCode { get; init; } = 1104;

    /// <summary>Ended sessions that are remembered; older ones are forgotten and unknown (1216). Default 100 000.</summary>
    public int EndedSessionsKept { get; init; } = 100_000;

    /// <summary>Whether requests and frames are journalled. Off, a frame costs nothing beyond its answer. Default on.</summary>
    public bool KeepJournal { get; init; } = true;

    /// <summary>Newest journal entries that are kept in memory. Default 50 000.</summary>
    public int JournalCapacity { get; init; } = 50_000;

    /// <summary>A file to which the journal is appended as JSON lines. Default none.</summary>
    public string? JournalPath { get; init; }

    /// <summary>The seed of the faults' dice. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How the account does what the wire's documentation leaves open.</summary>
    public WireHabits Habits { get; init; } = new();

    /// <summary>The clock of sessions, charges and answers. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What is wrong with the values, or null.</summary>
    internal string? Wrong() => this switch
    {
        { Url: not { IsAbsoluteUri: true, Scheme: "http", PathAndQuery: "/" } } => "Url must be an absolute http URL without a path",
        { Habits.RoomBaseUrl: not (null or { IsAbsoluteUri: true, Scheme: "ws" or "wss" }) } => "RoomBaseUrl must be an absolute ws or wss URL",
        { AnswersPerTurn: < 0 or > 100_000 } => "AnswersPerTurn must be 0 to 100000",
        { JournalCapacity: < 1 } => "JournalCapacity must be at least 1",
        { EndedSessionsKept: < 0 } => "EndedSessionsKept must not be negative",
        { Token: "" } or { ClientId: "" } or { ClientSecret: "" } => "Token, ClientId and ClientSecret must not be empty",
        _ when new[] { QueueingTime, AnswerDelay, AnswerInterval, ServiceTime, AvatarStageTime }.Any(time => time < TimeSpan.Zero || time > LongestDuration) =>
            "durations must not be negative, nor longer than a day",
        _ => null,
    };
}
