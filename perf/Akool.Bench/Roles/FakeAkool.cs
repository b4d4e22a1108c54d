using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Akool.Bench.Roles;

/// <summary>
/// The upstream of the bench: AKOOL's wire with constant work a turn, so that its own CPU a round trip shows whether the machine was quiet.
/// It is not the emulator: no faults, no journal. A text "flood=n" is answered again and again for n seconds.
/// </summary>
internal sealed class FakeAkool(string authority, bool markAnswerEnd)
{
    /// <summary>Answers a second of a flood, of 150 characters each: more in any second than a stream may hold back is not needed, for long is.</summary>
    private const int FloodPerSecond = 2_000;

    private readonly ConcurrentDictionary<string, int> _open = [];
    private int _last;
    private int _openCount;
    private int _floods;

    public void Map(WebApplication app)
    {
        app.MapPost("/api/open/v3/getToken", () => Results.Json(new { code = 1000, token = "bench" }));
        app.MapPost("/api/open/v3/liveAvatar/session/create", Create);
        app.MapGet("/api/open/v3/liveAvatar/session/detail", (string id) => Results.Json(new
        {
            code = 1000,
            msg = "OK",
            data = new { _id = id, uid = 1, type = 1, status = _open.ContainsKey(id) ? 2 : 3, task_id = id },
        }));
        app.MapPost("/api/open/v3/liveAvatar/session/close", CloseAsync);
        app.MapPost("/api/open/v3/liveAvatar/session/pause", () => Results.Json(new { code = 1000, msg = "OK" }));
        app.MapGet("/api/open/v3/liveAvatar/session/list", () => Results.Json(new { code = 1000, msg = "OK", data = new { count = 0, result = Array.Empty<int>() } }));
        app.MapGet("/bench/open", () => Volatile.Read(ref _openCount));
        app.MapGet("/bench/floods", () => Volatile.Read(ref _floods));
        app.Map("/final_{stream}/{peer}", ChatAsync);
    }

    private IResult Create()
    {
        var number = Interlocked.Increment(ref _last);
        var id = number.ToString("x24", CultureInfo.InvariantCulture);
        _open[id] = number;
        Interlocked.Increment(ref _openCount);
        return Results.Json(new
        {
            code = 1000,
            msg = "OK",
            data = new
            {
                _id = id,
                uid = 1,
                type = 1,
                status = 2,
                task_id = id,
                app_name = "openapi_live",
                stream_name = $"{id}_{number}",
                stream_urls = new
                {
                    client_pull_stream_url = $"http://{authority}/{id}.flv",
                    client_chat_room_url = $"ws://{authority}/final_{id}_{number}/client_{number}.chat",
                    server_chat_room_url = $"ws://{authority}/final_{id}_{number}/server_{number}.chat",
                },
            },
        });
    }

    private async Task<IResult> CloseAsync(HttpRequest request)
    {
        var id = (await JsonNode.ParseAsync(request.Body))?["id"]?.GetValue<string>();
        if (id is null || !_open.TryRemove(id, out _)) return Results.Json(new { code = 1216, msg = "session not exist" });
        Interlocked.Decrement(ref _openCount);
        return Results.Json(new { code = 1000, msg = "OK" });
    }

    // Paced, so that it presses for as long as it is asked to and not for a moment. Whoever is flooded ends it by closing the socket.
    private async Task FloodAsync(WebSocket socket, ReadOnlyMemory<byte> answer, TimeSpan length)
    {
        var begin = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        Interlocked.Increment(ref _floods);
        try
        {
            for (var sent = 0; TimeProvider.System.GetElapsedTime(begin) is var passed && passed < length; await timer.WaitForNextTickAsync())
                for (; sent < passed.TotalSeconds * FloodPerSecond; sent++) await socket.SendAsync(answer, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (WebSocketException) { }
        finally
        {
            Interlocked.Decrement(ref _floods);
        }
    }

    private async Task ChatAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var frames = new AkoolFrames(markAnswerEnd);
        var buffer = new byte[AkoolFrames.LargestFrame];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close) break;
            var (answer, flood) = frames.AnswerTo(buffer.AsSpan(0, received.Count));
            await socket.SendAsync(answer, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            if (flood > 0) await FloodAsync(socket, answer, TimeSpan.FromSeconds(flood));
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
