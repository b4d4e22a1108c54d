using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Akool.Emulator.Rest;

/// <summary>The voices and languages of the account.</summary>
internal static class SpeechCatalog
{
    private static readonly (string RecordId, int From, string VoiceId, string Gender, string Accent, string Name)[] Voices =
    [
        ("65e980d7af040969db5be863", 3, "piTKgcLEGmPE4e6mEKli", "Female", "american", "Nicole"),
        ("65e980d7af040969db5be864", 3, "21m00Tcm4TlvDq8ikWAM", "Female", "american", "Rachel"),
        ("65e980d7af040969db5be865", 3, "Xb7hH8MSUJpSbSDYk0k2", "Female", "british", "Alice"),
        ("65e980d7af040969db5be866", 4, "en-US-GuyNeural", "Male", "american", "Guy"),
    ];

    private static readonly FrozenDictionary<string, string> Languages = new Dictionary<string, string>
    {
        ["en"] = "English",
        ["fr"] = "French",
        ["de"] = "German",
        ["es"] = "Spanish",
        ["pt"] = "Portuguese",
        ["it"] = "Italian",
        ["ru"] = "Russian",
        ["zh"] = "Chinese",
        ["ja"] = "Japanese",
        ["ko"] = "Korean",
    }.ToFrozenDictionary();

    /// <summary>A language's name for its code, as answers carry it; what is no known code comes back as it is.</summary>
    public static string LanguageName(string code) => Languages.GetValueOrDefault(code, code);

    public static RestAnswer ListVoices(RestRequest request)
    {
        if (request.Number("from", 3) is not { } from || from is not (3 or 4)) return BusinessCode.ParameterError;
        return new(BusinessCode.Success, new JsonArray([.. Voices.Where(voice => voice.From == from).Select(voice => new JsonObject
        {
            ["_id"] = voice.RecordId,
            ["create_time"] = 1687181385319,
            ["uid"] = 1,
            ["from"] = voice.From,
            ["voice_id"] = voice.VoiceId,
            ["gender"] = voice.Gender,
            ["accent"] = voice.Accent,
            ["name"] = voice.Name,
            ["description"] = "calm",
            ["useCase"] = "conversation",
            ["type"] = 1,
            ["preview"] = $"https://static.akool.example/voices/{voice.VoiceId}.mp3",
            ["__v"] = 0,
        })]));
    }

    public static RestAnswer ListLanguages() => new(BusinessCode.Success, new JsonObject
    {
        ["lang_list"] = new JsonArray([.. Languages.Select(language => new JsonObject
        {
            ["lang_code"] = language.Key,
            ["lang_name"] = language.Value,
            ["url"] = $"https://static.akool.example/flags/{language.Key}.png",
        })]),
    });
}
