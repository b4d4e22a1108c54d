using System.Text.Json.Nodes;
using Akool.Emulator.Sessions;

namespace Akool.Emulator.Rest;

/// <summary>The account's avatars: four streaming ones that are always ready, and custom ones that take their time. Safe from any thread.</summary>
internal sealed class AvatarShelf(EmulatorOptions options, SessionNaming naming)
{
    private static readonly string[] Streaming = ["Kai_1080P_back", "Katha_1080P_back", "Olivia_1080P_back", "who_1080P_back"];

    private readonly Lock _gate = new(); // guards _avatars
    private readonly List<Avatar> _avatars = Stock(naming, options.Time.GetUtcNow());

    private sealed record Avatar(string RecordId, string AvatarId, string Name, string Url, bool IsCustom, DateTimeOffset MadeAt);

    /// <summary>An avatar that the account does not know is taken as one of AKOOL's many.</summary>
    public bool IsReady(string avatarId)
    {
        lock (_gate) return _avatars.Find(avatar => avatar.AvatarId == avatarId) is not { } known || StatusOf(known) == 3;
    }

    public RestAnswer List()
    {
        lock (_gate) return new(BusinessCode.Success, new JsonArray([.. _avatars.Select(ListItem)]));
    }

    /// <summary>Gives an array, as the documentation's example does.</summary>
    public RestAnswer Detail(RestRequest request)
    {
        if (request.Query["id"].ToString() is not { Length: > 0 } id) return BusinessCode.ParameterError;
        lock (_gate)
        {
            if (_avatars.Find(avatar => avatar.RecordId == id) is not { } known) return BusinessCode.NotFound;
            return new(BusinessCode.Success, new JsonArray(new JsonObject
            {
                ["_id"] = known.RecordId,
                ["uid"] = 100010,
                ["type"] = 2,
                ["from"] = 3,
                ["status"] = StatusOf(known),
                ["name"] = known.Name,
                ["url"] = known.Url,
            }));
        }
    }

    public RestAnswer Create(RestRequest request)
    {
        if (request.Text("avatar_id") is not { Length: > 0 } id || request.Text("url") is not { Length: > 0 } url) return BusinessCode.ParameterError;
        lock (_gate)
        {
            if (_avatars.Exists(avatar => avatar.AvatarId == id)) return BusinessCode.AlreadyExists;
            var now = options.Time.GetUtcNow();
            var made = new Avatar(naming.NewObjectId(now), id, request.Text("name") ?? id, url, IsCustom: true, now);
            _avatars.Add(made);
            return new(BusinessCode.Success, new JsonArray(ListItem(made)));
        }
    }

    public void Reset()
    {
        lock (_gate) _avatars.RemoveAll(avatar => avatar.IsCustom);
    }

    private static List<Avatar> Stock(SessionNaming naming, DateTimeOffset now) =>
        [.. Streaming.Select(id =>
            new Avatar(naming.NewObjectId(now), id, id.Split('_')[0], $"https://static.akool.example/{id}.png", IsCustom: false, now))];

    private int StatusOf(Avatar avatar)
    {
        var age = options.Time.GetUtcNow() - avatar.MadeAt;
        return !avatar.IsCustom || age >= 2 * options.AvatarStageTime ? 3 : age >= options.AvatarStageTime ? 2 : 1;
    }

    private JsonObject ListItem(Avatar avatar) => new()
    {
        ["_id"] = avatar.RecordId,
        ["disabled"] = false,
        ["uid"] = avatar.IsCustom ? 100010 : 1,
        ["type"] = avatar.IsCustom ? 2 : 1,
        ["from"] = avatar.IsCustom ? 3 : 2,
        ["status"] = StatusOf(avatar),
        ["sort"] = 12,
        ["create_time"] = avatar.MadeAt.ToUnixTimeMilliseconds(),
        ["name"] = avatar.Name,
        ["avatar_id"] = avatar.AvatarId,
        ["url"] = avatar.Url,
        ["modify_url"] = avatar.Url,
        ["gender"] = "female",
        ["thumbnailUrl"] = avatar.Url,
        ["crop_arr"] = new JsonArray(),
    };
}
