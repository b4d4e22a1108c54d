namespace Akool.Sessions;

/// <summary>
/// A value read from elsewhere and kept for a while. However many ask at once, one read is under way; a caller that leaves does not stop it.
/// When a read fails, the value before it serves on for as long as it is not too old. Safe from any thread.
/// </summary>
/// <param name="read">Reads the value; bounded by <see cref="ReadLimit"/>.</param>
/// <param name="fresh">How long a value is given without a read.</param>
/// <param name="usable">How long a value may stand in for a read that failed; zero: never.</param>
internal sealed class CachedValue<T>(Func<CancellationToken, Task<Result<T>>> read, TimeSpan fresh, TimeSpan usable, TimeProvider time)
{
    /// <summary>Limit on one read, retries included.</summary>
    public static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(30);

    /// <summary>How long an older value serves after a failed read, before the next one is tried: callers do not all wait out the same failure.</summary>
    public static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new(); // guards all below
    private Task<Result<T>>? _reading;
    private Result<T>? _value;
    private long _readAt;
    private long? _failedAt;
    private bool _outdated;

    /// <summary>Whether the value must be read before it is given again and nobody reads it: forgetting it loses nothing.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate) return _reading is null or { IsCompleted: true } && (_value is null || time.GetElapsedTime(_readAt) >= fresh);
        }
    }

    /// <summary>The value. Errors: those of the read; Canceled where the caller left.</summary>
    public async Task<Result<T>> GetAsync(CancellationToken caller)
    {
        Task<Result<T>> reading;
        lock (_gate)
        {
            if (_value is { } value && (IsFresh || IsResting)) return value;
            if (_reading is null or { IsCompleted: true })
            {
                _outdated = false;
                _reading = ReadAsync();
            }

            reading = _reading;
        }

        try
        {
            return await reading.WaitAsync(caller);
        }
        catch (OperationCanceledException) when (caller.IsCancellationRequested)
        {
            return new SessionError(SessionErrorCode.Canceled, "the caller left");
        }
    }

    /// <summary>The value is known to have changed: the next caller reads it anew.</summary>
    public void Invalidate()
    {
        lock (_gate) _outdated = true;
    }

    private bool IsFresh => !_outdated && time.GetElapsedTime(_readAt) < fresh;

    private bool IsResting => _failedAt is { } failedAt && time.GetElapsedTime(failedAt) < RestAfterFailure && time.GetElapsedTime(_readAt) < usable;

    private async Task<Result<T>> ReadAsync()
    {
        await Task.Yield(); // off the lock that this was started under
        var result = await ReadWithinLimitAsync();
        lock (_gate)
        {
            if (result.IsOk)
            {
                (_value, _readAt, _failedAt) = (result, time.GetTimestamp(), null);
                return result;
            }

            _failedAt = time.GetTimestamp();
            return _value is { } value && time.GetElapsedTime(_readAt) < usable ? value : result;
        }
    }

    private async Task<Result<T>> ReadWithinLimitAsync()
    {
        using var limit = new CancellationTokenSource(ReadLimit, time);
        try
        {
            return await read(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new SessionError(SessionErrorCode.UpstreamTimeout, $"AKOOL did not answer within {ReadLimit.TotalSeconds} s");
        }
    }
}
