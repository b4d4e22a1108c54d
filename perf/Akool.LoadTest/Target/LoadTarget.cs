using Akool.LoadTest.Chat;

namespace Akool.LoadTest.Target;

/// <summary>What a load is put on: a named gateway or one of its own, a client of it, and the emulator behind it where that is known.</summary>
internal sealed class LoadTarget : IAsyncDisposable
{
    private readonly LocalStack? _stack;
    private readonly GatewayClient _client;
    private readonly EmulatorControl? _emulator;
    private readonly int? _maxLive;

    private LoadTarget(LocalStack? stack, GatewayClient client, EmulatorControl? emulator, int? maxLive) =>
        (_stack, _client, _emulator, _maxLive) = (stack, client, emulator, maxLive);

    /// <summary>Starts one where none is named; <paramref name="maxLive"/> is the limit of that one alone.</summary>
    public static async Task<LoadTarget> StartAsync(LoadTestPlan plan, int maxLive, CancellationToken cancellation)
    {
        var stack = plan.Gateway is null ? await LocalStack.StartAsync(maxLive, cancellation) : null;
        return new(stack, new GatewayClient(plan.Gateway ?? stack!.Gateway, plan.ApiKey, plan.Connections),
            (stack?.Emulator ?? plan.Emulator) is { } emulator ? new EmulatorControl(emulator) : null, stack is null ? null : maxLive);
    }

    public LoadContext Load(LoadShape shape, CancellationToken stopping) => new(_client, _emulator, shape, _maxLive, stopping);

    /// <summary>After the last load: tells the findings and what is left open; gives whether there is neither.</summary>
    public async Task<bool> AuditAsync()
    {
        foreach (var finding in _client.Findings.All) Console.WriteLine($"FOUND: {finding}");
        var isClean = _client.Findings.All.Count == 0;
        if (_emulator is null)
        {
            Console.WriteLine("leak audit: NOT DONE, no emulator was named: sessions left open at AKOOL would not be seen. Nor were the answers' texts checked");
            return isClean;
        }

        var (left, all) = await LeakAudit.RunAsync(_emulator, LoadLimits.Leak);
        Console.WriteLine($"leak audit: {left} of {all} sessions left open at AKOOL; {_client.Created} were created");
        return isClean && LeakAudit.Passed(left, all, _client.Created);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _emulator?.Dispose();
        if (_stack is not null) await _stack.DisposeAsync();
    }
}
