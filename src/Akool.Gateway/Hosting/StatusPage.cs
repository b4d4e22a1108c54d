using System.Text;
using System.Text.Encodings.Web;

namespace Akool.Gateway.Hosting;

/// <summary>Writes <c>/statusz</c>: one plain page, without scripts and without anything from elsewhere.</summary>
internal static class StatusPage
{
    private const string Head = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Akool gateway</title><style>
        body { font: 14px/1.5 system-ui, sans-serif; margin: 2em; color: #222; background: #fff }
        table { border-collapse: collapse; margin-bottom: 1.5em }
        caption { text-align: left; font-weight: bold; padding: .3em 0 }
        td, th { text-align: left; padding: .2em 1em .2em 0; border-bottom: 1px solid #ddd; vertical-align: top }
        </style></head><body>
        """;

    public static string Render(IEnumerable<StatusTable> tables)
    {
        var page = new StringBuilder(Head);
        foreach (var table in tables)
        {
            page.Append("\n<table><caption>").Append(Encode(table.Title)).Append("</caption>");
            if (table.Columns.Any(column => column.Length > 0)) AppendRow(page, table.Columns, "th");
            foreach (var row in table.Rows) AppendRow(page, row, "td");
            page.Append("\n</table>");
        }

        return page.Append("\n</body></html>\n").ToString();
    }

    private static void AppendRow(StringBuilder page, IReadOnlyList<string> cells, string element)
    {
        page.Append("\n<tr>");
        foreach (var cell in cells) page.Append('<').Append(element).Append('>').Append(Encode(cell)).Append("</").Append(element).Append('>');
        page.Append("</tr>");
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
