using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Akool.Gateway.Hosting;

/// <summary>What the host part of a listen address means.</summary>
internal enum ListenKind
{
    /// <summary>A name: which of its addresses is meant cannot be known.</summary>
    Unknown,
    Address,
    Localhost,
    Any,
}

/// <summary>Opens Kestrel's endpoints for addresses as they are configured.</summary>
internal static class ListenAddress
{
    public static ListenKind KindOf(string host) => host switch
    {
        "localhost" => ListenKind.Localhost,
        "*" or "+" => ListenKind.Any,
        _ => IPAddress.TryParse(host, out _) ? ListenKind.Address : ListenKind.Unknown,
    };

    public static void Listen(this KestrelServerOptions server, string url, Action<ListenOptions> configure)
    {
        var address = BindingAddress.Parse(url);
        switch (KindOf(address.Host))
        {
            case ListenKind.Localhost:
                server.ListenLocalhost(address.Port, configure);
                break;
            case ListenKind.Any:
                server.ListenAnyIP(address.Port, configure);
                break;
            default:
                server.Listen(IPAddress.Parse(address.Host), address.Port, configure);
                break;
        }
    }
}
