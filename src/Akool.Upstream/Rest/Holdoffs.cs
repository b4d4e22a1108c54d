using Akool.Sessions;

namespace Akool.Upstream.Rest;

/// <summary>
/// Keeps quiet where AKOOL asked for it: for a kind of operation (HTTP 429 and 503, code 1005), or for one avatar whose places are taken (code 1215).
/// One kind never holds up another, so that a session can always be closed while creates wait. Safe from any thread.
/// </summary>
internal sealed class Holdoffs(TimeProvider time)
{
    private const int SweepAbove = 1024;

    private readonly Lock _gate = new(); // guards _held
    private readonly Dictionary<(Operation, string?), (long Since, TimeSpan Wait, SessionError Why)> _held = [];

    /// <summary>Why a call may not be sent now, with the time that is left; null: it may.</summary>
    public SessionError? Check(AkoolCall call)
    {
        lock (_gate)
        {
            if (_held.Count == 0) return null;
            return Left((call.Operation, null)) ?? (call.Avatar is null ? null : Left((call.Operation, call.Avatar)));
        }
    }

    /// <summary>Notes what AKOOL answered to a call.</summary>
    public void Note(AkoolCall call, SessionError? answer)
    {
        if (answer is not { Code: SessionErrorCode.UpstreamBusy, RetryAfter: { } wait }) return;
        var key = (call.Operation, answer.UpstreamCode == AkoolCode.AvatarBusy ? call.Avatar : null);
        lock (_gate)
        {
            if (_held.Count > SweepAbove) RemovePast();
            if (!_held.TryGetValue(key, out var held) || LeftOf(held) < wait) _held[key] = (time.GetTimestamp(), wait, answer);
        }
    }

    private SessionError? Left((Operation, string?) key)
    {
        if (!_held.TryGetValue(key, out var held)) return null;
        var left = LeftOf(held);
        if (left > TimeSpan.Zero) return held.Why with { RetryAfter = left, NothingSent = true };
        _held.Remove(key);
        return null;
    }

    private TimeSpan LeftOf((long Since, TimeSpan Wait, SessionError Why) held) => held.Wait - time.GetElapsedTime(held.Since);

    private void RemovePast()
    {
        foreach (var (key, held) in _held)
            if (LeftOf(held) <= TimeSpan.Zero) _held.Remove(key);
    }
}
