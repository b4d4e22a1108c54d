namespace Akool.Emulator.Faults;

/// <summary>A fault in its script. Disposing it takes it out; what it has done stays done.</summary>
public sealed class ScriptedFault : IDisposable
{
    private readonly FaultScript _script;
    private int _fired;

    internal ScriptedFault(Fault fault, FaultScript script) => (Fault, _script) = (fault, script);

    /// <summary>What was asked for.</summary>
    public Fault Fault { get; }

    /// <summary>How often it has happened.</summary>
    public int Fired => Volatile.Read(ref _fired);

    /// <summary>What has gone well since it was scripted or last happened; guarded by the script.</summary>
    internal int Seen { get; set; }

    /// <inheritdoc/>
    public void Dispose() => _script.Remove(this);

    internal void CountOne() => Interlocked.Increment(ref _fired);
}
