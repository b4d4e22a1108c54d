using Akool.Sessions.Ports;
using Microsoft.Extensions.Time.Testing;

namespace Akool.Sessions.Tests;

public sealed class CatalogTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);
    private static readonly SessionError Down = new(SessionErrorCode.UpstreamUnavailable, "down");

    private readonly FakeTimeProvider _time = new();
    private readonly FakeAvatarApi _api = new();
    private readonly Catalog _catalog;

    public CatalogTests() => _catalog = new Catalog(_api, _time);

    [Fact]
    public async Task A_hundred_callers_make_one_call()
    {
        var held = new TaskCompletionSource();
        _api.Hold = held.Task;

        var calls = Enumerable.Range(0, 100).Select(_ => _catalog.ListVoicesAsync(CancellationToken.None)).ToList();
        held.SetResult();
        var results = await Task.WhenAll(calls).WaitAsync(Hang);

        Assert.All(results, result => Assert.Equal("v", Assert.Single(result.Value).VoiceId));
        Assert.Equal(1, _api.VoiceCalls);
    }

    [Fact]
    public async Task A_caller_that_leaves_does_not_stop_the_read_for_the_others()
    {
        var held = new TaskCompletionSource();
        _api.Hold = held.Task;
        using var leaving = new CancellationTokenSource();

        var left = _catalog.ListVoicesAsync(leaving.Token);
        var stays = _catalog.ListVoicesAsync(CancellationToken.None);
        await leaving.CancelAsync();
        var leftResult = await left.WaitAsync(Hang);
        held.SetResult();

        Assert.Equal(SessionErrorCode.Canceled, leftResult.Error!.Code);
        Assert.True((await stays.WaitAsync(Hang)).IsOk);
        Assert.Equal(1, _api.VoiceCalls);
    }

    [Fact]
    public async Task A_list_is_read_again_once_it_is_no_longer_fresh()
    {
        await _catalog.ListLanguagesAsync(CancellationToken.None).WaitAsync(Hang);
        _time.Advance(Catalog.Fresh - TimeSpan.FromTicks(1));
        await _catalog.ListLanguagesAsync(CancellationToken.None).WaitAsync(Hang);
        var before = _api.LanguageCalls;
        _time.Advance(TimeSpan.FromTicks(1));
        await _catalog.ListLanguagesAsync(CancellationToken.None).WaitAsync(Hang);

        Assert.Equal((1, 2), (before, _api.LanguageCalls));
    }

    [Fact]
    public async Task An_older_list_serves_while_AKOOL_is_away_but_not_for_ever()
    {
        await _catalog.ListVoicesAsync(CancellationToken.None).WaitAsync(Hang);
        _api.Failure = Down;
        _time.Advance(Catalog.Fresh);

        var stale = await _catalog.ListVoicesAsync(CancellationToken.None).WaitAsync(Hang);
        var resting = await _catalog.ListVoicesAsync(CancellationToken.None).WaitAsync(Hang);
        var callsWhileAway = _api.VoiceCalls;
        _time.Advance(Catalog.Usable);
        var tooOld = await _catalog.ListVoicesAsync(CancellationToken.None).WaitAsync(Hang);

        Assert.True(stale.IsOk && resting.IsOk);
        Assert.Equal(2, callsWhileAway);
        Assert.Equal(SessionErrorCode.UpstreamUnavailable, tooOld.Error!.Code);
    }

    [Fact]
    public async Task A_first_read_that_fails_is_tried_again_by_the_next_caller()
    {
        _api.Failure = Down;
        var failed = await _catalog.ListVoicesAsync(CancellationToken.None).WaitAsync(Hang);
        _api.Failure = null;
        var tried = await _catalog.ListVoicesAsync(CancellationToken.None).WaitAsync(Hang);

        Assert.False(failed.IsOk);
        Assert.True(tried.IsOk);
    }

    [Fact]
    public async Task A_read_that_never_ends_is_given_up()
    {
        _api.Hold = new TaskCompletionSource().Task;

        var call = _catalog.ListVoicesAsync(CancellationToken.None);
        await _api.Called.WaitAsync(Hang);
        _time.Advance(CachedValue<Voice>.ReadLimit);
        var result = await call.WaitAsync(Hang);

        Assert.Equal(SessionErrorCode.UpstreamTimeout, result.Error!.Code);
    }

    [Fact]
    public async Task Avatars_come_in_order_and_each_once()
    {
        _api.Avatars = [NewAvatar("b", "2"), NewAvatar("a", "9"), NewAvatar("b", "1"), NewAvatar("b", "2")];

        var avatars = await _catalog.ListAvatarsAsync(CancellationToken.None).WaitAsync(Hang);

        Assert.Equal([("a", "9"), ("b", "1"), ("b", "2")], avatars.Value.Select(avatar => (avatar.AvatarId, avatar.RecordId)));
    }

    [Theory]
    [InlineData("kai")]
    [InlineData("r-kai")]
    public async Task A_ready_avatar_is_found_by_either_id_without_a_call_of_its_own(string id)
    {
        _api.Avatars = [NewAvatar("kai", "r-kai")];

        var avatar = await _catalog.GetAvatarAsync(id, CancellationToken.None).WaitAsync(Hang);

        Assert.Equal("kai", avatar.Value.AvatarId);
        Assert.Equal(0, _api.AvatarCalls);
    }

    [Fact]
    public async Task An_avatar_in_the_making_is_followed_until_it_is_ready()
    {
        _api.Avatars = [NewAvatar("mine", "r-mine", AvatarState.Queueing)];
        _api.Records["r-mine"] = NewAvatar("mine", "r-mine", AvatarState.Processing);

        var first = await _catalog.GetAvatarAsync("mine", CancellationToken.None).WaitAsync(Hang);
        _api.Records["r-mine"] = NewAvatar("mine", "r-mine", AvatarState.Ready);
        var tooSoon = await _catalog.GetAvatarAsync("mine", CancellationToken.None).WaitAsync(Hang);
        _time.Advance(Catalog.Followed);
        var later = await _catalog.GetAvatarAsync("mine", CancellationToken.None).WaitAsync(Hang);

        Assert.Equal([AvatarState.Processing, AvatarState.Processing, AvatarState.Ready], [first.Value.State, tooSoon.Value.State, later.Value.State]);
    }

    [Fact]
    public async Task A_change_that_following_finds_out_is_in_the_next_list()
    {
        _api.Avatars = [NewAvatar("mine", "r-mine", AvatarState.Processing)];
        _api.Records["r-mine"] = NewAvatar("mine", "r-mine");
        await _catalog.GetAvatarAsync("mine", CancellationToken.None).WaitAsync(Hang);
        _api.Avatars = [NewAvatar("mine", "r-mine")];

        var avatars = await _catalog.ListAvatarsAsync(CancellationToken.None).WaitAsync(Hang);

        Assert.Equal(AvatarState.Ready, Assert.Single(avatars.Value).State);
    }

    [Fact]
    public async Task An_unknown_avatar_is_looked_for_once_in_a_while()
    {
        var results = new List<SessionErrorCode?>();
        for (var i = 0; i < 3; i++) results.Add((await _catalog.GetAvatarAsync("nobody", CancellationToken.None).WaitAsync(Hang)).Error?.Code);

        Assert.All(results, code => Assert.Equal(SessionErrorCode.CatalogItemNotFound, code));
        Assert.Equal(1, _api.AvatarCalls);
    }

    [Fact]
    public async Task Ids_that_somebody_guesses_are_all_answered_and_do_not_pile_up()
    {
        for (var i = 0; i < 1000; i++)
            Assert.Equal(SessionErrorCode.CatalogItemNotFound, (await _catalog.GetAvatarAsync($"guess{i}", CancellationToken.None).WaitAsync(Hang)).Error!.Code);

        Assert.InRange(_catalog.FollowedCount, 1, 256);
    }

    [Fact]
    public async Task A_new_avatar_is_in_the_next_list()
    {
        await _catalog.ListAvatarsAsync(CancellationToken.None).WaitAsync(Hang);
        _api.Avatars = [NewAvatar("new", "r-new", AvatarState.Queueing)];
        await _catalog.CreateAvatarAsync(new NewAvatar("new", "https://example.com/v.mp4", "", false), CancellationToken.None).WaitAsync(Hang);

        var avatars = await _catalog.ListAvatarsAsync(CancellationToken.None).WaitAsync(Hang);

        Assert.Equal("new", Assert.Single(avatars.Value).AvatarId);
    }

    private static Avatar NewAvatar(string id, string record, AvatarState state = AvatarState.Ready) => new(id, record, "", "", "", state);

    private sealed class FakeAvatarApi : IAvatarApi
    {
        private readonly TaskCompletionSource _called = new();

        public Task Hold { get; set; } = Task.CompletedTask;

        public Task Called => _called.Task;

        public SessionError? Failure { get; set; }

        public IReadOnlyList<Avatar> Avatars { get; set; } = [];

        public Dictionary<string, Avatar> Records { get; } = [];

        public int VoiceCalls { get; private set; }

        public int LanguageCalls { get; private set; }

        public int AvatarCalls { get; private set; }

        public async Task<Result<IReadOnlyList<Voice>>> ListVoicesAsync(CancellationToken cancellation)
        {
            VoiceCalls++;
            return await AnswerAsync<Voice>([new("v", "", "", "", "")], cancellation);
        }

        public async Task<Result<IReadOnlyList<Language>>> ListLanguagesAsync(CancellationToken cancellation)
        {
            LanguageCalls++;
            return await AnswerAsync<Language>([new("en", "English")], cancellation);
        }

        public Task<Result<IReadOnlyList<Avatar>>> ListAvatarsAsync(CancellationToken cancellation) => AnswerAsync(Avatars, cancellation);

        public Task<Result<Avatar>> GetAvatarAsync(string recordId, CancellationToken cancellation)
        {
            AvatarCalls++;
            return Task.FromResult(Records.TryGetValue(recordId, out var avatar)
                ? Result.Ok(avatar)
                : new SessionError(SessionErrorCode.CatalogItemNotFound, "no such record"));
        }

        public Task<Result<Avatar>> CreateAvatarAsync(NewAvatar avatar, CancellationToken cancellation) =>
            Task.FromResult(Result.Ok(NewAvatar(avatar.AvatarId, "r-" + avatar.AvatarId, AvatarState.Queueing)));

        public Task<Result<UpstreamSession>> CreateAsync(SessionConfig config, CancellationToken stopping) => throw new NotSupportedException();

        public Task<Result<UpstreamSession>> DetailAsync(UpstreamId id, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Result<Done>> CloseAsync(UpstreamId id, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Result<Done>> PauseAsync(UpstreamId id, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Result<UpstreamPage>> ListAsync(int page, int size, UpstreamStatus? status, CancellationToken cancellation) => throw new NotSupportedException();

        private async Task<Result<IReadOnlyList<T>>> AnswerAsync<T>(IReadOnlyList<T> items, CancellationToken cancellation)
        {
            _called.TrySetResult();
            await Hold.WaitAsync(cancellation);
            return Failure is { } failure ? failure : Result.Ok(items);
        }
    }
}
