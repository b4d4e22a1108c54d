using Akool.Gateway.Hosting;
using Akool.Gateway.Services;
using Akool.Ledger;
using Akool.Sessions;
using Akool.Upstream;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Akool.Gateway;

/// <summary>The gateway as a program or as a part of another process: built, started, read off, stopped.</summary>
public sealed class GatewayApplication : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SettingsFiles _settingsFiles;

    private GatewayApplication(WebApplication app, SettingsFiles settingsFiles) => (_app, _settingsFiles) = (app, settingsFiles);

    /// <summary>The gateway's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where gRPC is served, with the port that was taken; once it has started.</summary>
    public Uri GrpcAddress => Addresses[0];

    /// <summary>Where <c>/livez</c>, <c>/readyz</c> and <c>/statusz</c> are served, with the port that was taken; once it has started.</summary>
    public Uri OperationsAddress => Addresses[1];

    // In the order in which KestrelSetup listens.
    private Uri[] Addresses => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
        .Select(address => new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)))];

    /// <summary>Builds a gateway that has not started.</summary>
    /// <param name="args">Command line; stands over environment and appsettings.</param>
    /// <param name="settings">Values that stand over all other configuration; null: none.</param>
    /// <param name="services">Changes the services, after all of the gateway's own; null: nothing.</param>
    /// <exception cref="ConfigurationFaultsException">The configuration is wrong.</exception>
    public static GatewayApplication Build(
        string[] args, IEnumerable<KeyValuePair<string, string?>>? settings = null, Action<IServiceCollection>? services = null)
    {
        var builder = NewBuilder(args);
        var settingsFiles = new SettingsFiles(builder.Configuration, builder.Environment.ContentRootPath);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Configuration.AddLogDefaults();
        if (settings is not null) builder.Configuration.AddInMemoryCollection(settings);
        builder.AddTelemetry();
        builder.Services
            .AddSection<SessionLimits>("Sessions")
            .AddSection<ChatLimits>("Chat")
            .AddLimitRules()
            .AddAkoolUpstream().AddSectionCheck<UpstreamOptions>(UpstreamOptions.Section)
            .AddSessionLedger().AddSectionCheck<LedgerOptions>("Ledger")
            .AddGatewayHosting()
            .AddSingleton<Telemetry>()
            .AddSingleton<SessionLifecycle>()
            .AddSingleton<SessionsHost>()
            .AddHostedService(provider => provider.GetRequiredService<SessionsHost>())
            .AddSingleton<IDrainable>(provider => provider.GetRequiredService<SessionsHost>())
            .AddSingleton<SessionGrpcService>()
            .AddSingleton<ChatGrpcService>()
            .AddSingleton<AdminGrpcService>()
            .AddSingleton<Catalog>()
            .AddSingleton<CatalogGrpcService>();
        services?.Invoke(builder.Services);

        var app = builder.Build();
        var faults = app.Services.GetServices<IConfiguredSection>().SelectMany(section => section.Faults()).ToList();
        if (faults.Count > 0)
        {
            ((IDisposable)app).Dispose();
            throw new ConfigurationFaultsException(faults);
        }

        settingsFiles.Follow(app.Services.GetRequiredService<ILogger<SettingsFiles>>(), TimeProvider.System);
        app.MapGatewayHosting();
        app.MapGrpcService<SessionGrpcService>();
        app.MapGrpcService<ChatGrpcService>();
        app.MapGrpcService<CatalogGrpcService>();
        app.MapGrpcService<AdminGrpcService>();
        return new GatewayApplication(app, settingsFiles);
    }

    /// <summary>Runs a gateway until a signal ends it.</summary>
    /// <returns>The process's exit code: 0, or 1 where the configuration is wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var gateway = Build(args, services: services => services.AddHostedService<ForcedExit>());
            await gateway.StartAsync(CancellationToken.None);
            await gateway._app.WaitForShutdownAsync();
            return 0;
        }
        catch (ConfigurationFaultsException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 1;
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync($"The gateway cannot start: {refused.Message}");
            return 1;
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"The gateway cannot start: {taken.Message}");
            return 1;
        }
    }

    /// <summary>Starts to serve.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await _app.StartAsync(cancellation);
        Log.ListeningStarted(Services.GetRequiredService<ILogger<GatewayApplication>>(), GrpcAddress, OperationsAddress);
    }

    /// <summary>Drains, then stops serving.</summary>
    public Task StopAsync(CancellationToken cancellation) => _app.StopAsync(cancellation);

    /// <summary>Frees everything. What has started is to be stopped before (<see cref="StopAsync"/>): this closes no session and ends no sweep.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _settingsFiles.DisposeAsync();
    }

    private static WebApplicationBuilder NewBuilder(string[] args)
    {
        try { return WebApplication.CreateSlimBuilder([SettingsFiles.HostDoesNotWatch, .. args]); }
        catch (InvalidDataException unreadable)
        {
            throw new ConfigurationFaultsException([$"{unreadable.Message} {unreadable.GetBaseException().Message}"]);
        }
    }
}
