namespace Akool.Sessions;

/// <summary>Says which links a caller may have AKOOL follow.</summary>
public static class PublicUrl
{
    /// <summary>Whether <paramref name="url"/> is an absolute http or https link without credentials; the reason never repeats it.</summary>
    public static bool IsAllowed(string url, out string reason)
    {
        reason = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && !uri.IsLoopback
            ? ""
            : "is not a public http or https URL";
        return reason.Length == 0;
    }
}
