namespace Akool.Sessions.Tests.Life;

public sealed class AdmissionTests
{
    private static readonly OwnerId A = new("a");
    private static readonly OwnerId B = new("b");
    private readonly ArmedTime _time = new();

    [Fact]
    public async Task A_full_gateway_refuses_with_its_limit_its_use_and_when_to_come_back()
    {
        var admission = New(new() { MaxLive = 2, MaxLivePerOwner = 2 });
        await AdmitAsync(admission, A);
        await AdmitAsync(admission, B);

        var refused = (await AdmitAsync(admission, B)).Error!;

        Assert.Equal(SessionErrorCode.SessionLimitReached, refused.Code);
        Assert.Equal(new LimitUse("live_sessions", "gateway", 2, 2), refused.Limit);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_full_owner_is_refused_alone()
    {
        var admission = New(new() { MaxLive = 10, MaxLivePerOwner = 1 });
        await AdmitAsync(admission, A);

        var refused = (await AdmitAsync(admission, A)).Error!;
        var other = await AdmitAsync(admission, B);

        Assert.Equal(new LimitUse("live_sessions", "owner/a", 1, 1), refused.Limit);
        Assert.True(other.IsOk);
    }

    [Fact]
    public async Task Of_a_hundred_at_once_exactly_as_many_are_admitted_as_there_is_room()
    {
        var admission = New(new() { MaxLive = 100, MaxLivePerOwner = 50 });
        for (var i = 0; i < 49; i++) await AdmitAsync(admission, A);

        var all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => AdmitAsync(admission, A))));

        Assert.Equal(1, all.Count(result => result.IsOk));
    }

    [Fact]
    public async Task A_permit_given_back_twice_frees_one_place()
    {
        var admission = New(new() { MaxLive = 2 });
        var one = await AdmitAsync(admission, A);
        await AdmitAsync(admission, A);

        one.Value.Dispose();
        one.Value.Dispose();

        Assert.True((await AdmitAsync(admission, A)).IsOk);
        Assert.False((await AdmitAsync(admission, A)).IsOk);
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    public async Task An_owner_may_burst_by_a_second_and_then_keep_the_rate(double rate, int burst)
    {
        var admission = New(new() { CreatesPerSecondPerOwner = rate });
        for (var i = 0; i < burst; i++) Assert.True((await AdmitAsync(admission, A)).IsOk);

        var refused = (await AdmitAsync(admission, A)).Error!;
        _time.Advance(refused.RetryAfter!.Value - TimeSpan.FromMilliseconds(10));
        var tooSoon = (await AdmitAsync(admission, A)).Error;
        _time.Advance(TimeSpan.FromMilliseconds(10));
        var inTime = await AdmitAsync(admission, A);

        Assert.Equal((SessionErrorCode.RateLimited, SessionErrorCode.RateLimited), (refused.Code, tooSoon?.Code));
        Assert.Equal("owner/a", refused.Limit!.Scope);
        Assert.True(inTime.IsOk);
    }

    [Fact]
    public async Task A_create_may_wait_for_a_place()
    {
        var admission = New(new() { MaxLive = 1, AdmissionWait = TimeSpan.FromSeconds(10) });
        var first = await AdmitAsync(admission, A);

        var waiting = admission.AdmitAsync(B, CancellationToken.None);
        var before = waiting.IsCompleted;
        first.Value.Dispose();
        var admitted = await waiting.WaitAsync(World.Hang);

        Assert.False(before);
        Assert.True(admitted.IsOk);
        Assert.Equal(1, admission.Uses[0].Used);
    }

    [Fact]
    public async Task Those_who_wait_are_admitted_in_order()
    {
        var admission = New(new() { MaxLive = 1, AdmissionWait = TimeSpan.FromSeconds(10) });
        var first = await AdmitAsync(admission, A);
        var (one, two) = (admission.AdmitAsync(B, CancellationToken.None), admission.AdmitAsync(A, CancellationToken.None));

        first.Value.Dispose();
        await one.WaitAsync(World.Hang);

        Assert.False(two.IsCompleted);
    }

    [Fact]
    public async Task A_wait_that_is_too_long_ends_with_the_limit_that_was_met()
    {
        var admission = New(new() { MaxLive = 10, MaxLivePerOwner = 1, AdmissionWait = TimeSpan.FromSeconds(10) });
        await AdmitAsync(admission, A);

        var waiting = admission.AdmitAsync(A, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(10));
        var refused = (await waiting.WaitAsync(World.Hang)).Error!;

        Assert.Equal((SessionErrorCode.SessionLimitReached, "owner/a"), (refused.Code, refused.Limit!.Scope));
    }

    [Fact]
    public async Task A_cancelled_wait_takes_no_place()
    {
        var admission = New(new() { MaxLive = 1, AdmissionWait = TimeSpan.FromSeconds(10) });
        var first = await AdmitAsync(admission, A);
        using var leaving = new CancellationTokenSource();
        var waiting = admission.AdmitAsync(A, leaving.Token);

        await leaving.CancelAsync();
        var left = (await waiting.WaitAsync(World.Hang)).Error!;
        first.Value.Dispose();

        Assert.Equal(SessionErrorCode.Canceled, left.Code);
        Assert.Equal(0, admission.Uses[0].Used);
    }

    [Fact]
    public async Task An_owner_that_waits_at_its_own_limit_holds_up_nobody_else()
    {
        var admission = New(new() { MaxLive = 10, MaxLivePerOwner = 1, AdmissionWait = TimeSpan.FromSeconds(10) });
        await AdmitAsync(admission, A);
        var waiting = admission.AdmitAsync(A, CancellationToken.None);

        var other = admission.AdmitAsync(B, CancellationToken.None);

        Assert.True(other.IsCompleted);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task A_session_that_is_live_already_counts_over_the_limit()
    {
        var admission = New(new() { MaxLive = 1 });

        var (one, two) = (admission.Readmit(A), admission.Readmit(A));
        one.Dispose();
        var stillFull = await AdmitAsync(admission, A);
        two.Dispose();

        Assert.False(stillFull.IsOk);
        Assert.True((await AdmitAsync(admission, A)).IsOk);
    }

    private Admission New(SessionLimits limits) => new(limits, _time);

    private static Task<Result<Permit>> AdmitAsync(Admission admission, OwnerId owner) => admission.AdmitAsync(owner, CancellationToken.None).WaitAsync(World.Hang);
}
