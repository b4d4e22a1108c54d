namespace Akool.Sessions;

/// <summary>A place among the live sessions, held from before the create until AKOOL has confirmed the end. Disposing it twice does nothing.</summary>
internal sealed class Permit(Admission admission, OwnerId owner) : IDisposable
{
    private int _released;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0) admission.Release(owner);
    }
}

/// <summary>Refuses before money is spent: live sessions in all and by owner, creates a second by owner. Safe from any thread.</summary>
internal sealed class Admission(SessionLimits limits, TimeProvider time)
{
    // What to tell a caller who met the limit of live sessions: when one ends is not known.
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new(); // guards all fields
    private readonly Dictionary<OwnerId, Use> _owners = [];
    private readonly LinkedList<Waiter> _waiters = [];
    private int _live;

    /// <summary>Limits and use, for an operator: of the gateway, and of each owner that has live sessions.</summary>
    public IReadOnlyList<LimitUse> Uses
    {
        get
        {
            lock (_gate)
            {
                return [Gateway, .. _owners.Where(owner => owner.Value.Live > 0).Select(owner => OfOwner(owner.Key, owner.Value))];
            }
        }
    }

    /// <summary>The gateway's own limit and its use.</summary>
    public LimitUse OfGateway()
    {
        lock (_gate) return Gateway;
    }

    /// <summary>
    /// Gives a permit, waiting for one as long as the options allow. Errors: SessionLimitReached and RateLimited, each with limit, use and
    /// retry hint; Canceled.
    /// </summary>
    public async Task<Result<Permit>> AdmitAsync(OwnerId owner, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_gate)
        {
            var use = UseOf(owner);
            if (TakeToken(owner, use) is { } tooFast) return tooFast;
            // Whoever waits cannot be admitted now, so that one who can be passes nobody over.
            var full = WhyFull(owner, use);
            if (full is null) return Take(owner, use);
            if (limits.AdmissionWait == TimeSpan.Zero)
            {
                Forget(owner, use);
                return full;
            }
            waiter = new(owner);
            _waiters.AddLast(waiter.Node);
        }
        return await WaitAsync(waiter, cancellation);
    }

    /// <summary>Takes a permit whatever the limits: for a session that is live already.</summary>
    public Permit Readmit(OwnerId owner)
    {
        lock (_gate) return Take(owner, UseOf(owner));
    }

    public void Release(OwnerId owner)
    {
        lock (_gate)
        {
            _live--;
            var use = UseOf(owner);
            use.Live--;
            for (var node = _waiters.First; node is not null;)
            {
                var next = node.Next;
                var waiting = UseOf(node.Value.Owner);
                if (WhyFull(node.Value.Owner, waiting) is null)
                {
                    _waiters.Remove(node);
                    node.Value.Permit = Take(node.Value.Owner, waiting);
                    node.Value.Admitted.TrySetResult(node.Value.Permit);
                }
                node = next;
            }
            Forget(owner, use);
        }
    }

    private async Task<Result<Permit>> WaitAsync(Waiter waiter, CancellationToken cancellation)
    {
        try { return await waiter.Admitted.Task.WaitAsync(limits.AdmissionWait, time, cancellation); }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            lock (_gate)
            {
                if (waiter.Permit is { } permit) return permit;
                _waiters.Remove(waiter.Node);
                Forget(waiter.Owner, UseOf(waiter.Owner));
                if (ended is OperationCanceledException) return new SessionError(SessionErrorCode.Canceled, "the caller left while it waited to be admitted");
                return WhyFull(waiter.Owner, UseOf(waiter.Owner)) ?? Full(Gateway);
            }
        }
    }

    // All below: under _gate.

    private Permit Take(OwnerId owner, Use use)
    {
        _live++;
        use.Live++;
        return new(this, owner);
    }

    private Use UseOf(OwnerId owner)
    {
        if (!_owners.TryGetValue(owner, out var use)) _owners[owner] = use = new() { Tokens = Burst, FilledAt = time.GetTimestamp() };
        return use;
    }

    private SessionError? WhyFull(OwnerId owner, Use use) =>
        _live >= limits.MaxLive ? Full(Gateway) : use.Live >= limits.MaxLivePerOwner ? Full(OfOwner(owner, use)) : null;

    private SessionError? TakeToken(OwnerId owner, Use use)
    {
        var rate = limits.CreatesPerSecondPerOwner;
        if (rate == 0) return null;
        Fill(use);
        if (use.Tokens >= 1)
        {
            use.Tokens--;
            return null;
        }
        return new SessionError(SessionErrorCode.RateLimited, $"owner/{owner} may create {rate} sessions a second")
        {
            RetryAfter = TimeSpan.FromMilliseconds(Math.Ceiling((1 - use.Tokens) / rate * 1000)),
            Limit = new("creates_per_second", $"owner/{owner}", (long)Math.Ceiling(rate), (long)Math.Ceiling(rate)),
        };
    }

    private void Fill(Use use)
    {
        var now = time.GetTimestamp();
        use.Tokens = Math.Min(Burst, use.Tokens + (time.GetElapsedTime(use.FilledAt, now).TotalSeconds * limits.CreatesPerSecondPerOwner));
        use.FilledAt = now;
    }

    // An owner of whom nothing is left to remember costs no memory.
    private void Forget(OwnerId owner, Use use)
    {
        Fill(use);
        if (use.Live == 0 && use.Tokens >= Burst) _owners.Remove(owner);
    }

    private double Burst => limits.CreatesPerSecondPerOwner == 0 ? 0 : Math.Max(limits.CreatesPerSecondPerOwner, 1);

    private LimitUse Gateway => new("live_sessions", "gateway", limits.MaxLive, _live);

    private LimitUse OfOwner(OwnerId owner, Use use) => new("live_sessions", $"owner/{owner}", limits.MaxLivePerOwner, use.Live);

    private static SessionError Full(LimitUse limit) =>
        new(SessionErrorCode.SessionLimitReached, $"{limit.Used} of {limit.Limit} sessions of {limit.Scope} are live; close one, or try again later")
        {
            RetryAfter = RetryWhenFull, Limit = limit,
        };

    private sealed class Use
    {
        public int Live;
        public double Tokens;
        public long FilledAt;
    }

    private sealed class Waiter
    {
        public Waiter(OwnerId owner) => (Owner, Node) = (owner, new(this));

        public OwnerId Owner { get; }

        public LinkedListNode<Waiter> Node { get; }

        public Permit? Permit { get; set; }

        public TaskCompletionSource<Permit> Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
