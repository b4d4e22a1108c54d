using Akool.Emulator;
using Akool.Gateway;
using Akool.Gateway.Hosting;
using Akool.Sandbox;
using Grpc.Core;

// Options of its own: --once stops after the conversation, --quiet holds none. All else is the gateway's configuration.
string[] own = ["--once", "--quiet"];
var once = args.Contains("--once");
var limit = TimeSpan.FromSeconds(30);
var folder = Directory.CreateTempSubdirectory("akool-sandbox-");
using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopping.Cancel();
};
using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stopping.Cancel();
});

try
{
    var options = new EmulatorOptions { QueueingTime = TimeSpan.FromMilliseconds(300), AnswerDelay = TimeSpan.FromMilliseconds(50), AnswerInterval = TimeSpan.FromMilliseconds(20) };
    await using var akool = await AkoolEmulator.StartAsync(options);
    await using var gateway = GatewayApplication.Build([.. args.Except(own)], SandboxSettings.For(akool.BaseUrl, options.Token, folder, args));
    await gateway.StartAsync(stopping.Token);
    Console.WriteLine($"AKOOL's emulator serves at {akool.BaseUrl}, the gateway at {gateway.GrpcAddress}\n");

    var went = true;
    if (!args.Contains("--quiet"))
    {
        using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, timeout.Token);
        went = await new Conversation(gateway.GrpcAddress, Console.Out).HoldAsync(linked.Token);
    }
    if (once)
    {
        Console.WriteLine(went ? "\nThe conversation went well." : "\nThe conversation did not go well: see above.");
        await gateway.StopAsync(CancellationToken.None);
        return went ? 0 : 1;
    }
    Console.WriteLine(HowToCall.Text(gateway.GrpcAddress, gateway.OperationsAddress));
    try { await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token); }
    catch (OperationCanceledException) { }
    await gateway.StopAsync(CancellationToken.None);
    return 0;
}
catch (Exception failed) when (failed is RpcException or OperationCanceledException or ConfigurationFaultsException or IOException)
{
    if (stopping.IsCancellationRequested) return 0;
    await Console.Error.WriteLineAsync($"The sandbox failed: {failed.Message}");
    return 1;
}
finally
{
    folder.Delete(recursive: true);
}
