using System.Security.Cryptography;
using System.Text;
using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Emulator.Faults;
using Akool.Emulator.Rest;
using Akool.Testing;
using Akool.Testing.Otlp;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Data.Sqlite;

namespace Akool.Gateway.Tests.Telemetry;

/// <summary>Secrets are planted wherever the gateway meets one, and looked for wherever it writes: at log level Trace, with all telemetry on, while much goes wrong.</summary>
public sealed class SecretTests
{
    // Each has a character that JSON, percent-encoding and base64 write in another way.
    private static readonly Secret Key = new("key", "planted-key/of+a-caller");
    private static readonly Secret WrongKey = new("wrong key", "planted-key/that+is-wrong");
    private static readonly Secret Token = new("token", "planted-token/of+the-account");
    private static readonly Secret ClientSecret = new("client secret", "planted-secret/of+the-account");
    private static readonly Secret Exchanged = new("exchanged token", "emulator-token-"); // and a number
    private static readonly Secret Text = new("text", "planted text: what nobody else may réad");
    private static readonly Secret RejectedText = new("rejected text", "planted text: never tâken");
    private static readonly Secret Persona = new("persona", "planted persona: a nurse named Zoé", "config");
    private static readonly Secret Background = new("background", "https://93.184.216.34/planted/background?sign=a+b", "config");
    private static readonly Secret Baggage = new("baggage", CallerTrace.Baggage);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_secret_is_in_a_log_a_span_a_metric_an_error_or_a_column_that_need_not_hold_it(bool isExchanged)
    {
        await using var akool = await AkoolEmulator.StartAsync(new EmulatorOptions { Token = Token.Value, ClientSecret = ClientSecret.Value, Habits = new() { AnswerEnded = true, RoomUrls = RoomUrlShape.WithQuery } });
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var gateway = await ExportingGateway.StartAsync(akool, otlp.Variables, [.. Arguments(isExchanged)]);
        var told = new List<byte[]>();

        var name = await LiveAsync(gateway, akool, told);
        await FailAsync(gateway, akool, told, isExchanged);
        var rows = Rows(gateway.LedgerPath);
        var secrets = await SecretsAsync(gateway, name, rows);
        await CallerTrace.CloseAsync(gateway, name, Headers());
        rows.AddRange(Rows(gateway.LedgerPath));
        await gateway.StopAsync();

        var log = string.Join('\n', gateway.Output);
        Assert.All(secrets, secret => Assert.Null(secret.FoundIn(log)));
        Assert.All(secrets, secret => Assert.All(otlp.Exports, export => Assert.Null(secret.FoundIn(export.Body))));
        Assert.All(secrets, secret => Assert.All(told, error => Assert.Null(secret.FoundIn(error))));
        Assert.All(secrets, secret => Assert.All(rows.Where(cell => !secret.Columns.Contains(cell.Column)), cell => Assert.Null(secret.FoundIn(cell.Text))));
        AssertLooked(log, otlp, told, rows, secrets);
        Assert.Equal(isExchanged ? 2 : 0, akool.Journal.Requests(RestOperation.GetToken).Count);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("x{0}y")]
    [InlineData("xy{0}")]
    public void What_is_looked_for_would_be_found(string around)
    {
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, around, Text.Value);
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

