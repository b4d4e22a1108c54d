using Akool.Sessions.Ports;

namespace Akool.Sessions;

/// <summary>What a session can be made of, as AKOOL tells it, kept so that callers do not each ask AKOOL. Safe from any thread.</summary>
public sealed class Catalog
{
    /// <summary>How long the lists are kept before they are read again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>How old a list may become while AKOOL cannot be read.</summary>
    public static readonly TimeSpan Usable = TimeSpan.FromHours(1);

    /// <summary>How long the state of a custom avatar in the making, and that there is no such avatar, are kept.</summary>
    public static readonly TimeSpan Followed = TimeSpan.FromSeconds(3);

    // Avatars in the making, and ids that somebody guesses: a few at a time.
    private const int MostFollowed = 256;

    private readonly IAvatarApi _api;
    private readonly TimeProvider _time;
    private readonly CachedValue<IReadOnlyList<Avatar>> _avatars;
    private readonly CachedValue<IReadOnlyList<Voice>> _voices;
    private readonly CachedValue<IReadOnlyList<Language>> _languages;
    private readonly Lock _gate = new(); // guards _followed
    private readonly Dictionary<string, CachedValue<Avatar?>> _followed = new(StringComparer.Ordinal);

    /// <summary>Reads nothing before it is asked.</summary>
    public Catalog(IAvatarApi api, TimeProvider time)
    {
        (_api, _time) = (api, time);
        _avatars = new(ReadAvatarsAsync, Fresh, Usable, time);
        _voices = new(api.ListVoicesAsync, Fresh, Usable, time);
        _languages = new(api.ListLanguagesAsync, Fresh, Usable, time);
    }

    /// <summary>How many ids are kept beside the lists.</summary>
    internal int FollowedCount
    {
        get
        {
            lock (_gate) return _followed.Count;
        }
    }

    /// <summary>All avatars, by avatar id and then record id (ordinal), each once. Errors: AKOOL's; Canceled.</summary>
    public Task<Result<IReadOnlyList<Avatar>>> ListAvatarsAsync(CancellationToken caller) => _avatars.GetAsync(caller);

    /// <summary>All voices. Errors: AKOOL's; Canceled.</summary>
    public Task<Result<IReadOnlyList<Voice>>> ListVoicesAsync(CancellationToken caller) => _voices.GetAsync(caller);

    /// <summary>All languages. Errors: AKOOL's; Canceled.</summary>
    public Task<Result<IReadOnlyList<Language>>> ListLanguagesAsync(CancellationToken caller) => _languages.GetAsync(caller);

    /// <summary>
    /// One avatar by its avatar id or its record id; one in the making as it is now, give or take <see cref="Followed"/>.
    /// Errors: CatalogItemNotFound; AKOOL's; Canceled.
    /// </summary>
    public async Task<Result<Avatar>> GetAvatarAsync(string id, CancellationToken caller)
    {
        var avatars = await ListAvatarsAsync(caller);
        if (!avatars.IsOk) return avatars.Error;
        var listed = avatars.Value.FirstOrDefault(avatar => avatar.AvatarId == id) ?? avatars.Value.FirstOrDefault(avatar => avatar.RecordId == id);
        if (listed is { State: not (AvatarState.Queueing or AvatarState.Processing) } or { RecordId: "" }) return listed;

        var followed = await Follow(listed?.RecordId ?? id).GetAsync(caller);
        if (!followed.IsOk) return followed.Error;
        if (followed.Value is not { } avatar) return new SessionError(SessionErrorCode.CatalogItemNotFound, "there is no such avatar");
        if (avatar.State != listed?.State) _avatars.Invalidate();
        return avatar;
    }

    /// <summary>Makes a custom avatar from a video. Errors: AKOOL's.</summary>
    public async Task<Result<Avatar>> CreateAvatarAsync(NewAvatar avatar, CancellationToken caller)
    {
        var made = await _api.CreateAvatarAsync(avatar, caller);
        // Also where it failed: a timeout may hide an avatar that was made.
        _avatars.Invalidate();
        return made;
    }

    private async Task<Result<IReadOnlyList<Avatar>>> ReadAvatarsAsync(CancellationToken cancellation)
    {
        var avatars = await _api.ListAvatarsAsync(cancellation);
        if (!avatars.IsOk) return avatars.Error;
        return avatars.Value
            .DistinctBy(avatar => (avatar.AvatarId, avatar.RecordId))
            .OrderBy(avatar => avatar.AvatarId, StringComparer.Ordinal)
            .ThenBy(avatar => avatar.RecordId, StringComparer.Ordinal)
            .ToArray();
    }

    private CachedValue<Avatar?> Follow(string recordId)
    {
        lock (_gate)
        {
            if (_followed.TryGetValue(recordId, out var known)) return known;
            if (_followed.Count >= MostFollowed) MakeRoom();
            return _followed[recordId] = new(cancellation => ReadAvatarAsync(recordId, cancellation), Followed, TimeSpan.Zero, _time);
        }
    }

    private void MakeRoom()
    {
        foreach (var (id, value) in _followed)
            if (value.IsIdle) _followed.Remove(id);
        // All are asked for right now. Who waits for the one that is dropped still gets its answer.
        if (_followed.Count >= MostFollowed) _followed.Remove(_followed.Keys.First());
    }

    private async Task<Result<Avatar?>> ReadAvatarAsync(string recordId, CancellationToken cancellation)
    {
        var avatar = await _api.GetAvatarAsync(recordId, cancellation);
        if (avatar.IsOk) return avatar.Value;
        return avatar.Error.Code == SessionErrorCode.CatalogItemNotFound ? Result.Ok<Avatar?>(null) : avatar.Error;
    }
}
