using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Akool.LoadTest.Target;

/// <summary>The emulator's own side door: faults to come, and what is still open there.</summary>
internal sealed class EmulatorControl(Uri emulator) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = emulator, Timeout = LoadLimits.Call };

    /// <summary>Adds faults, each as the emulator's script writes them.</summary>
    public async Task ScriptAsync(params object[] faults)
    {
        using var answer = await _http.PostAsJsonAsync("/_emulator/script", faults);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"the emulator refused the script: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Forgets the faults that have not happened.</summary>
    public async Task ClearAsync()
    {
        using var answer = await _http.PostAsync(new Uri("/_emulator/clear", UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>How many faults that were to happen once have not.</summary>
    public async Task<int> PendingOnceAsync()
    {
        var faults = await _http.GetFromJsonAsync<JsonNode>(new Uri("/_emulator/script", UriKind.Relative));
        return faults!.AsArray().Count(fault => (int)fault!["count"]! == 1);
    }

    /// <summary>Sessions that still cost money, and how many there ever were.</summary>
    public async Task<(int Open, int All)> LedgerAsync()
    {
        var ledger = await _http.GetFromJsonAsync<JsonNode>(new Uri("/_emulator/ledger", UriKind.Relative));
        return (ledger!["open"]!.AsArray().Count, (int)ledger["created"]!);
    }

    public void Dispose() => _http.Dispose();
}
