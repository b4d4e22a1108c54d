using Akool.Avatar.V1;
using Akool.Emulator;
using Akool.Testing;
using Google.Protobuf;
using Grpc.Core;

namespace Akool.Gateway.Tests;

public sealed class ConversationTests
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);

    [Fact]
    public async Task A_session_is_created_talked_with_and_closed()
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool, QuickTurns);
        var name = await CreateAsync(host);

        using var chat = host.Chat.Chat();
        await chat.RequestStream.WriteAsync(new ChatRequest { Attach = new Attach { Session = name } }).WaitAsync(TestLimits.Hang);
        await chat.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = "t", Text = "hello" } }).WaitAsync(TestLimits.Hang);
        await chat.RequestStream.CompleteAsync().WaitAsync(TestLimits.Hang);
        var told = new List<ChatResponse>();
        while (await chat.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang)) told.Add(chat.ResponseStream.Current);
        var closed = await host.Sessions.CloseSessionAsync(new CloseSessionRequest { Name = name }).ResponseAsync.WaitAsync(TestLimits.Hang);

        Assert.Equal(name, told[0].Attached.Session.Name);
        Assert.Equal("hello", string.Concat(told.Where(response => response.Answer is not null).Select(response => response.Answer.Text)));
        Assert.Equal(TurnOutcome.Completed, told[^1].TurnEnded.Outcome);
        Assert.Equal(Session.Types.State.Closed, closed.Session.State);
        Assert.Empty(akool.Ledger.Open);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_that_cannot_be_read_ends_the_chat_by_its_own_code(bool attached)
    {
        await using var akool = await AkoolEmulator.StartAsync();
        await using var host = await GatewayHost.StartAsync(akool, QuickTurns);
        var method = new Method<byte[], byte[]>(MethodType.DuplexStreaming, "akool.avatar.v1.ChatService", "Chat", Raw, Raw);
        using var chat = host.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, default);
        if (attached)
        {
            await chat.RequestStream.WriteAsync(new ChatRequest { Attach = new Attach { Session = await CreateAsync(host) } }.ToByteArray()).WaitAsync(TestLimits.Hang);
            Assert.True(await chat.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang));
        }

        await chat.RequestStream.WriteAsync([0x12, 4, 0x0A, 2, 0xFF, 0xFE]).WaitAsync(TestLimits.Hang); // a turn whose id is invalid UTF-8
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await chat.ResponseStream.MoveNext().WaitAsync(TestLimits.Hang)) { }
        });

        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
    }

    private static GatewayHostSetup QuickTurns { get; } = new() { Settings = new Dictionary<string, string?> { ["Chat:AnswerQuietPeriod"] = "00:00:00.050" } };

    private static async Task<string> CreateAsync(GatewayHost host)
    {
        var request = new CreateSessionRequest { Config = new SessionConfig { AvatarId = "Kai_1080P_back" }, WaitUntilActive = true };
        return (await host.Sessions.CreateSessionAsync(request).ResponseAsync.WaitAsync(TestLimits.Hang)).Session.Name;
    }
}
