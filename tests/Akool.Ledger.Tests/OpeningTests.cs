using Akool.Ledger.Sqlite;
using Akool.Sessions;

namespace Akool.Ledger.Tests;

public sealed class OpeningTests : IDisposable
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_files_of_a_ledger_are_for_its_user_alone()
    {
        if (OperatingSystem.IsWindows()) return; // no such modes there
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        await ledger.WriteAsync(Records.Full());

        foreach (var file in (string[])[_folder.File, _folder.Wal, _folder.File + "-shm"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Every_commit_is_synced_into_a_write_ahead_log()
    {
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();

        using var connection = _folder.NewFile().Open();

        Assert.Equal("wal", connection.Ask<string>("PRAGMA journal_mode"));
        Assert.Equal(2, connection.Ask<long>("PRAGMA synchronous"));
        Assert.Equal(2000, connection.Ask<long>("PRAGMA busy_timeout"));
    }

    [Fact]
    public async Task A_directory_that_does_not_exist_is_named()
    {
        var error = await RefusedAsync(new SqliteFile($"Data Source={_folder.At("nowhere/ledger.db")}"));

        Assert.Contains("nowhere/ledger.db does not exist; make it", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_in_the_place_of_the_file_is_named()
    {
        var error = await RefusedAsync(new SqliteFile($"Data Source={_folder.At("data")}"));

        Assert.Contains("is a directory", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_as_it_is()
    {
        var bytes = new byte[10_000];
        Random.Shared.NextBytes(bytes);
        await File.WriteAllBytesAsync(_folder.File, bytes, Test);

        var error = await RefusedAsync(_folder.NewFile());

        Assert.Contains("is damaged or is not a ledger", error, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder.File, Test));
    }

    [Fact]
    public async Task A_torn_file_is_refused_and_left_as_it_is()
    {
        await FillAsync(300);
        using (var file = File.Open(_folder.File, FileMode.Open)) file.SetLength(file.Length / 2);
        var torn = await File.ReadAllBytesAsync(_folder.File, Test);

        var error = await RefusedAsync(_folder.NewFile());

        Assert.Contains("is damaged", error, StringComparison.Ordinal);
        Assert.Equal(torn, await File.ReadAllBytesAsync(_folder.File, Test));
    }

    [Fact]
    public async Task A_damaged_page_in_the_middle_is_refused()
    {
        await FillAsync(300);
        using (var file = File.OpenHandle(_folder.File, FileMode.Open, FileAccess.Write))
            await RandomAccess.WriteAsync(file, new byte[4096], RandomAccess.GetLength(file) / 8192 * 4096, Test);

        Assert.Contains("is damaged", await RefusedAsync(_folder.NewFile()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_with_a_log_beside_it_is_refused_and_the_log_kept()
    {
        await File.WriteAllBytesAsync(_folder.File, [], Test);
        await File.WriteAllBytesAsync(_folder.Wal, [1, 2, 3], Test);

        var error = await RefusedAsync(_folder.NewFile());

        Assert.Contains("restore both", error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.Wal));
    }

    [Fact]
    public async Task The_database_of_another_application_is_refused_and_left_as_it_is()
    {
        using (var other = _folder.Connect()) other.Run("CREATE TABLE theirs (x)");

        Assert.Contains("another application", await RefusedAsync(_folder.NewFile()), StringComparison.Ordinal);
        Assert.Equal("theirs", _folder.Ask<string>("SELECT group_concat(name) FROM sqlite_schema"));
        Assert.Equal("delete", _folder.Ask<string>("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task A_row_that_no_version_wrote_is_refused()
    {
        await FillAsync(1);
        using (var other = _folder.Connect()) other.Run("UPDATE sessions SET config = 'planted'");

        var error = await RefusedAsync(_folder.NewFile());

        Assert.Contains("damaged", error, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_is_not_open_refuses_writes()
    {
        await using var ledger = _folder.NewLedger();

        Assert.Equal(SessionErrorCode.LedgerUnavailable, (await ledger.RefusedAsync(Records.Intent())).Code);
        Assert.False(ledger.IsWritable);
    }

    private async Task FillAsync(int sessions)
    {
        await using var ledger = _folder.NewLedger();
        await ledger.OpenAsync();
        for (var i = 0; i < sessions; i++) ledger.Post(Records.Full() with { Id = SessionId.New() });
    }

    private async Task<string> RefusedAsync(SqliteFile file)
    {
        await using var ledger = _folder.NewLedger(file);
        var opened = await ledger.OpenAsync(TestFolder.Now, Test).WaitAsync(TestLimits.Hang, Test);
        Assert.Equal(SessionErrorCode.LedgerUnavailable, opened.Error?.Code);
        Assert.False(ledger.IsWritable);
        return opened.Error!.Detail;
    }
}
