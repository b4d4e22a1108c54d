namespace Akool.Sessions.Chat;

/// <summary>Which streams of a session may see an event.</summary>
internal enum Audience : byte
{
    /// <summary>All.</summary>
    Everyone,

    /// <summary>The one whose turn it is about.</summary>
    Owner,

    /// <summary>That one, if it wants its turns acknowledged.</summary>
    AcknowledgedOwner,

    /// <summary>That one, if it wants its turns acknowledged, and those that are shown all turns.</summary>
    AcknowledgedOwnerAndObservers,

    /// <summary>That one, and those that are shown all turns.</summary>
    OwnerAndObservers,
}

/// <summary>What is to be known of an event when the log loses it.</summary>
/// <param name="Sequence">Its place in the session's events.</param>
/// <param name="Stream">Number of the stream whose turn it is about; 0: none.</param>
/// <param name="Audience">Who may see it.</param>
internal readonly record struct LoggedEvent(long Sequence, int Stream, Audience Audience);
