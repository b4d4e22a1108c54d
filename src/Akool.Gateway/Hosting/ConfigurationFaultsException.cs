namespace Akool.Gateway.Hosting;

/// <summary>The configuration is wrong; the message names every fault, for the person who starts the gateway.</summary>
/// <param name="faults">Each fault, with the key at fault.</param>
public sealed class ConfigurationFaultsException(IReadOnlyList<string> faults) : Exception(Describe(faults))
{
    /// <summary>Each fault, with the key at fault.</summary>
    public IReadOnlyList<string> Faults => faults;

    private static string Describe(IReadOnlyList<string> faults)
    {
        var head = faults.Count == 1 ? "The gateway cannot start: its configuration has a fault." : $"The gateway cannot start: its configuration has {faults.Count} faults.";
        return string.Join('\n', [head, .. faults.Select(fault => $"  {fault}")]);
    }
}
