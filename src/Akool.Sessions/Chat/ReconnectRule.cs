namespace Akool.Sessions.Chat;

/// <summary>
/// Which endings of a chat room's socket are worth another one. AKOOL documents none, so this follows RFC 6455 (7.4) and its registry: what says "not
/// now" is, what says "not you" or "over" is not. After each ending AKOOL is asked what became of the session.
/// </summary>
internal static class ReconnectRule
{
    public static bool IsWorthAnother(int closeCode) => closeCode switch
    {
        1000 => false, // a normal end: the conversation is over
        1008 => false, // policy violation
        1010 => false, // an extension that we did not offer is wanted: the next socket would not either
        >= 3000 and <= 4999 => false, // the peer's own word for a refusal; nothing tells which of them would pass
        _ => true, // 1001 going away, 1006 lost, 1011 internal error, 1012 restart, 1013 try again later, and the protocol's own errors
    };
}
