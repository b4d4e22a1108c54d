using System.CommandLine;
using Akool.LoadTest;

// On SIGTERM: what the invocations under way get to end, and then their sessions to be closed.
return await LoadTestCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
