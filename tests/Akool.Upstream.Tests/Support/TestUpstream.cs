using Akool.Sessions.Ports;
using Akool.Upstream.Connection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Akool.Upstream.Tests.Support;

/// <summary>The room as the gateway composes it, over a real network.</summary>
internal sealed class TestUpstream : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private SocketWatch? _watch;

    public TestUpstream(string baseUrl, TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] all = [("BaseUrl", baseUrl), ("Token", "token-1"), .. settings];
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(all.Select(setting => KeyValuePair.Create("Akool:" + setting.Key, (string?)setting.Value))).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddMetrics();
        if (time is not null) services.AddSingleton(time);
        _services = services.AddAkoolUpstream().BuildServiceProvider();
    }

    public IAvatarApi Api => _services.GetRequiredService<IAvatarApi>();

    public IChatSocketFactory Sockets => _services.GetRequiredService<IChatSocketFactory>();

    /// <summary>Opens a room; <paramref name="silence"/> shortens how long a silent peer is borne.</summary>
    public async Task<IChatSocket> OpenAsync(RawRoom room, KeepAlive? silence = null)
    {
        var factory = silence is null ? Sockets : Factory(silence.Value);
        return (await factory.OpenAsync(room.Room, default).WaitAsync(StubAkool.Hang)).Value;
    }

    private ChatSocketFactory Factory(KeepAlive silence) => new(
        _services.GetRequiredService<ChatRoomAllowList>(),
        _services.GetRequiredService<RoomDialer>(),
        _watch ??= new SocketWatch(silence, TimeProvider.System),
        TimeProvider.System,
        NullLogger<ChatSocketFactory>.Instance);

    public ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        return _services.DisposeAsync();
    }
}
