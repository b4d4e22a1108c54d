using System.Net;
using Akool.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Auth;

/// <summary>What the sections of addresses and of credentials must be together.</summary>
internal sealed class LoopbackRule(IOptions<GatewayOptions> gateway, IOptions<AuthOptions> auth) : IConfiguredSection
{
    public IReadOnlyList<string> Faults()
    {
        try
        {
            return [.. FaultsOf(gateway.Value, auth.Value)];
        }
        catch (Exception unreadable) when (unreadable is OptionsValidationException or InvalidOperationException)
        {
            return []; // the sections themselves are named with their own faults
        }
    }

    private static IEnumerable<string> FaultsOf(GatewayOptions gateway, AuthOptions auth)
    {
        if (auth.IsOpen && !IsLoopback(BindingAddress.Parse(gateway.GrpcUrl).Host))
        {
            yield return $"{AuthOptions.Section}: {gateway.GrpcUrl} can be reached from other machines, and anybody could call it: "
                + "set Gateway:Auth:Keys, Gateway:Auth:Jwt or Gateway:Auth:Certificates, or serve a loopback address in Gateway:GrpcUrl";
        }

        if (auth.Certificates.Count > 0 && gateway.Tls.ClientCaFile.Length == 0)
            yield return $"{AuthOptions.Section}:Certificates: need Gateway:Tls:ClientCaFile, or no client is asked for one";
    }

    private static bool IsLoopback(string host) => ListenAddress.KindOf(host) switch
    {
        ListenKind.Localhost => true,
        ListenKind.Address => IPAddress.IsLoopback(IPAddress.Parse(host)),
        _ => false,
    };
}
