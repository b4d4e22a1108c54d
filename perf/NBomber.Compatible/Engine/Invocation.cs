using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>One invocation of a scenario, and where its steps record themselves.</summary>
internal sealed class Invocation(ScenarioProps scenario, ScenarioInfo info, int number, Dictionary<string, object> instanceData, long plannedStart,
    ScenarioRecorder recorder, TimeProvider time, Action<string> stop, CancellationToken cancellation) : IScenarioContext
{
    /// <summary>Status code of a step or scenario that did not end in its time.</summary>
    public const string Timeout = "-100";

    private const string UnhandledException = "-101";

    private int _steps;

    public ScenarioInfo ScenarioInfo => info;

    public int InvocationNumber => number;

    public Dictionary<string, object> Data { get; } = [];

    public Dictionary<string, object> ScenarioInstanceData => instanceData;

    public CancellationToken ScenarioCancellationToken => cancellation;

    public bool RestartsOnFail => scenario.RestartIterationOnFail;

    public void StopCurrentTest(string reason) => stop(reason);

    /// <summary>Where a step is measured from: the first from the planned start, so that a body which begins late shows in what is judged.</summary>
    public long StepStart() => Interlocked.Increment(ref _steps) == 1 ? plannedStart : time.GetTimestamp();

    public void Record(string step, long started, IResponse response) => recorder.RecordStep(step, time.GetElapsedTime(started), response);

    /// <summary>The status code of what a step or a scenario threw.</summary>
    public static string CodeOf(Exception error) => error is OperationCanceledException ? Timeout : UnhandledException;
}
