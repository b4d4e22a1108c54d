using Akool.Ledger.Sqlite;
using Microsoft.Data.Sqlite;

namespace Akool.Ledger.Tests;

public sealed class RequestIdTests : IDisposable
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Since = TestFolder.Now.AddHours(-24);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_session_is_found_by_its_owners_request_id()
    {
        var record = Records.Full();
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(record);

        var found = await ledger.FindByRequestIdAsync(record.Owner, record.RequestId, Since, Test);

        Assert.Equal(record.Said(), found.Value?.Said());
    }

    [Fact]
    public async Task Another_owner_another_id_and_no_id_find_nothing()
    {
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(Records.Intent("r-1"));
        await ledger.WriteAsync(Records.Intent());

        Assert.Null((await ledger.FindByRequestIdAsync(new("other"), "r-1", Since, Test)).Value);
        Assert.Null((await ledger.FindByRequestIdAsync(Records.Owner, "r-2", Since, Test)).Value);
        Assert.Null((await ledger.FindByRequestIdAsync(Records.Owner, "", Since, Test)).Value);
    }

    [Fact]
    public async Task A_request_id_counts_within_its_window_only()
    {
        var inside = Records.Intent("inside") with { CreateTime = Since.AddTicks(1) };
        var outside = Records.Intent("outside") with { CreateTime = Since };
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(inside);
        await ledger.WriteAsync(outside);

        Assert.Equal(inside.Id, (await ledger.FindByRequestIdAsync(Records.Owner, "inside", Since, Test)).Value?.Id);
        Assert.Null((await ledger.FindByRequestIdAsync(Records.Owner, "outside", Since, Test)).Value);
    }

    [Fact]
    public async Task A_request_id_used_again_after_its_window_finds_the_later_session()
    {
        var first = Records.Intent("r-1") with { CreateTime = TestFolder.Now.AddHours(-25) };
        var second = Records.Intent("r-1");
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(second);
        await ledger.WriteAsync(first);

        Assert.Equal(second.Id, (await ledger.FindByRequestIdAsync(Records.Owner, "r-1", TestFolder.Now.AddDays(-9), Test)).Value?.Id);
    }

    [Fact]
    public async Task The_search_uses_the_index()
    {
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();

        await using var connection = _folder.Connect();
        await using var find = ReadConnection.PrepareFind(connection);
        find.CommandText = $"EXPLAIN QUERY PLAN {find.CommandText}";
        foreach (SqliteParameter parameter in find.Parameters) parameter.Value = 1;
        await using var plan = await find.ExecuteReaderAsync(Test);

        Assert.True(await plan.ReadAsync(Test));
        Assert.Equal("SEARCH sessions USING INDEX sessions_request (owner=? AND request_id=? AND create_time>?)", plan.GetString(3));
        Assert.False(await plan.ReadAsync(Test));
    }

    [Fact]
    public async Task A_search_does_not_wait_for_a_writer()
    {
        var record = Records.Intent("r-1");
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(record);
        using var other = _folder.Connect();
        other.Run("BEGIN IMMEDIATE; DELETE FROM sessions");

        var found = await ledger.FindByRequestIdAsync(Records.Owner, "r-1", Since, Test);

        Assert.Equal(record.Id, found.Value?.Id);
        other.Run("ROLLBACK");
    }
}
