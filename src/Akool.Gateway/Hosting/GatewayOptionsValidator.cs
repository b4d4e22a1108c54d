using System.Net;
using Microsoft.Extensions.Options;

namespace Akool.Gateway.Hosting;

/// <summary>Names every fault of the section at once.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var faults = new List<string>();
        var grpc = ReadAddress(options.GrpcUrl, nameof(options.GrpcUrl), ["http", "https"], faults);
        var operations = ReadAddress(options.OperationsUrl, nameof(options.OperationsUrl), ["http"], faults);
        if (grpc is not null && operations is not null && grpc.Port != 0 && grpc.Port == operations.Port && grpc.Host == operations.Host)
            faults.Add($"{nameof(options.OperationsUrl)}: is the address of {nameof(options.GrpcUrl)}; the two need ports of their own");
        if (grpc?.Scheme == "https") ValidateTls(options.Tls, faults);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static BindingAddress? ReadAddress(string url, string option, string[] schemes, List<string> faults)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            faults.Add($"{option}: '{url}' is not an address like http://127.0.0.1:5400");
            return null;
        }

        if (!schemes.Contains(address.Scheme)) faults.Add($"{option}: the scheme of '{url}' must be {string.Join(" or ", schemes)}");
        if (address.PathBase.Length > 0) faults.Add($"{option}: '{url}' must not have a path");
        if (address.Port is < 0 or > IPEndPoint.MaxPort) faults.Add($"{option}: the port of '{url}' is not between 0 and {IPEndPoint.MaxPort}");
        if (ListenAddress.KindOf(address.Host) == ListenKind.Unknown)
            faults.Add($"{option}: the host of '{url}' must be an IP address, localhost or *");
        else if (address.Port == 0 && ListenAddress.KindOf(address.Host) == ListenKind.Localhost)
            faults.Add($"{option}: '{url}' cannot take a free port on localhost, which is two addresses; say 127.0.0.1");
        return address;
    }

    private static void ValidateTls(TlsOptions tls, List<string> faults)
    {
        NeedFile(tls.CertificateFile, nameof(tls.CertificateFile), faults);
        NeedFile(tls.KeyFile, nameof(tls.KeyFile), faults);
        if (tls.ClientCaFile.Length > 0) NeedFile(tls.ClientCaFile, nameof(tls.ClientCaFile), faults);
    }

    private static void NeedFile(string path, string option, List<string> faults)
    {
        if (path.Length == 0) faults.Add($"Tls:{option}: is needed where GrpcUrl is https");
        else if (!File.Exists(path)) faults.Add($"Tls:{option}: there is no file '{path}'");
    }
}
