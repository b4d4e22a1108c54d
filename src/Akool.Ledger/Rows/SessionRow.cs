using Akool.Sessions;

namespace Akool.Ledger.Rows;

/// <summary>
/// One session as the store holds it: flat, with words of its own, so that a rename in the domain does not change what is on disk.
/// Times are 100 ns since the Unix epoch, which keeps them exactly as they were told to clients.
/// </summary>
internal sealed record SessionRow
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required string RequestId { get; init; }

    public required string RequestFingerprint { get; init; }

    public required string State { get; init; }

    public required bool Terminal { get; init; }

    public required string? Upstream { get; init; }

    public required string Config { get; init; }

    public required string Lease { get; init; }

    public required string? Labels { get; init; }

    /// <summary>Secret.</summary>
    public required string? Media { get; init; }

    /// <summary>Secret.</summary>
    public required string? RoomClientUrl { get; init; }

    /// <summary>Secret.</summary>
    public required string? RoomServerUrl { get; init; }

    public required long CreateTime { get; init; }

    public required long? ActiveTime { get; init; }

    public required long? EndTime { get; init; }

    public required long CloseReason { get; init; }

    public required string? Problem { get; init; }

    public required long ActiveDuration { get; init; }

    public required long TurnsAccepted { get; init; }

    public required long TurnsCompleted { get; init; }

    public required long TurnsNotCompleted { get; init; }

    public required long Revision { get; init; }

    /// <summary>A record as a row. The secrets of a session that has ended are left out.</summary>
    public static SessionRow From(SessionRecord record) => new()
    {
        Id = record.Id.Value,
        Owner = record.Owner.Value,
        RequestId = record.RequestId,
        RequestFingerprint = record.RequestFingerprint,
        State = Words.Of(record.State),
        Terminal = record.IsTerminal,
        Upstream = record.Upstream?.Value,
        Config = RowJson.Write(record.Config),
        Lease = RowJson.Write(record.Lease),
        Labels = RowJson.Write(record.Labels),
        Media = record.IsTerminal ? null : RowJson.Write(record.Media),
        RoomClientUrl = record.IsTerminal ? null : record.Room?.ClientUrl,
        RoomServerUrl = record.IsTerminal ? null : record.Room?.ServerUrl,
        CreateTime = RowTime.Of(record.CreateTime),
        ActiveTime = RowTime.Of(record.ActiveTime),
        EndTime = RowTime.Of(record.EndTime),
        CloseReason = (long)record.CloseReason,
        Problem = RowJson.Write(record.Problem),
        ActiveDuration = record.Usage.ActiveDuration.Ticks,
        TurnsAccepted = record.Usage.TurnsAccepted,
        TurnsCompleted = record.Usage.TurnsCompleted,
        TurnsNotCompleted = record.Usage.TurnsNotCompleted,
        Revision = record.Revision,
    };

    /// <summary>The row as a record. Throws <see cref="InvalidDataException"/> where the row holds what no version ever wrote.</summary>
    public SessionRecord ToRecord() => new()
    {
        Id = new(Id),
        Owner = new(Owner),
        RequestId = RequestId,
        RequestFingerprint = RequestFingerprint,
        State = Words.StateOf(State),
        Upstream = Upstream is null ? null : new UpstreamId(Upstream),
        Config = RowJson.ReadConfig(Config),
        Lease = RowJson.ReadLease(Lease),
        Labels = RowJson.ReadLabels(Labels),
        Media = RowJson.ReadMedia(Media),
        Room = RoomClientUrl is null ? null : new ChatRoom(RoomClientUrl, RoomServerUrl ?? ""),
        CreateTime = RowTime.From(CreateTime),
        ActiveTime = RowTime.From(ActiveTime),
        EndTime = RowTime.From(EndTime),
        CloseReason = (CloseReason)CloseReason,
        Problem = RowJson.ReadProblem(Problem),
        Usage = new(new TimeSpan(ActiveDuration), TurnsAccepted, TurnsCompleted, TurnsNotCompleted),
        Revision = Revision,
    };
}
