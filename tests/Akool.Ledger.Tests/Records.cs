using System.Text.Json;
using Akool.Sessions;

namespace Akool.Ledger.Tests;

/// <summary>Records to write, and a way to compare what came back.</summary>
internal static class Records
{
    public static readonly OwnerId Owner = new("shop");

    /// <summary>An intent: begun, not yet known to AKOOL.</summary>
    public static SessionRecord Intent(string requestId = "") => new()
    {
        Id = SessionId.New(),
        Owner = Owner,
        RequestId = requestId,
        RequestFingerprint = requestId.Length == 0 ? "" : "f1",
        Config = new("avatar", null, MediaTransport.Flv, TurnSettings.Empty),
        Lease = new(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(30)),
        CreateTime = TestFolder.Now,
        Revision = 1,
    };

    /// <summary>A live session with every field set.</summary>
    public static SessionRecord Full() => Intent("r-1") with
    {
        Config = new(
            "avatar",
            "https://example.com/b.png",
            MediaTransport.Agora,
            new TurnSettings("voice", "en", TurnMode.Dialogue, new Persona("a persona", null))),
        Labels = new Dictionary<string, string> { ["team"] = "ü \"quoted\" \ud83d\ude00", ["env"] = "" },
        State = SessionState.Active,
        Upstream = new("65f0"),
        Media = new(null, new AgoraChannel("app", "channel", "agora-secret", 7_000_000_000)),
        Room = new("wss://room.example/client-secret", "wss://room.example/server-secret"),
        CreateTime = TestFolder.Now.AddTicks(1234567),
        ActiveTime = TestFolder.Now.AddTicks(7654321),
        Problem = new(SessionErrorCode.UpstreamBusy, "busy")
        {
            RetryAfter = TimeSpan.FromMilliseconds(1500),
            UpstreamCode = 1215,
            NothingSent = true,
            Field = "config.avatar_id",
            Limit = new("live_sessions", "gateway", 10, 9),
        },
        Usage = new(TimeSpan.FromTicks(99), 5, 3, 2),
        Revision = 4,
    };

    /// <summary>The record after its end, <paramref name="at"/>.</summary>
    public static SessionRecord Ended(this SessionRecord record, DateTimeOffset at, SessionState state = SessionState.Closed) => record with
    {
        State = state,
        EndTime = at,
        CloseReason = CloseReason.IdleTimeout,
        Revision = record.Revision + 1,
    };

    /// <summary>All that a record says, as text: records hold dictionaries, which compare by reference.</summary>
    public static string Said(this SessionRecord record) => JsonSerializer.Serialize(record);

    public static IEnumerable<string> Ids(this IEnumerable<SessionRecord> records) => records.Select(record => record.Id.Value).Order();

    public static async Task<IReadOnlyList<SessionRecord>> OpenAsync(this Sqlite.SqliteLedger ledger, DateTimeOffset? endedSince = null)
    {
        var opened = await ledger.OpenAsync(endedSince ?? TestFolder.Now.AddHours(-1), TestContext.Current.CancellationToken).WaitAsync(TestLimits.Hang);
        Assert.True(opened.IsOk, opened.Error?.Detail);
        return opened.Value;
    }

    public static async Task WriteAsync(this Sqlite.SqliteLedger ledger, SessionRecord record)
    {
        var written = await ledger.WriteAsync(record, TestContext.Current.CancellationToken).WaitAsync(TestLimits.Hang);
        Assert.True(written.IsOk, written.Error?.Detail);
    }

    public static async Task<SessionError> RefusedAsync(this Sqlite.SqliteLedger ledger, SessionRecord record)
    {
        var written = await ledger.WriteAsync(record, TestContext.Current.CancellationToken).WaitAsync(TestLimits.Hang);
        Assert.False(written.IsOk, "the write went well");
        return written.Error!;
    }
}
