using Akool.Sessions;
using Akool.Sessions.Ports;
using Domain = Akool.Sessions.Ports;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>Avatars, voices and languages.</summary>
internal static class CatalogMapping
{
    public static Result<NewAvatar> Read(Proto.CreateAvatarRequest request)
    {
        var faults = new RequestFaults();
        FieldRules.Id(request.AvatarId, "avatar_id", ref faults);
        if (!request.AvatarId.All(char.IsAsciiLetterOrDigit)) faults.Add("avatar_id", "may have letters and digits only");
        FieldRules.Url(request.VideoUrl, "video_url", ref faults);
        FieldRules.Line(request.DisplayName, "display_name", FieldRules.MaxIdLength, ref faults);
        if (request.VideoSource is < Proto.VideoSource.Unspecified or > Proto.VideoSource.VideoSite)
            faults.Add("video_source", "is not a source that this gateway knows");
        return faults.Or(new NewAvatar(request.AvatarId, request.VideoUrl, request.DisplayName, request.VideoSource == Proto.VideoSource.VideoSite));
    }

    /// <summary>The id in a GetAvatarRequest.</summary>
    public static Result<string> Read(Proto.GetAvatarRequest request)
    {
        var faults = new RequestFaults();
        FieldRules.Id(request.AvatarId, "avatar_id", ref faults);
        return faults.Or(request.AvatarId);
    }

    public static Proto.Avatar ToProto(Domain.Avatar avatar) => new()
    {
        AvatarId = avatar.AvatarId,
        RecordId = avatar.RecordId,
        DisplayName = avatar.DisplayName,
        PreviewUrl = avatar.PreviewUrl,
        VoiceId = avatar.VoiceId,
        State = ToProto(avatar.State),
    };

    public static Proto.Voice ToProto(Voice voice) => new()
    {
        VoiceId = voice.VoiceId,
        DisplayName = voice.DisplayName,
        Gender = voice.Gender,
        Accent = voice.Accent,
        PreviewUrl = voice.PreviewUrl,
    };

    public static Proto.Language ToProto(Language language) => new() { LanguageCode = language.Code, DisplayName = language.DisplayName };

    public static Proto.Avatar.Types.State ToProto(AvatarState state) => state switch
    {
        AvatarState.Unspecified => Proto.Avatar.Types.State.Unspecified,
        AvatarState.Queueing => Proto.Avatar.Types.State.Queueing,
        AvatarState.Processing => Proto.Avatar.Types.State.Processing,
        AvatarState.Ready => Proto.Avatar.Types.State.Ready,
        AvatarState.Failed => Proto.Avatar.Types.State.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
