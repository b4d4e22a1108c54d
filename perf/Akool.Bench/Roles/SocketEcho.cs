using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Akool.Bench.Roles;

/// <summary>B2: the least that Kestrel must do to answer each websocket frame with itself.</summary>
internal static class SocketEcho
{
    private const int LargestFrame = 4096;

    public static async Task HandleAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[LargestFrame];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, received.EndOfMessage, CancellationToken.None);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
