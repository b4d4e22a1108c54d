namespace Akool.Gateway.Mapping;

/// <summary>How many items a page has.</summary>
internal static class PageSize
{
    private const int Default = 100;
    private const int Largest = 1000;

    public static int Read(int asked, string field, ref RequestFaults faults)
    {
        if (asked < 0) faults.Add(field, "must not be negative");
        return asked == 0 ? Default : Math.Min(asked, Largest);
    }
}
