using Akool.Sessions;
using Domain = Akool.Sessions.Ports;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>
/// Pages of the avatars, which are ordered by avatar id and record id. A page goes on after the last avatar of the one before, so that avatars
/// that come or go in between neither double nor hide another.
/// </summary>
internal static class AvatarPages
{
    private static readonly string[] List = ["avatars"]; // every caller's list is the same one

    public static Result<(string AvatarId, string RecordId)?> ReadToken(string token)
    {
        var place = PageToken.Read(token, List);
        if (!place.IsOk) return place.Error;
        var ids = place.Value.Split('\n', 2);
        return ids.Length == 2 ? (ids[0], ids[1]) : PageToken.Invalid;
    }

    public static Proto.ListAvatarsResponse Page(IReadOnlyList<Domain.Avatar> avatars, int size, (string AvatarId, string RecordId)? after)
    {
        var start = 0;
        if (after is { } last)
            while (start < avatars.Count && Compare(avatars[start], last) <= 0) start++;

        var response = new Proto.ListAvatarsResponse();
        var end = Math.Min(start + size, avatars.Count);
        for (var i = start; i < end; i++) response.Avatars.Add(CatalogMapping.ToProto(avatars[i]));
        if (end < avatars.Count) response.NextPageToken = PageToken.Write(List, $"{avatars[end - 1].AvatarId}\n{avatars[end - 1].RecordId}");
        return response;
    }

    private static int Compare(Domain.Avatar avatar, (string AvatarId, string RecordId) place)
    {
        var byAvatar = string.CompareOrdinal(avatar.AvatarId, place.AvatarId);
        return byAvatar != 0 ? byAvatar : string.CompareOrdinal(avatar.RecordId, place.RecordId);
    }
}
