using Akool.Sessions.Ports;
using Akool.Upstream.Connection;
using Akool.Upstream.Rest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Akool.Upstream;

/// <summary>Adds what speaks to AKOOL.</summary>
public static class UpstreamRegistration
{
    /// <summary>
    /// Adds <see cref="IAvatarApi"/>, <see cref="IChatSocketFactory"/> and <see cref="UpstreamHealth"/>, configured by the section <c>Akool</c>. The
    /// host provides logging, metrics and, if it is not the system's, a <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddAkoolUpstream(this IServiceCollection services)
    {
        services.AddOptions<UpstreamOptions>().BindConfiguration(UpstreamOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<UpstreamOptions>, UpstreamOptionsCheck>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<UpstreamTelemetry>();
        services.AddSingleton<UpstreamHealth>();

        services.AddSingleton<AkoolHttp>();
        services.AddSingleton<Holdoffs>();
        services.AddSingleton<Resilience>();
        services.AddSingleton(s => new AkoolTransport(s.GetRequiredService<AkoolHttp>().Rest, s.GetRequiredService<Holdoffs>(), s.GetRequiredService<UpstreamTelemetry>(), Time(s)));
        services.AddSingleton(s => new AkoolToken(OriginOf(s), Time(s), s.GetRequiredService<ILogger<AkoolToken>>()));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<AkoolCaller>(s, Options(s)));
        services.AddSingleton<IAvatarApi, AkoolApi>();

        services.AddSingleton(s => new ChatRoomAllowList(new Uri(Options(s).BaseUrl), Options(s).ChatRoomHosts));
        services.AddSingleton(new RoomDialer());
        services.AddSingleton(s => new SocketWatch(KeepAlive.Default, Time(s)));
        services.AddSingleton<IChatSocketFactory, ChatSocketFactory>();
        return services;
    }

    private static ITokenOrigin OriginOf(IServiceProvider services)
    {
        var options = Options(services);
        if (!string.IsNullOrEmpty(options.Token)) return new GivenToken(options.Token);
        if (!string.IsNullOrEmpty(options.TokenFile)) return new TokenFile(options.TokenFile);
        return new TokenExchange(services.GetRequiredService<AkoolTransport>(), options.ClientId!, options.ClientSecret!, options.RequestTimeout, Time(services));
    }

    private static UpstreamOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<UpstreamOptions>>().Value;

    private static TimeProvider Time(IServiceProvider services) => services.GetRequiredService<TimeProvider>();
}
