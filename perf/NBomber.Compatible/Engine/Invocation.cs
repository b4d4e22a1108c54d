using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>One invocation of a scenario, and where its steps record themselves.</summary>
internal sealed class Invocation(ScenarioInfo info, int number, Dictionary<string, object> data, ScenarioRecorder recorder, TimeProvider time,
    Action<string> stop, CancellationToken cancellation) : IScenarioContext
{
    /// <summary>Status code of a step or scenario that threw.</summary>
    public const string UnhandledException = "-101";

    public ScenarioInfo ScenarioInfo => info;

    public int InvocationNumber => number;

    public Dictionary<string, object> Data => data;

    public CancellationToken ScenarioCancellationToken => cancellation;

    public void StopCurrentTest(string reason) => stop(reason);

    public long Now() => time.GetTimestamp();

    public void Record(string step, long started, IResponse response) => recorder.RecordStep(step, time.GetElapsedTime(started), response);

    /// <summary>A cancellation by the run's own end is no failure of what was measured.</summary>
    public static bool IsEndOfRun(Exception error, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested && error is OperationCanceledException;
}
