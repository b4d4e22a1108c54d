using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Akool.Emulator.Rest;

namespace Akool.Emulator.Tests;

/// <summary>A client of protocol A as a test needs it: raw JSON in and out.</summary>
internal sealed class Caller : IDisposable
{
    private readonly HttpClient _http;

    public Caller(AkoolEmulator akool, string? token = "emulator-token")
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = akool.BaseUrl, Timeout = TestLimits.Hang };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Http => _http;

    /// <summary>Calls and gives the response as it is. A body makes it a POST.</summary>
    public Task<HttpResponseMessage> SendAsync(RestOperation operation, string query = "", JsonNode? body = null) =>
        body is null ? _http.GetAsync(RestPaths.Of(operation) + query, HttpCompletionOption.ResponseHeadersRead) : _http.PostAsJsonAsync(RestPaths.Of(operation), body);

    /// <summary>Calls and gives the body as JSON.</summary>
    public async Task<JsonNode> CallAsync(RestOperation operation, string query = "", JsonNode? body = null)
    {
        using var response = await SendAsync(operation, query, body);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Calls and gives the business code.</summary>
    public async Task<int> CodeAsync(RestOperation operation, string query = "", JsonNode? body = null) => (int)(await CallAsync(operation, query, body))["code"]!;

    public async Task<Room> CreateAsync(string avatar = "Kai_1080P_back")
    {
        var answer = await CallAsync(RestOperation.CreateSession, body: new JsonObject { ["avatar_id"] = avatar });
        var data = answer["data"]!;
        return new((string)data["_id"]!, (string)data["stream_urls"]!["client_chat_room_url"]!, (string)data["stream_urls"]!["server_chat_room_url"]!);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>A session's id and chat-room URLs, as create tells them.</summary>
internal sealed record Room(string Id, string ClientUrl, string ServerUrl)
{
    /// <summary>As AKOOL's own demo reads it off the URL.</summary>
    public string ServerId => ServerUrl.Split('/')[^1].Split('.')[0].Split('?')[0];

    public async Task<Talk> OpenAsync()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(ClientUrl), CancellationToken.None).WaitAsync(TestLimits.Hang);
        return new Talk(socket, ServerId);
    }
}

/// <summary>One open chat room.</summary>
internal sealed class Talk(ClientWebSocket socket, string server) : IDisposable
{
    public ClientWebSocket Socket => socket;

    public Task SayAsync(string question, string id = "msg-1", int mode = 1, JsonObject? prompt = null)
    {
        var payload = new JsonObject
        {
            ["message_id"] = id,
            ["voice_id"] = "v",
            ["language"] = "en",
            ["mode_type"] = mode,
            ["prompt"] = prompt ?? new JsonObject { ["from"] = "text", ["content"] = "" },
            ["question"] = question,
        };
        return SendAsync(new JsonObject { ["type"] = "chat", ["to"] = server, ["payload"] = payload.ToJsonString() }.ToJsonString());
    }

    public Task SendAsync(string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WaitAsync(TestLimits.Hang);

    /// <summary>The next frame's text; null: the peer said goodbye.</summary>
    public async Task<string?> ReadTextAsync()
    {
        var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(TestLimits.Hang);
            if (part.MessageType is WebSocketMessageType.Close) return null;
            await all.WriteAsync(buffer.AsMemory(0, part.Count));
            if (part.EndOfMessage) return Encoding.UTF8.GetString(all.ToArray());
        }
    }

    public async Task<JsonNode> ReadFrameAsync() => JsonNode.Parse((await ReadTextAsync())!)!;

    public async Task<JsonNode> ReadPayloadAsync() => JsonNode.Parse((string)(await ReadFrameAsync())["payload"]!)!;

    public async Task<string> ReadAnswerAsync() => (string)(await ReadPayloadAsync())["answer"]!;

    /// <summary>The next n answers, joined.</summary>
    public async Task<string> ReadAnswersAsync(int count)
    {
        var joined = new StringBuilder();
        for (var i = 0; i < count; i++) joined.Append(await ReadAnswerAsync());
        return joined.ToString();
    }

    public void Dispose() => socket.Dispose();
}

internal static class TestLimits
{
    /// <summary>Longer than anything that works takes, on a machine that is busy with other things.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);
}
