using Akool.Gateway.Hosting;
using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Auth;

/// <summary>Composes authentication.</summary>
internal static class AuthRegistration
{
    /// <summary>Adds who may call, and the certificates of the gRPC endpoint. After the hosting, whose interceptor must be the outer one.</summary>
    public static IServiceCollection AddGatewayAuth(this IServiceCollection services)
    {
        services.AddSection<AuthOptions>(AuthOptions.Section)
            .AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>()
            .AddSingleton<IConfiguredSection, LoopbackRule>()
            .AddSingleton<Credentials>()
            .AddSingleton<Tokens>()
            .AddSingleton<CallerAuthentication>()
            .AddSingleton<OpenCalls>()
            .AddSingleton<RevokedStreams>()
            .AddSingleton<TlsCertificates>()
            .AddSingleton<IConfiguredSection>(provider => provider.GetRequiredService<TlsCertificates>())
            .Configure<GrpcServiceOptions>(grpc => grpc.Interceptors.Add<RevokedStreams>());
        return services;
    }

    /// <summary>Puts the gate before all services that are mapped; after what serves without gRPC.</summary>
    public static IApplicationBuilder UseGatewayAuth(this IApplicationBuilder app) => app.UseMiddleware<AuthGate>();
}
