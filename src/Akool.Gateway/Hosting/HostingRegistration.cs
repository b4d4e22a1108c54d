using Akool.Gateway.Auth;
using Akool.Gateway.Tracing;
using Grpc.AspNetCore.Server;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Hosting;

/// <summary>Composes the server: its addresses and limits, gRPC, health, operations and its end.</summary>
internal static class HostingRegistration
{
    // Quiet by default, and under whatever the configuration says: a line for each call would cost more than the call. Of gRPC's own server
    // log nothing is left that UnexpectedExceptions does not say better, and a client could fill it with unreadable messages.
    private static readonly Dictionary<string, string?> LogDefaults = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        ["Logging:LogLevel:Grpc"] = "Warning",
        ["Logging:LogLevel:OpenTelemetry"] = "Warning",
        ["Logging:Console:FormatterOptions:IncludeScopes"] = "true", // the trace and span of a line are a scope
        ["Logging:LogLevel:Grpc.AspNetCore.Server"] = "Critical",
    };

    public static void AddLogDefaults(this IConfigurationBuilder configuration) =>
        configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = LogDefaults });

    public static IServiceCollection AddGatewayHosting(this IServiceCollection services)
    {
        services.AddSection<GatewayOptions>(GatewayOptions.Section)
            .AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>()
            .AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelSetup>()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<RpcSpans>()
            .AddSingleton<UnexpectedExceptions>()
            .AddGatewayAuth();
        // Anybody may call it, and it keeps the name that a watch asks for.
        services.AddGrpc().AddServiceOptions<HealthServiceImpl>(health => health.MaxReceiveMessageSize = 1024);
        services.AddGrpcReflection();
        // After the library's own defaults, which fill in what is still empty: a list of compressions that was cleared, for example.
        services.AddSingleton<IConfigureOptions<GrpcServiceOptions>, GrpcSetup>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = GatewayDrain.ShutdownLimit);
        services.AddSingleton<GatewayDrain>().AddHostedService(provider => provider.GetRequiredService<GatewayDrain>());
        services.AddSingleton<HealthServiceImpl>().AddHostedService<ServingStatus>();
        return services.AddSingleton<Operations>()
            .AddSingleton<IReadinessCheck, DrainReadiness>()
            .AddSingleton<IReadinessCheck, LedgerReadiness>()
            .AddSingleton<IReadinessCheck, UpstreamReadiness>()
            .AddSingleton<IStatusSource, ProcessStatus>()
            .AddSingleton<IStatusSource, HealthStatus>()
            .AddSingleton<IStatusSource, LimitStatus>()
            .AddSingleton<IStatusSource, SessionStatus>()
            .AddSingleton<IStatusSource, UpstreamStatus>();
    }

    public static void MapGatewayHosting(this WebApplication app)
    {
        var operations = app.Services.GetRequiredService<Operations>();
        app.MapWhen(Operations.IsFor, branch => branch.Run(operations.HandleAsync));
        app.UseMiddleware<CallsEndWithDrain>();
        app.UseMiddleware<UnreadableMessages>();
        app.UseGatewayAuth();
        app.MapGrpcService<HealthServiceImpl>();
        if (app.Environment.IsDevelopment()) app.MapGrpcReflectionService();
    }
}
