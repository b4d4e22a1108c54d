using System.Text.Json;
using System.Text.Json.Serialization;
using Akool.Sessions;
using Akool.Sessions.Ports;
using Akool.Upstream.Tests.Support;

namespace Akool.Upstream.Tests.Rest;

public sealed class GoldenCodeTests
{
    private static readonly int[] Statuses = [200, 400, 401, 500];

    public static TheoryData<int> Codes => [.. Golden().Keys];

    [Fact]
    public void Every_documented_code_has_a_golden_row()
    {
        using var documented = JsonDocument.Parse(Fixtures.Text("rest-common/codes.json"));
        var codes = documented.RootElement.EnumerateArray().Select(row => row.GetProperty("code").GetInt32()).Where(code => code != 1000);

        Assert.Equal(codes.Order(), Golden().Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_code_means_the_same_whatever_the_http_status(int code)
    {
        var row = Golden()[code];
        foreach (var status in Statuses)
        {
            Check(row, row.Cause, await CallAsync(code, status, api => api.CreateAsync(Fixtures.Config, default)));
            Check(row, row.OnSession, await CallAsync(code, status, api => api.DetailAsync(new("6698"), default)));
            Check(row, row.OnSession, await CallAsync(code, status, api => api.PauseAsync(new("6698"), default)));
            Check(row, row.Cause, await CallAsync(code, status, api => api.ListAsync(1, 10, null, default)));
            Check(row, row.Cause, await CallAsync(code, status, api => api.GetAvatarAsync("655f", default)));
            if (code is not (1216 or 1219)) Check(row, row.OnSession, await CallAsync(code, status, api => api.CloseAsync(new("6698"), default)));
        }
    }

    [Theory]
    [InlineData(1216)]
    [InlineData(1219)]
    public async Task Closing_what_is_gone_or_closed_succeeds(int code)
    {
        foreach (var status in Statuses) Assert.Null(await CallAsync(code, status, api => api.CloseAsync(new("6698"), default)));
    }

    [Theory]
    [InlineData(4711, 200, SessionErrorCode.UpstreamRejected)]
    [InlineData(4711, 404, SessionErrorCode.UpstreamRejected)]
    [InlineData(4711, 500, SessionErrorCode.UpstreamUnavailable)]
    [InlineData(-1, 503, SessionErrorCode.UpstreamUnavailable)]
    [InlineData(0, 200, SessionErrorCode.UpstreamRejected)]
    public async Task An_unknown_code_keeps_its_number(int code, int status, SessionErrorCode cause)
    {
        var error = await CallAsync(code, status, api => api.CreateAsync(Fixtures.Config, default));

        Assert.Equal(cause, error!.Code);
        Assert.Equal(code, error.UpstreamCode);
    }

    [Fact]
    public async Task A_code_in_a_string_is_a_code()
    {
        using var akool = new StubAkool();
        akool.Answers("""{"code":"1006","msg":"no"}""");

        var created = await akool.Api.CreateAsync(Fixtures.Config, default);

        Assert.Equal(SessionErrorCode.UpstreamCreditsExhausted, created.Error!.Code);
    }

    private static async Task<SessionError?> CallAsync<T>(int code, int status, Func<IAvatarApi, Task<Result<T>>> call)
    {
        using var akool = new StubAkool();
        akool.Answers($$$"""{"code":{{{code}}},"msg":"a sentence that must not be repeated","data":{"_id":"secret-id"}}""", status);
        return (await call(akool.Api).WaitAsync(StubAkool.Hang)).Error;
    }

    private static void Check(GoldenRow row, SessionErrorCode cause, SessionError? error)
    {
        Assert.NotNull(error);
        Assert.Equal(cause, error.Code);
        // A rejected token that cannot be replaced is our error to tell, not the code's.
        if (row.Code != 1101) Assert.Equal(row.Code, error.UpstreamCode);
        Assert.Equal(row.RetrySeconds == 0 ? null : TimeSpan.FromSeconds(row.RetrySeconds), error.RetryAfter);
        Assert.DoesNotContain("must not be repeated", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-id", error.ToString(), StringComparison.Ordinal);
    }

    private static Dictionary<int, GoldenRow> Golden() =>
        JsonSerializer.Deserialize<GoldenRow[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Rest", "golden-codes.json")))!.ToDictionary(row => row.Code);

    private sealed record GoldenRow(
        [property: JsonPropertyName("code")] int Code,
        [property: JsonPropertyName("cause"), JsonConverter(typeof(JsonStringEnumConverter<SessionErrorCode>))] SessionErrorCode Cause,
        [property: JsonPropertyName("retry_seconds")] int RetrySeconds,
        [property: JsonPropertyName("on_session"), JsonConverter(typeof(JsonStringEnumConverter<SessionErrorCode>))] SessionErrorCode OnSession);
}
