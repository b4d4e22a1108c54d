using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akool.Emulator;

AkoolEmulator emulator;
try
{
    var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
    var options = configuration.GetSection("Emulator").Get<EmulatorOptions>() ?? new EmulatorOptions();
    if (configuration["Emulator:Url"] is null) options = options with { Url = new Uri("http://127.0.0.1:5500") };
    emulator = await AkoolEmulator.StartAsync(options);
    Console.WriteLine($"The AKOOL emulator serves {emulator.BaseUrl} (token {options.Token}, client {options.ClientId}).");
    Console.WriteLine($"Control is under {emulator.BaseUrl}_emulator/. Ctrl+C ends it.");
}
catch (Exception wrong) when (wrong is ArgumentException or FormatException or InvalidOperationException or IOException or SocketException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"The AKOOL emulator cannot start: {wrong.Message}");
    return 1;
}

var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop);
await stop.Task;
await emulator.DisposeAsync();
return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.TrySetResult();
}
