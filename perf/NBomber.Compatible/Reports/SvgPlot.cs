using System.Globalization;
using System.Text;

namespace NBomber.Reports;

/// <summary>One line of a plot.</summary>
internal sealed record PlotLine(string Name, string Colour, bool RightAxis, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A plot of lines over two vertical axes, as SVG that needs no script and no font.</summary>
internal static class SvgPlot
{
    private const int Width = 760, Height = 300, Left = 60, Right = 60, Top = 30, Bottom = 45;

    public static string Of(string xTitle, string leftTitle, string rightTitle, IReadOnlyList<PlotLine> lines)
    {
        var maxX = NiceMax(lines.SelectMany(l => l.Points).Select(p => p.X));
        var maxLeft = NiceMax(lines.Where(l => !l.RightAxis).SelectMany(l => l.Points).Select(p => p.Y));
        var maxRight = NiceMax(lines.Where(l => l.RightAxis).SelectMany(l => l.Points).Select(p => p.Y));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"11\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>\n");
        for (var i = 0; i <= 5; i++) Grid(svg, i, maxX, maxLeft, maxRight);
        foreach (var (line, i) in lines.Select((line, i) => (line, i)))
        {
            var points = string.Join(' ', line.Points.Select(p => string.Create(CultureInfo.InvariantCulture,
                $"{X(p.X / maxX):F1},{Y(p.Y / (line.RightAxis ? maxRight : maxLeft)):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{line.Colour}\" stroke-width=\"2\"{(line.RightAxis ? " stroke-dasharray=\"5 3\"" : "")} points=\"{points}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + 10 + i * 150}\" y=\"18\" fill=\"{line.Colour}\">{(line.RightAxis ? "- - " : "&#8212; ")}{line.Name}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">{xTitle}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(13 {Height / 2}) rotate(-90)\" text-anchor=\"middle\">{leftTitle}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate({Width - 6} {Height / 2}) rotate(-90)\" text-anchor=\"middle\">{rightTitle}</text>\n</svg>\n");
        return svg.ToString();
    }

    private static void Grid(StringBuilder svg, int i, double maxX, double maxLeft, double maxRight)
    {
        var (x, y) = (X(i / 5.0), Y(i / 5.0));
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" y1=\"{y:F1}\" x2=\"{Width - Right}\" y2=\"{y:F1}\" stroke=\"#ddd\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{maxX * i / 5:0.##}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 5}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{maxLeft * i / 5:0.##}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 5}\" y=\"{y + 4:F1}\">{maxRight * i / 5:0.##}</text>\n");
    }

    private static double X(double part) => Left + part * (Width - Left - Right);

    private static double Y(double part) => Height - Bottom - part * (Height - Top - Bottom);

    private static double NiceMax(IEnumerable<double> values)
    {
        var max = values.DefaultIfEmpty(0).Max();
        if (max <= 0) return 1;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(max)));
        return Math.Ceiling(max / unit * 2) / 2 * unit;
    }
}
