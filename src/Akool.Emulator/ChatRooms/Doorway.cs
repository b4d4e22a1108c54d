using System.Security.Cryptography;
using System.Text;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;
using Akool.Emulator.Sessions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Akool.Emulator.ChatRooms;

/// <summary>Answers the handshakes at chat-room URLs and holds each socket until it ends.</summary>
internal sealed class Doorway(EmulatorOptions options, SessionTable sessions, Conversation conversation, FaultScript script, Journal journal)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (sessions.FindByRoom(context.Request.Path + context.Request.QueryString) is not { } found)
        {
            Refuse(context, 404, session: null);
            return;
        }
        var room = found.Session.Room;
        if (script.TakeHandshake(room.Session) is { } fault)
        {
            journal.FaultFired(fault.Kind, room.Session);
            await SpoilAsync(context, fault, room.Session);
        }
        else if (!IsHandshake(context)) Refuse(context, 426, room.Session);
        else if (found.Status == 1 && !options.Habits.RoomOpenWhileQueueing) Refuse(context, 403, room.Session);
        else if (!room.Enter()) Refuse(context, 409, room.Session);
        else await HoldAsync(context, room);
    }

    private static bool IsHandshake(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } && context.Request.Headers.SecWebSocketKey.Count == 1;

    private async Task HoldAsync(HttpContext context, ChatRoom room)
    {
        ChatSocket? socket = null;
        try
        {
            socket = new ChatSocket(context, await UpgradeAsync(context, AcceptOf(context)));
            if (!room.Join(socket)) socket.Close(1000, "session closed");
            journal.Socket(JournalKind.SocketOpened, room.Session, 101, context.Request.Headers);
            if (script.TakeSocket(room.Session, frame: false) is { } fault)
            {
                journal.FaultFired(fault.Kind, room.Session);
                socket.Meet(fault);
            }
            await socket.RunAsync(frame => conversation.Receive(room, socket, frame.Span));
        }
        finally
        {
            room.Leave(socket);
            if (socket is not null) journal.Socket(JournalKind.SocketClosed, room.Session, socket.CloseCode);
        }
    }

    private void Refuse(HttpContext context, int status, string? session)
    {
        context.Response.StatusCode = status;
        journal.Socket(JournalKind.SocketRefused, session, status);
    }

    private async Task SpoilAsync(HttpContext context, Fault fault, string session)
    {
        switch (fault.Handshake)
        {
            case BadHandshake.Garbage when context.Features.Get<IConnectionTransportFeature>() is { } connection:
                await connection.Transport.Output.WriteAsync("\u0001\u0002 this is no HTTP\n\n\u0003"u8.ToArray());
                context.Response.Headers.Connection = "close";
                Refuse(context, 500, session);
                break;
            case BadHandshake.WrongAccept:
                await UpgradeAsync(context, "d3JvbmcgYWNjZXB0IGtleSE9PT0=");
                journal.Socket(JournalKind.SocketRefused, session, 101);
                break;
            case BadHandshake.Nothing:
                journal.Socket(JournalKind.SocketRefused, session, 0);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                break;
            case BadHandshake.Status:
                if (fault.RetryAfter is { } wait) context.Response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds)}";
                Refuse(context, fault.Status ?? 500, session);
                break;
            default:
                journal.Socket(JournalKind.SocketRefused, session, 0);
                context.Abort();
                break;
        }
    }

    private static Task<Stream> UpgradeAsync(HttpContext context, string accept)
    {
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.SecWebSocketAccept = accept;
        return context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

#pragma warning disable CA5350 // SHA-1 is what RFC 6455 prescribes here; nothing is secured by it.
    private static string AcceptOf(HttpContext context) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
}