        Assert.All([text, Uri.EscapeDataString(text), $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"", base64, base64.Replace('+', '-').Replace('/', '_').TrimEnd('=')], written =>
        {
            Assert.NotNull(Text.FoundIn(written));
            Assert.NotNull(Text.FoundIn(Encoding.UTF8.GetBytes(written)));
            Assert.Null(RejectedText.FoundIn(written));
        });
    }

    private static IEnumerable<string> Arguments(bool isExchanged) =>
    [
        .. isExchanged ? ["--Akool:Token=", $"--Akool:ClientId={new EmulatorOptions().ClientId}", $"--Akool:ClientSecret={ClientSecret.Value}"] : (string[])[$"--Akool:Token={Token.Value}"],
        "--Sessions:DetachGrace=00:10:00", // it lives on while much goes wrong
        "--Gateway:Auth:Keys:0:Owner=owner",
        $"--Gateway:Auth:Keys:0:Sha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key.Value)))}",
        "--Gateway:Auth:Keys:0:Scopes:0=sessions", "--Gateway:Auth:Keys:0:Scopes:1=chat", "--Gateway:Auth:Keys:0:Scopes:2=catalog", "--Gateway:Auth:Keys:0:Scopes:3=admin",
        .. ((string[])["Default", "Microsoft.AspNetCore", "Microsoft.Hosting.Lifetime", "Grpc", "Grpc.AspNetCore.Server", "OpenTelemetry"]).Select(category => $"--Logging:LogLevel:{category}=Trace"),
    ];

    private static Metadata Headers(Secret? key = null)
    {
        var headers = CallerTrace.New().Headers();
        headers.Add("authorization", $"Bearer {(key ?? Key).Value}");
        return headers;
    }

    // A session that stays: with everything that may be secret in it, turns that are answered and one that is not, and a websocket that is lost.
    private static async Task<string> LiveAsync(ExportingGateway gateway, AkoolEmulator akool, List<byte[]> told)
    {
        var name = (await gateway.Sessions.CreateSessionAsync(Request(), Headers()).ResponseAsync.WaitAsync(TestLimits.Process)).Session.Name;
        using var chat = gateway.Chats.Chat(Headers());
        await CallerTrace.AttachAsync(chat, name);
        await CallerTrace.SayAsync(chat, "answered", Text.Value);
        await chat.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = "rejected", Text = RejectedText.Value + new string('x', 20_000) } }).WaitAsync(TestLimits.Process);
        await chat.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = new string('r', 2000), Text = RejectedText.Value } }).WaitAsync(TestLimits.Process);
        akool.HoldAnswers();
        akool.Script.RefuseHandshake(500);
        await chat.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = "lost", Text = Text.Value, Settings = new() { Mode = TurnMode.Dialogue, Persona = new() { Text = Persona.Value } } } }).WaitAsync(TestLimits.Process);
        await akool.Journal.FrameReceivedAsync(2).WaitAsync(TestLimits.Process);
        akool.DropAllSockets();
        await chat.RequestStream.CompleteAsync().WaitAsync(TestLimits.Process);
        while (await chat.ResponseStream.MoveNext().WaitAsync(TestLimits.Process))
            if (chat.ResponseStream.Current is { PayloadCase: not ChatResponse.PayloadOneofCase.Answer } response) told.Add(response.ToByteArray());
        akool.ReleaseAnswers();
        return name;
    }

    // Calls that are refused by the gateway, by AKOOL, and by what is wrong with AKOOL's answers.
    private static async Task FailAsync(ExportingGateway gateway, AkoolEmulator akool, List<byte[]> told, bool isExchanged)
    {
        await RefusedAsync(told, () => gateway.Sessions.ListSessionsAsync(new(), Headers(WrongKey)).ResponseAsync);
        await RefusedAsync(told, () => gateway.Sessions.CreateSessionAsync(Request(persona: new() { DocumentUrl = "http://127.0.0.1/" + Uri.EscapeDataString(Persona.Value) }), Headers()).ResponseAsync);
        akool.Script.Answer(RestOperation.CreateSession, 1104);
        await RefusedAsync(told, () => gateway.Sessions.CreateSessionAsync(Request(), Headers()).ResponseAsync);
        akool.Script.Answer(RestOperation.CreateSession, 1101, count: isExchanged ? 2 : 1); // a token that was exchanged is exchanged for another once
        await RefusedAsync(told, () => gateway.Sessions.CreateSessionAsync(Request(), Headers()).ResponseAsync);
        akool.Script.Garble(RestOperation.CreateSession, BadBody.Html);
        await RefusedAsync(told, () => gateway.Sessions.CreateSessionAsync(Request(), Headers()).ResponseAsync);
    }

    private static async Task RefusedAsync<T>(List<byte[]> told, Func<Task<T>> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => call().WaitAsync(TestLimits.Process));
        told.Add(Encoding.UTF8.GetBytes(refused.Status.Detail));
        told.AddRange(refused.Trailers.Select(trailer => trailer.IsBinary ? trailer.ValueBytes : Encoding.UTF8.GetBytes(trailer.Value)));
    }

    private static CreateSessionRequest Request(Persona? persona = null) => new()
    {
        Config = new SessionConfig
        {
            AvatarId = "Kai_1080P_back", BackgroundUrl = Background.Value,
            TurnDefaults = new() { Mode = TurnMode.Dialogue, Persona = persona ?? new() { Text = Persona.Value } },
        },
        WaitUntilActive = true,
    };

    // Those that only AKOOL knows before: where the chat room is, and where the picture.
    private static async Task<IReadOnlyList<Secret>> SecretsAsync(ExportingGateway gateway, string name, List<(string Column, string Text)> rows)
    {
        var session = (await gateway.Sessions.GetSessionAsync(new GetSessionRequest { Name = name }, Headers()).ResponseAsync.WaitAsync(TestLimits.Process)).Session;
        var room = new Uri(rows.First(cell => cell.Column == "room_client_url").Text);
        return
        [
            Key, WrongKey, Token, ClientSecret, Exchanged, Text, RejectedText, Persona, Background, Baggage,
            new("chat room", room.PathAndQuery, "room_client_url"),
            new("stream URL", session.Media.FlvUrl, "media"),
        ];
    }

    private static List<(string Column, string Text)> Rows(string ledger)
    {
        using var connection = new SqliteConnection($"Data Source={ledger};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT * FROM sessions";
        using var reader = command.ExecuteReader();
        var cells = new List<(string, string)>();
        while (reader.Read())
            for (var i = 0; i < reader.FieldCount; i++)
                if (reader.GetValue(i) is string text) cells.Add((reader.GetName(i), text));
        return cells;
    }

    // Nothing is found where nothing is looked at.
    private static void AssertLooked(string log, OtlpReceiver otlp, List<byte[]> told, List<(string Column, string Text)> rows, IReadOnlyList<Secret> secrets)
    {
        foreach (var seen in (string[])["trce: ", "dbug: ", "[1001]", "[1008]", "[2000]"]) Assert.Contains(seen, log, StringComparison.Ordinal);
        foreach (var path in (string[])["/v1/traces", "/v1/metrics", "/v1/logs"]) Assert.Contains(otlp.Exports, export => export.Path == path);
        foreach (var span in (string[])["turn", "upstream connect", "session close"]) Assert.Contains(otlp.Spans, exported => exported.Name == span);
        Assert.InRange(told.Count, 8, int.MaxValue);
        // Those that a row must hold are found by the same search.
        foreach (var secret in secrets) Assert.All(secret.Columns, column => Assert.Contains(rows, cell => cell.Column == column && secret.FoundIn(cell.Text) is not null));
    }
}
