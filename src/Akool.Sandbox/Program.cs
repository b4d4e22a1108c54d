using System.Runtime.InteropServices;
using Akool.Emulator;
using Akool.Gateway;
using Akool.Gateway.Hosting;
using Akool.Sandbox;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// Options of its own: --once stops after the conversation, --quiet holds none. All else is the gateway's configuration.
string[] own = ["--once", "--quiet"];
string[] passed = [.. args.Where(arg => !own.Contains(arg))];
var (once, quiet) = (args.Contains("--once"), args.Contains("--quiet"));
var limit = TimeSpan.FromSeconds(30);
var folder = Directory.CreateTempSubdirectory("akool-sandbox-");
using var stopping = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    var options = new EmulatorOptions { QueueingTime = TimeSpan.FromMilliseconds(300), AnswerDelay = TimeSpan.FromMilliseconds(50), AnswerInterval = TimeSpan.FromMilliseconds(20) };
    await using var akool = await AkoolEmulator.StartAsync(options);
    await using var gateway = GatewayApplication.Build(passed, SandboxSettings.For(akool.BaseUrl, options.Token, folder, passed));
    await gateway.StartAsync(stopping.Token);
    try
    {
        // The gateway may be stopped by more than the two signals: by SIGQUIT, or because a part of it has failed.
        using var stopped = gateway.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.Cancel);
        Console.WriteLine($"AKOOL's emulator serves at {akool.BaseUrl}, the gateway at {gateway.GrpcAddress}\n");
        return await ServeAsync(gateway);
    }
    finally
    {
        // However it ends: what is open at AKOOL is closed, for the ledger goes with the folder.
        await gateway.StopAsync(CancellationToken.None);
    }
}
catch (Exception failed) when (failed is RpcException or OperationCanceledException or ConfigurationFaultsException or StartRefusedException or IOException)
{
    if (stopping.IsCancellationRequested) return once ? 130 : 0;
    await Console.Error.WriteLineAsync($"The sandbox failed: {failed.Message}");
    return 1;
}
finally
{
    folder.Delete(recursive: true);
}

async Task<int> ServeAsync(GatewayApplication gateway)
{
    var went = quiet || await HoldAsync(gateway.GrpcAddress);
    if (once)
    {
        if (!quiet) Console.WriteLine(went ? "\nThe conversation went well." : "\nThe conversation did not go well: see above.");
        return went ? 0 : 1;
    }
    Console.WriteLine(HowToCall.Text(gateway.GrpcAddress, gateway.OperationsAddress));
    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token);
    return 0;
}

async Task<bool> HoldAsync(Uri gateway)
{
    using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
    using var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, timeout.Token);
    return await new Conversation(gateway, Console.Out).HoldAsync(linked.Token);
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
