using Akool.Ledger.Rows;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Akool.Ledger.Sqlite;

/// <summary>Which column holds which part of a row: the one place that knows the order.</summary>
internal static class RowColumns
{
    // What a session was created with is fixed. An update that does not name it leaves the indexes over it alone.
    private const bool Fixed = true, Changing = false;

    private static readonly (string Name, bool IsFixed, Func<SessionRow, Cell> Value)[] All =
    [
        ("id", Fixed, row => row.Id),
        ("owner", Fixed, row => row.Owner),
        ("request_id", Fixed, row => row.RequestId),
        ("request_fingerprint", Fixed, row => row.RequestFingerprint),
        ("state", Changing, row => row.State),
        ("terminal", Changing, row => row.Terminal ? 1L : 0L),
        ("upstream", Changing, row => row.Upstream),
        ("config", Fixed, row => row.Config),
        ("lease", Fixed, row => row.Lease),
        ("labels", Fixed, row => row.Labels),
        ("media", Changing, row => row.Media),
        ("room_client_url", Changing, row => row.RoomClientUrl),
        ("room_server_url", Changing, row => row.RoomServerUrl),
        ("create_time", Fixed, row => row.CreateTime),
        ("active_time", Changing, row => row.ActiveTime),
        ("end_time", Changing, row => row.EndTime),
        ("close_reason", Changing, row => row.CloseReason),
        ("problem", Changing, row => row.Problem),
        ("active_duration", Changing, row => row.ActiveDuration),
        ("turns_accepted", Changing, row => row.TurnsAccepted),
        ("turns_completed", Changing, row => row.TurnsCompleted),
        ("turns_not_completed", Changing, row => row.TurnsNotCompleted),
        ("revision", Changing, row => row.Revision),
    ];

    /// <summary>All columns, for a SELECT that <see cref="Read"/> reads.</summary>
    public static string List { get; } = string.Join(", ", All.Select(column => column.Name));

    /// <summary>Inserts a row, or replaces what can change of one of an older revision.</summary>
    public static string Upsert { get; } =
        $"INSERT INTO sessions ({List}) VALUES ({string.Join(", ", All.Select(column => "$" + column.Name))}) "
        + $"ON CONFLICT (id) DO UPDATE SET {string.Join(", ", All.Where(column => !column.IsFixed).Select(column => $"{column.Name} = excluded.{column.Name}"))} "
        + "WHERE excluded.revision > sessions.revision";

    /// <summary>Sets the parameters of <see cref="Upsert"/>. The texts are the statement's own from here on. Gives SQLite's code, an error's at the first.</summary>
    public static int Bind(sqlite3_stmt upsert, SessionRow row)
    {
        var code = raw.SQLITE_OK;
        for (var i = 0; i < All.Length && code == raw.SQLITE_OK; i++) code = All[i].Value(row).Bind(upsert, i + 1);
        return code;
    }

    /// <summary>The row that a reader over <see cref="List"/> stands on.</summary>
    public static SessionRow Read(SqliteDataReader from) => new()
    {
        Id = from.GetString(0),
        Owner = from.GetString(1),
        RequestId = from.GetString(2),
        RequestFingerprint = from.GetString(3),
        State = from.GetString(4),
        Terminal = from.GetBoolean(5),
        Upstream = Text(from, 6),
        Config = from.GetString(7),
        Lease = from.GetString(8),
        Labels = Text(from, 9),
        Media = Text(from, 10),
        RoomClientUrl = Text(from, 11),
        RoomServerUrl = Text(from, 12),
        CreateTime = from.GetInt64(13),
        ActiveTime = Number(from, 14),
        EndTime = Number(from, 15),
        CloseReason = from.GetInt64(16),
        Problem = Text(from, 17),
        ActiveDuration = from.GetInt64(18),
        TurnsAccepted = from.GetInt64(19),
        TurnsCompleted = from.GetInt64(20),
        TurnsNotCompleted = from.GetInt64(21),
        Revision = from.GetInt64(22),
    };

    private static string? Text(SqliteDataReader from, int column) => from.IsDBNull(column) ? null : from.GetString(column);

    private static long? Number(SqliteDataReader from, int column) => from.IsDBNull(column) ? null : from.GetInt64(column);

    /// <summary>One column of one row: a text, a number, or nothing.</summary>
    private readonly record struct Cell(string? Text, long? Number)
    {
        public static implicit operator Cell(string? text) => new(text, null);

        public static implicit operator Cell(long? number) => new(null, number);

        public int Bind(sqlite3_stmt statement, int place)
        {
            if (Text is not null) return raw.sqlite3_bind_text16(statement, place, Text.AsSpan());
            return Number is { } number ? raw.sqlite3_bind_int64(statement, place, number) : raw.sqlite3_bind_null(statement, place);
        }
    }
}
