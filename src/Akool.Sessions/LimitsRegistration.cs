using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Akool.Sessions;

/// <summary>Registers the rules that the limits are held against.</summary>
public static class LimitsRegistration
{
    /// <summary>Adds the rules of <see cref="SessionLimits"/> and <see cref="ChatLimits"/>; the host binds their values.</summary>
    public static IServiceCollection AddLimitRules(this IServiceCollection services) => services
        .AddSingleton<IValidateOptions<SessionLimits>, SessionLimitsValidator>()
        .AddSingleton<IValidateOptions<ChatLimits>, ChatLimitsValidator>();
}
