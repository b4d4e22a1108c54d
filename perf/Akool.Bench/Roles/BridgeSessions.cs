using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Akool.Bench.Roles;

/// <summary>Sessions of the bridge: AKOOL's id and chat-room URL, nothing else.</summary>
internal sealed class BridgeSessions(Uri upstream, Slowness slowness) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = upstream };
    private readonly ConcurrentDictionary<string, Uri> _rooms = [];

    public Slowness Slowness => slowness;

    public async Task<string> CreateAsync(string avatarId)
    {
        using var answer = await _http.PostAsJsonAsync("/api/open/v3/liveAvatar/session/create", new { avatar_id = avatarId });
        var data = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["data"]!;
        var id = data["_id"]!.GetValue<string>();
        _rooms[id] = new Uri(data["stream_urls"]!["client_chat_room_url"]!.GetValue<string>());
        return $"sessions/{id}";
    }

    public async Task CloseAsync(string name)
    {
        var id = name["sessions/".Length..];
        _rooms.TryRemove(id, out _);
        using var answer = await _http.PostAsJsonAsync("/api/open/v3/liveAvatar/session/close", new { id });
    }

    public void Dispose()
    {
        _http.Dispose();
        slowness.Dispose();
    }

    public Uri? RoomOf(string name) => _rooms.GetValueOrDefault(name["sessions/".Length..]);
}
