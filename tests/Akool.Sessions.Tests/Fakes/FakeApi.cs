using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Fakes;

/// <summary>AKOOL's REST side as the chat needs it: it pauses, and a test may hold that up. All else is not called by a chat.</summary>
internal sealed class FakeApi : IAvatarApi
{
    /// <summary>How many pauses were asked for.</summary>
    public int Pauses { get; private set; }

    /// <summary>What a pause waits for and gives; null: it goes well at once.</summary>
    public Func<CancellationToken, Task<Result<Done>>>? OnPause { get; set; }

    /// <summary>Called with each pause, to note its place among other things.</summary>
    public Action? Paused { get; set; }

    public Task<Result<Done>> PauseAsync(UpstreamId id, CancellationToken cancellation)
    {
        Pauses++;
        Paused?.Invoke();
        return OnPause?.Invoke(cancellation) ?? Task.FromResult(Result.Done);
    }

    public Task<Result<UpstreamSession>> CreateAsync(SessionConfig config, CancellationToken stopping) => throw new NotSupportedException();

    public Task<Result<UpstreamSession>> DetailAsync(UpstreamId id, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Done>> CloseAsync(UpstreamId id, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<UpstreamPage>> ListAsync(int page, int size, UpstreamStatus? status, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<Avatar>>> ListAvatarsAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Avatar>> GetAvatarAsync(string recordId, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Avatar>> CreateAvatarAsync(NewAvatar avatar, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<Voice>>> ListVoicesAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<Language>>> ListLanguagesAsync(CancellationToken cancellation) => throw new NotSupportedException();
}
