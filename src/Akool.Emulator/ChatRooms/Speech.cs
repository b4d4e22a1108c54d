namespace Akool.Emulator.ChatRooms;

/// <summary>What the avatar says to a chat frame, and in which pieces. Always the same to the same frame.</summary>
internal static class Speech
{
    /// <summary>Retelling: the text itself. Dialogue: a sentence that uses the prompt and the question.</summary>
    public static string AnswerTo(in ChatRequest request) => request switch
    {
        { Mode: not 2 } => request.Question,
        { PromptFrom: "url", PromptContent: { Length: > 0 } link } => $"From {NameOf(link)}: I heard '{request.Question}'.",
        { PromptContent: { Length: > 0 } role } => $"As {role}: I heard '{request.Question}'.",
        _ => $"I heard '{request.Question}'.",
    };

    /// <summary>Cuts a text into at most that many pieces, none of them empty and no character cut through; an empty text is one piece.</summary>
    public static List<ReadOnlyMemory<char>> Cut(string text, int pieces)
    {
        var cut = new List<ReadOnlyMemory<char>>(pieces);
        var from = 0;
        for (var piece = 1; piece <= pieces; piece++)
        {
            var to = (int)((long)text.Length * piece / pieces);
            if (to < text.Length && char.IsLowSurrogate(text[to]) && to > 0 && char.IsHighSurrogate(text[to - 1])) to++;
            if (to > from || (piece == pieces && cut.Count == 0)) cut.Add(text.AsMemory(from, Math.Max(0, to - from)));
            from = Math.Max(from, to);
        }
        return cut;
    }

    private static string NameOf(string link) => Uri.TryCreate(link, UriKind.Absolute, out var uri) ? uri.Segments[^1] : link;
}
