using Akool.Sessions;
using Akool.Sessions.Ports;
using Domain = Akool.Sessions.Ports;

namespace Akool.Gateway.Tests.Hosting;

/// <summary>AKOOL's catalogue without AKOOL; counts what it is asked.</summary>
internal sealed class FakeAvatarApi : IAvatarApi
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public Exception? Bug { get; set; }

    public SessionError? Failure { get; set; }

    public Func<CancellationToken, Task> Hold { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<Domain.Avatar> Avatars { get; set; } = [];

    public Task<Result<IReadOnlyList<Domain.Avatar>>> ListAvatarsAsync(CancellationToken cancellation) => AnswerAsync(Avatars, cancellation);

    public Task<Result<Domain.Avatar>> GetAvatarAsync(string recordId, CancellationToken cancellation) =>
        Task.FromResult<Result<Domain.Avatar>>(new SessionError(SessionErrorCode.CatalogItemNotFound, "no such record"));

    public Task<Result<Domain.Avatar>> CreateAvatarAsync(NewAvatar avatar, CancellationToken cancellation) =>
        AnswerAsync(new Domain.Avatar(avatar.AvatarId, "r-" + avatar.AvatarId, avatar.DisplayName, "", "", AvatarState.Queueing), cancellation);

    public Task<Result<IReadOnlyList<Voice>>> ListVoicesAsync(CancellationToken cancellation) =>
        AnswerAsync<IReadOnlyList<Voice>>([new Voice("v-1", "Anna", "female", "british", "https://example.com/s")], cancellation);

    public Task<Result<IReadOnlyList<Language>>> ListLanguagesAsync(CancellationToken cancellation) =>
        AnswerAsync<IReadOnlyList<Language>>([new Language("en", "English")], cancellation);

    public Task<Result<UpstreamSession>> CreateAsync(SessionConfig config, CancellationToken stopping) => throw new NotSupportedException();

    public Task<Result<UpstreamSession>> DetailAsync(UpstreamId id, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Done>> CloseAsync(UpstreamId id, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Done>> PauseAsync(UpstreamId id, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<UpstreamPage>> ListAsync(int page, int size, UpstreamStatus? status, CancellationToken cancellation) =>
        Task.FromResult<Result<UpstreamPage>>(new UpstreamPage([], 0));

    private async Task<Result<T>> AnswerAsync<T>(T value, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _calls);
        await Hold(cancellation);
        if (Bug is { } bug) throw bug;
        return Failure is { } failure ? failure : Result.Ok(value);
    }
}
