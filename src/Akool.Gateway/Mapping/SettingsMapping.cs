using Akool.Sessions;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>How a turn is spoken, both ways.</summary>
internal static class SettingsMapping
{
    public static TurnSettings Read(Proto.TurnSettings? settings, string field, ref RequestFaults faults)
    {
        if (settings is null) return TurnSettings.Empty;
        var voice = FieldRules.OptionalId(settings.VoiceId, $"{field}.voice_id", ref faults);
        var language = FieldRules.OptionalId(settings.Language, $"{field}.language", ref faults);
        var mode = ReadMode(settings.Mode, field, ref faults);
        var persona = ReadPersona(settings.Persona, field, ref faults);
        if (voice is null && language is null && mode == TurnMode.Unspecified && persona is null) return TurnSettings.Empty;
        return new TurnSettings(voice, language, mode, persona);
    }

    public static Proto.TurnSettings? ToProto(TurnSettings settings)
    {
        if (settings == TurnSettings.Empty) return null;
        var proto = new Proto.TurnSettings { VoiceId = settings.VoiceId ?? "", Language = settings.Language ?? "", Mode = ToProto(settings.Mode) };
        if (settings.Persona is { } persona)
            proto.Persona = persona.DocumentUrl is { } url ? new Proto.Persona { DocumentUrl = url } : new Proto.Persona { Text = persona.Text ?? "" };
        return proto;
    }

    public static Proto.TurnMode ToProto(TurnMode mode) => mode switch
    {
        TurnMode.Unspecified => Proto.TurnMode.Unspecified,
        TurnMode.Retell => Proto.TurnMode.Retell,
        TurnMode.Dialogue => Proto.TurnMode.Dialogue,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
    };

    private static TurnMode ReadMode(Proto.TurnMode mode, string field, ref RequestFaults faults)
    {
        switch (mode)
        {
            case Proto.TurnMode.Unspecified: return TurnMode.Unspecified;
            case Proto.TurnMode.Retell: return TurnMode.Retell;
            case Proto.TurnMode.Dialogue: return TurnMode.Dialogue;
            default:
                faults.Add($"{field}.mode", "is not a mode that this gateway knows");
                return TurnMode.Unspecified;
        }
    }

    private static Persona? ReadPersona(Proto.Persona? persona, string field, ref RequestFaults faults)
    {
        switch (persona?.SourceCase)
        {
            case null:
                return null;
            case Proto.Persona.SourceOneofCase.Text:
                FieldRules.Text(persona.Text, $"{field}.persona.text", FieldRules.MaxPersonaBytes, ref faults);
                return new Persona(persona.Text, null);
            case Proto.Persona.SourceOneofCase.DocumentUrl:
                FieldRules.Url(persona.DocumentUrl, $"{field}.persona.document_url", ref faults);
                return new Persona(null, persona.DocumentUrl);
            default:
                faults.Add($"{field}.persona", "needs a text or a document_url");
                return null;
        }
    }
}
