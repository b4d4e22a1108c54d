using System.Globalization;

namespace Akool.Emulator.Sessions;

/// <summary>Makes ids, stream names and chat-room URLs in the account's habits. Safe from any thread.</summary>
internal sealed class SessionNaming(WireHabits habits)
{
    // Distinct for each emulator, so that ids of two of them never meet in one ledger.
    private readonly ulong _machine = (ulong)Random.Shared.NextInt64(1L << 40);
    private long _issued;

    public string NewObjectId(DateTimeOffset now) =>
        $"{now.ToUnixTimeSeconds():x8}{_machine:x10}{Interlocked.Increment(ref _issued) & 0xffffff:x6}";

    public string NewSessionId(DateTimeOffset now) => habits.Ids switch
    {
        IdShape.Uuid => Guid.NewGuid().ToString(),
        IdShape.Digits => ((now.ToUnixTimeMilliseconds() << 20) + (Interlocked.Increment(ref _issued) & 0xfffff)).ToString(CultureInfo.InvariantCulture),
        _ => NewObjectId(now),
    };

    public static string StreamName(DateTimeOffset now, long number) =>
        now.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture) + "_" + number;

    /// <summary>Path and query of the room as <c>client</c> or <c>server</c> sees it.</summary>
    public string RoomPath(string side, string id, string stream, long number) => habits.RoomUrls switch
    {
        RoomUrlShape.OpenLive => $"/final_open_live/{side}_{number}.chat",
        RoomUrlShape.StreamTwice => $"/final_{stream}/{side}_{stream}.chat",
        RoomUrlShape.WithQuery => $"/final_{stream}/{side}_{number}.chat?sign={id}",
        RoomUrlShape.NoSuffix => $"/rooms/{id}/{side}_{number}",
        _ => $"/final_{stream}/{side}_{number}.chat",
    };

    /// <summary>The member's name in the room: the last segment of its path up to the first dot.</summary>
    public static string MemberOf(string path) => path.Split('?')[0].Split('/')[^1].Split('.')[0];
}
