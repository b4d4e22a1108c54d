using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Akool.Bench.Micro;

/// <summary>Runs the micro-benchmarks in this process: the toolchain that builds a project for each would need packages at run time.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var command = new Command("micro", "BenchmarkDotNet: the codec and the event log by themselves");
        command.SetAction(_ =>
        {
            var config = ManualConfig.Create(DefaultConfig.Instance).AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
            return BenchmarkRunner.Run([typeof(CodecBenchmarks), typeof(EventLogBenchmarks)], config).Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0;
        });
        return command;
    }
}
