using System.Collections.Concurrent;
using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

/// <summary>AKOOL's REST side as a table of sessions. Each call can be given another answer. Safe from any thread.</summary>
internal sealed class FakeAkool : IAvatarApi
{
    private readonly ConcurrentDictionary<UpstreamId, UpstreamStatus> _sessions = new();
    private readonly TaskCompletionSource _createCalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _creates, _closes, _details, _lists, _pauses, _ids;

    /// <summary>Status of a session that is made.</summary>
    public UpstreamStatus Born { get; set; } = UpstreamStatus.Processing;

    public Func<int, CancellationToken, Task<Result<UpstreamSession>>>? OnCreate { get; set; }

    public Func<UpstreamId, int, Task<Result<Done>>>? OnClose { get; set; }

    public Func<UpstreamId, Task<Result<UpstreamSession>>>? OnDetail { get; set; }

    public Func<int, int, UpstreamStatus?, Task<Result<UpstreamPage>>>? OnList { get; set; }

    public Func<UpstreamId, Task<Result<Done>>>? OnPause { get; set; }

    public int Creates => Volatile.Read(ref _creates);

    public int Closes => Volatile.Read(ref _closes);

    public int Details => Volatile.Read(ref _details);

    public int Lists => Volatile.Read(ref _lists);

    public int Pauses => Volatile.Read(ref _pauses);

    /// <summary>Done once a create has come.</summary>
    public Task CreateCalled => _createCalled.Task.WaitAsync(World.Hang);

    /// <summary>What costs money now.</summary>
    public IReadOnlyList<UpstreamId> Open => [.. _sessions.Where(IsLive).Select(session => session.Key)];

    /// <summary>Every session that was ever made.</summary>
    public int Made => _sessions.Count;

    public UpstreamStatus this[UpstreamId id]
    {
        get => _sessions[id];
        set => _sessions[id] = value;
    }

    /// <summary>Makes a session, as create does.</summary>
    public UpstreamSession Make()
    {
        var id = new UpstreamId($"upstream-{Interlocked.Increment(ref _ids):00000}");
        _sessions[id] = Born;
        return new(id, Born, new Media("https://media.test/" + id, null), new ChatRoom("wss://room.test/" + id, "wss://server.test/" + id));
    }

    public Task<Result<UpstreamSession>> CreateAsync(SessionConfig config, CancellationToken stopping)
    {
        var number = Interlocked.Increment(ref _creates);
        _createCalled.TrySetResult();
        return OnCreate is { } answer ? answer(number, stopping) : Task.FromResult<Result<UpstreamSession>>(Make());
    }

    public Task<Result<UpstreamSession>> DetailAsync(UpstreamId id, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _details);
        if (OnDetail is { } answer) return answer(id);
        return Task.FromResult<Result<UpstreamSession>>(_sessions.TryGetValue(id, out var status)
            ? new UpstreamSession(id, status, null, null)
            : new SessionError(SessionErrorCode.SessionNotFound, "gone") { UpstreamCode = 1216 });
    }

    public async Task<Result<Done>> CloseAsync(UpstreamId id, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _closes);
        var closed = OnClose is { } answer ? await answer(id, number) : Result.Done;
        if (closed.IsOk) _sessions[id] = UpstreamStatus.Completed;
        return closed;
    }

    public Task<Result<Done>> PauseAsync(UpstreamId id, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _pauses);
        return OnPause is { } answer ? answer(id) : Task.FromResult(Result.Done);
    }

    public Task<Result<UpstreamPage>> ListAsync(int page, int size, UpstreamStatus? status, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _lists);
        if (OnList is { } answer) return answer(page, size, status);
        var all = _sessions.Where(session => status is null || session.Value == status).OrderBy(session => session.Key.Value, StringComparer.Ordinal).ToList();
        return Task.FromResult<Result<UpstreamPage>>(new UpstreamPage(
            [.. all.Skip((page - 1) * size).Take(size).Select(session => new UpstreamSession(session.Key, session.Value, null, null))], all.Count));
    }

    public Task<Result<IReadOnlyList<Avatar>>> ListAvatarsAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Avatar>> GetAvatarAsync(string recordId, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Avatar>> CreateAvatarAsync(NewAvatar avatar, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<Voice>>> ListVoicesAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<Language>>> ListLanguagesAsync(CancellationToken cancellation) => throw new NotSupportedException();

    private static bool IsLive(KeyValuePair<UpstreamId, UpstreamStatus> session) => session.Value is UpstreamStatus.Queueing or UpstreamStatus.Processing;
}
