using Akool.Ledger.Sqlite;
using Akool.Sessions;
using Microsoft.Data.Sqlite;

namespace Akool.Ledger.Tests;

public sealed class MigrationTests : IDisposable
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_version_1_opens_with_all_that_is_in_it()
    {
        MakeVersion1();

        await using var ledger = _folder.NewLedger();
        var found = Assert.Single(await ledger.OpenAsync());

        Assert.Equal("aaaaaaaaaaaaaaaaaaaaaaaaaa", found.Id.Value);
        Assert.Equal(SessionState.Paused, found.State);
        Assert.Equal("avatar", found.Config.AvatarId);
        Assert.Equal(MediaTransport.Agora, found.Config.Transport);
        Assert.Equal(new TurnSettings("v", "en", TurnMode.Retell, new Persona(null, "https://example.com/p.pdf")), found.Config.TurnDefaults);
        Assert.Equal(TimeSpan.FromMinutes(2), found.Lease.AttachTimeout);
        Assert.Equal("t", found.Labels["team"]);
        Assert.Equal("https://example.com/x.flv", found.Media?.FlvUrl);
        Assert.Equal(new ChatRoom("wss://c", "wss://s"), found.Room);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 11, 0, 0, TimeSpan.Zero), found.CreateTime);
        Assert.Equal(SessionErrorCode.UpstreamBusy, found.Problem?.Code);
        Assert.Equal(TimeSpan.FromSeconds(2), found.Problem?.RetryAfter);
        Assert.Equal(new SessionUsage(TimeSpan.FromSeconds(3), 4, 3, 1), found.Usage);
        Assert.Equal(7, found.Revision);
    }

    [Fact]
    public void A_step_after_the_last_is_taken_once_and_keeps_the_rows()
    {
        MakeVersion1();
        string[] steps = [.. Schema.Steps, "ALTER TABLE sessions ADD COLUMN epoch INTEGER NOT NULL DEFAULT 9"];
        using var connection = _folder.Connect();

        Assert.Equal(1, Schema.Migrate(connection, steps));
        Assert.Equal(0, Schema.Migrate(connection, steps));
        Assert.Equal(9, connection.Ask<long>("SELECT epoch FROM sessions"));
        Assert.Equal(steps.Length, connection.Ask<long>("PRAGMA user_version"));
    }

    [Fact]
    public void A_step_that_fails_leaves_the_file_as_it_was()
    {
        MakeVersion1();
        string[] steps = [.. Schema.Steps, "ALTER TABLE sessions ADD COLUMN epoch INTEGER", "CREATE TABLE sessions (x)"];
        using var connection = _folder.Connect();

        Assert.Throws<SqliteException>(() => Schema.Migrate(connection, steps));

        Assert.Equal(1, connection.Ask<long>("PRAGMA user_version"));
        Assert.Equal(0, connection.Ask<long>("SELECT count(*) FROM pragma_table_info('sessions') WHERE name = 'epoch'"));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_and_left_as_it_is()
    {
        MakeVersion1();
        using (var connection = _folder.Connect()) connection.Run($"PRAGMA user_version={Schema.Steps.Count + 1}");

        await using var ledger = _folder.NewLedger();
        var opened = await ledger.OpenAsync(TestFolder.Now, Test).WaitAsync(TestLimits.Hang, Test);

        Assert.Contains("written by a newer gateway (its version is 2, this one knows up to 1)", opened.Error?.Detail, StringComparison.Ordinal);
        Assert.Equal(2, _folder.Ask<long>("PRAGMA user_version"));
    }

    /// <summary>What the first released gateway wrote. Never changed: it stands for files that are out there.</summary>
    private void MakeVersion1()
    {
        using var connection = _folder.Connect();
        connection.Run(
            """
            CREATE TABLE sessions (
                id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, request_id TEXT NOT NULL, request_fingerprint TEXT NOT NULL,
                state TEXT NOT NULL, terminal INTEGER NOT NULL, upstream TEXT, config TEXT NOT NULL, lease TEXT NOT NULL, labels TEXT,
                media TEXT, room_client_url TEXT, room_server_url TEXT, create_time INTEGER NOT NULL, active_time INTEGER, end_time INTEGER,
                close_reason INTEGER NOT NULL, problem TEXT, active_duration INTEGER NOT NULL, turns_accepted INTEGER NOT NULL,
                turns_completed INTEGER NOT NULL, turns_not_completed INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT;
            CREATE INDEX sessions_request ON sessions (owner, request_id, create_time) WHERE request_id <> '';
            CREATE INDEX sessions_live ON sessions (terminal) WHERE terminal = 0;
            CREATE INDEX sessions_ended ON sessions (end_time) WHERE terminal = 1;
            INSERT INTO sessions VALUES (
                'aaaaaaaaaaaaaaaaaaaaaaaaaa', 'shop', 'r-1', 'f1', 'paused', 0, '65f0',
                '{"avatar_id":"avatar","transport":"agora","turn_defaults":{"voice_id":"v","language":"en","mode":"retell","persona_document_url":"https://example.com/p.pdf"}}',
                '{"max_duration":"01:00:00","idle_timeout":"00:05:00","attach_timeout":"00:02:00","detach_grace":"00:00:30"}',
                '{"team":"t"}', '{"flv_url":"https://example.com/x.flv"}', 'wss://c', 'wss://s', 17723628000000000, 17723628010000000, NULL,
                0, '{"code":"UpstreamBusy","detail":"busy","retry_after":"00:00:02","upstream_code":1215}', 30000000, 4, 3, 1, 7);
            PRAGMA application_id=1634430828;
            PRAGMA user_version=1;
            """);
    }
}
