using Akool.Sessions;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>What AKOOL is asked for, both ways.</summary>
internal static class ConfigMapping
{
    public static SessionConfig Read(Proto.SessionConfig? config, string field, ref RequestFaults faults)
    {
        if (config is null)
        {
            faults.Add(field, "is required");
            return new SessionConfig("", null, MediaTransport.Flv, TurnSettings.Empty);
        }

        FieldRules.Id(config.AvatarId, $"{field}.avatar_id", ref faults);
        var background = config.BackgroundUrl.Length == 0 ? null : config.BackgroundUrl;
        if (background is not null) FieldRules.Url(background, $"{field}.background_url", ref faults);
        var transport = ReadTransport(config.MediaTransport, field, ref faults);
        var defaults = SettingsMapping.Read(config.TurnDefaults, $"{field}.turn_defaults", ref faults);
        return new SessionConfig(config.AvatarId, background, transport, defaults);
    }

    public static Proto.SessionConfig ToProto(SessionConfig config) => new()
    {
        AvatarId = config.AvatarId,
        BackgroundUrl = config.BackgroundUrl ?? "",
        MediaTransport = ToProto(config.Transport),
        TurnDefaults = SettingsMapping.ToProto(config.TurnDefaults),
    };

    public static Proto.MediaTransport ToProto(MediaTransport transport) => transport switch
    {
        MediaTransport.Flv => Proto.MediaTransport.Flv,
        MediaTransport.Agora => Proto.MediaTransport.Agora,
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, null),
    };

    private static MediaTransport ReadTransport(Proto.MediaTransport transport, string field, ref RequestFaults faults)
    {
        switch (transport)
        {
            case Proto.MediaTransport.Unspecified or Proto.MediaTransport.Flv: return MediaTransport.Flv;
            case Proto.MediaTransport.Agora: return MediaTransport.Agora;
            default:
                faults.Add($"{field}.media_transport", "is not a transport that this gateway knows");
                return MediaTransport.Flv;
        }
    }
}
