using Akool.Emulator.Rest;

namespace Akool.Emulator.Faults;

/// <summary>
/// The faults to come. Each is looked at in the order in which it was added, and the first that fits happens. Typed verbs stand in
/// <see cref="FaultVerbs"/>. Safe from any thread.
/// </summary>
public sealed class FaultScript
{
    private readonly Lock _gate = new(); // guards _faults, _dice and what each fault counts
    private readonly List<ScriptedFault> _faults = [];
    private readonly int[] _perStage = new int[4]; // read without the lock: a frame with no fault ahead must cost nothing
    private Random _dice;
    private readonly int _seed;

    internal FaultScript(int seed) => (_seed, _dice) = (seed, new Random(seed));

    private enum Stage
    {
        Rest,
        Handshake,
        Socket,
        Answer,
    }

    /// <summary>Told of socket faults that are to happen at once.</summary>
    internal Action? SocketFaultAdded { get; set; }

    /// <summary>Whether answers may meet a fault.</summary>
    internal bool MeetsAnswers => Volatile.Read(ref _perStage[(int)Stage.Answer]) > 0;

    /// <summary>The faults that are not over.</summary>
    public IReadOnlyList<Fault> Pending
    {
        get
        {
            lock (_gate) return [.. _faults.Select(scripted => scripted.Fault)];
        }
    }

    /// <summary>Adds a fault. Errors: <see cref="ArgumentException"/> where its values make no sense.</summary>
    public ScriptedFault Add(Fault fault)
    {
        Check(fault);
        var scripted = new ScriptedFault(fault, this);
        lock (_gate)
        {
            _faults.Add(scripted);
            _perStage[(int)StageOf(fault.Kind)]++;
        }
        if (StageOf(fault.Kind) is Stage.Socket && fault.After == 0) SocketFaultAdded?.Invoke();
        return scripted;
    }

    /// <summary>Adds all of them or, where one makes no sense, none.</summary>
    internal void AddAll(IReadOnlyList<Fault> faults)
    {
        foreach (var fault in faults) Check(fault);
        foreach (var fault in faults) Add(fault);
    }

    /// <summary>Forgets all faults and begins the dice anew. What has happened stays so.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
            Array.Clear(_perStage);
            _dice = new Random(_seed);
        }
    }

    internal Fault? TakeRest(RestOperation operation) =>
        Take(Stage.Rest, static (scripted, operation) => scripted.Fault.Operation is not { } only || only == operation, operation);

    internal Fault? TakeHandshake(string session) => Take(Stage.Handshake, OfSession, session);

    internal Fault? TakeAnswer(string session) => Take(Stage.Answer, OfSession, session);

    /// <summary>The fault that meets an open socket: with a frame that it has received, or without.</summary>
    internal Fault? TakeSocket(string session, bool frame) => Take(
        Stage.Socket,
        static (scripted, at) => OfSession(scripted, at.session) && (at.frame || scripted.Fault.After == 0),
        (session, frame));

    internal void Remove(ScriptedFault scripted)
    {
        lock (_gate)
        {
            if (_faults.Remove(scripted)) _perStage[(int)StageOf(scripted.Fault.Kind)]--;
        }
    }

    private static void Check(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault.Wrong() is { } wrong) throw new ArgumentException(wrong, nameof(fault));
    }

    private static bool OfSession(ScriptedFault scripted, string session) => scripted.Fault.Session is not { } only || only == session;

    private static Stage StageOf(FaultKind kind) => kind switch
    {
        <= FaultKind.ResetRequest => Stage.Rest,
        FaultKind.RefuseHandshake => Stage.Handshake,
        <= FaultKind.Breach => Stage.Socket,
        _ => Stage.Answer,
    };

    private Fault? Take<T>(Stage stage, Func<ScriptedFault, T, bool> fits, T at)
    {
        if (Volatile.Read(ref _perStage[(int)stage]) == 0) return null;
        lock (_gate)
        {
            foreach (var scripted in _faults)
            {
                var fault = scripted.Fault;
                if (StageOf(fault.Kind) != stage || !fits(scripted, at)) continue;
                // A socket fault falls on the frame that completes its number, the others on the one after it.
                if (++scripted.Seen <= fault.After - (stage is Stage.Socket ? 1 : 0)) continue;
                if (fault.Probability < 1 && _dice.NextDouble() >= fault.Probability) continue;
                scripted.Seen = 0;
                scripted.CountOne();
                if (fault.Count > 0 && scripted.Fired >= fault.Count) Remove(scripted);
                return fault;
            }
            return null;
        }
    }
}
