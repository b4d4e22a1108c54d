using Akool.Sessions.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Akool.Ledger.Tests;

public sealed class RegistrationTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_configured_file_is_the_ledger_and_is_closed_with_the_services()
    {
        var record = Records.Intent();
        await using (var services = Services(("Ledger:ConnectionString", $"Data Source={_folder.File}")))
        {
            var ledger = services.GetRequiredService<ISessionLedger>();
            Assert.True((await ledger.OpenAsync(TestFolder.Now, TestContext.Current.CancellationToken)).IsOk);
            ledger.Post(record);
        }

        Assert.Equal(record.Id.Value, _folder.Ask<string>("SELECT id FROM sessions"));
        Assert.False(File.Exists(_folder.Wal), "the file was not closed");
    }

    [Fact]
    public void The_defaults_are_valid() => Assert.True(new LedgerOptionsValidator().Validate(null, new LedgerOptions()).Succeeded);

    [Theory]
    [InlineData("Store", "postgres", "the only store there is: sqlite")]
    [InlineData("ConnectionString", "", "names no file")]
    [InlineData("ConnectionString", "Data Source=:memory:", "not a database in memory")]
    [InlineData("ConnectionString", "Data Source=file:x.db?mode=memory", "not a URI")]
    [InlineData("ConnectionString", "Data Source=x;Mode=ReadOnly", "the ledger is written")]
    [InlineData("ConnectionString", "Host=db", "is not a SQLite connection string")]
    [InlineData("ConnectionString", "nonsense", "is not a SQLite connection string")]
    public void A_wrong_value_is_named(string key, string value, string expected)
    {
        using var services = Services(($"Ledger:{key}", value));

        var fault = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<LedgerOptions>>().Value);

        Assert.StartsWith($"Ledger:{key} ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build())
        .AddLogging()
        .AddSessionLedger()
        .BuildServiceProvider();
}
