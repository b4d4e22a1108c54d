using System.Text.Json.Nodes;
using Akool.Emulator.Sessions;

namespace Akool.Emulator.Rest;

/// <summary>The calls under <c>liveAvatar/session</c>.</summary>
internal sealed class SessionCalls(SessionTable sessions, AvatarShelf avatars, WireHabits habits)
{
    private const int Uid = 100010;

    public RestAnswer Create(RestRequest request)
    {
        if (request.Text("avatar_id") is not { Length: > 0 } avatar || !request.IsTextOrAbsent("background_url")) return BusinessCode.ParameterError;
        var stream = request.Text("stream_type") ?? "flv";
        if (stream is not ("flv" or "agora")) return BusinessCode.ParameterError;
        if (!avatars.IsReady(avatar)) return BusinessCode.AvatarProcessingError;

        var (session, refusal) = sessions.Open(avatar, stream == "agora", foreign: false, request.RoomBase);
        if (session is null) return refusal;
        return new(BusinessCode.Success, new JsonObject
        {
            ["_id"] = session.Id,
            ["uid"] = Uid,
            ["type"] = 1,
            ["status"] = session.StatusAt(session.OpenedAt),
            ["task_id"] = session.TaskId,
            ["app_name"] = "openapi_live",
            ["stream_name"] = session.StreamName,
            ["stream_urls"] = CreatedUrls(session, request.RoomBase),
        });
    }

    /// <summary>As the documentation's example: without the chat room's URLs.</summary>
    public RestAnswer Detail(RestRequest request)
    {
        if (request.Query["id"].ToString() is not { Length: > 0 } id) return BusinessCode.ParameterError;
        if (sessions.Find(id) is not var (session, status)) return BusinessCode.SessionNotExist;
        return new(BusinessCode.Success, new JsonObject
        {
            ["_id"] = session.Id,
            ["uid"] = Uid,
            ["type"] = 1,
            ["status"] = status,
            ["task_id"] = session.TaskId,
            ["stream_urls"] = new JsonObject { ["client_pull_stream_url"] = MediaUrl(session, request.RoomBase, "final_openapi_live", "flv") },
        });
    }

    public RestAnswer Close(RestRequest request) =>
        request.Text("id") is { Length: > 0 } id ? Done(sessions.End(id)) : BusinessCode.ParameterError;

    public RestAnswer Pause(RestRequest request)
    {
        if (request.Text("id") is not { Length: > 0 } id) return BusinessCode.ParameterError;
        if (sessions.Find(id) is not var (session, status)) return BusinessCode.SessionNotExist;
        if (status is 3 or 4) return BusinessCode.SessionClosed;
        session.Room.Pause();
        return Done(BusinessCode.Success);
    }

    public RestAnswer List(RestRequest request)
    {
        var (page, size, status) = (request.Number("page", 1), request.Number("size", 100), request.Number("status", 0));
        if (page is not >= 1 || size is not (>= 1 and <= 100) || status is not (>= 0 and <= 4)) return BusinessCode.ParameterError;

        var found = sessions.List(status is 0 ? null : status);
        var some = found.Skip((page.Value - 1) * size.Value).Take(size.Value);
        var shown = new JsonArray([.. some.Select(entry => ListItem(entry.Session, entry.Status, request.RoomBase))]);
        return new(BusinessCode.Success, habits.List switch
        {
            ListShape.BareArray => shown,
            ListShape.Data => new JsonObject { ["count"] = found.Count, ["data"] = shown },
            _ => new JsonObject { ["count"] = found.Count, ["result"] = shown },
        });
    }

    private static JsonObject ListItem(EmulatedSession session, int status, Uri roomBase) => new()
    {
        ["stream_urls"] = new JsonObject
        {
            ["client_pull_stream_url"] = MediaUrl(session, roomBase, "final_openapi_live", "flv"),
            ["client_push_stream_url"] = MediaUrl(session, roomBase, "openapi_live", "whip"),
        },
        ["_id"] = session.Id,
        ["uid"] = Uid,
        ["type"] = 1,
        ["status"] = status,
        ["task_id"] = session.TaskId,
    };

    private static JsonObject CreatedUrls(EmulatedSession session, Uri roomBase)
    {
        var urls = new JsonObject();
        if (session.IsAgora)
        {
            urls["agora_app_id"] = "emulated-app";
            urls["agora_channel"] = session.StreamName;
            urls["agora_token"] = $"emulated-{session.TaskId}";
        }
        urls["client_pull_stream_url"] = MediaUrl(session, roomBase, "final_openapi_live", "flv");
        urls["client_chat_room_url"] = session.ClientUrl;
        urls["server_chat_room_url"] = session.ServerUrl;
        return urls;
    }

    private static string MediaUrl(EmulatedSession session, Uri roomBase, string folder, string suffix) =>
        $"{(roomBase.Scheme == "wss" ? "https" : "http")}://{roomBase.Authority}/{folder}/{session.StreamName}.{suffix}";

    private RestAnswer Done(int code) => new(code, code == BusinessCode.Success && habits.DataOnClose ? new JsonObject() : null);
}
