using Akool.Avatar.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Akool.Sandbox;

/// <summary>One short conversation as a client of the gateway holds it, printed as it happens.</summary>
internal sealed class Conversation(Uri gateway, TextWriter output)
{
    private static readonly (string Id, string Text, TurnMode Mode)[] Turns =
    [
        ("greeting", "Hello, I am your avatar, and I say exactly what I am given.", TurnMode.Retell),
        ("question", "What can you tell me about gRPC?", TurnMode.Dialogue),
    ];

    /// <summary>Creates a session, talks, closes it. False: something did not go as it should, and was printed.</summary>
    public async Task<bool> HoldAsync(CancellationToken cancellation)
    {
        using var channel = GrpcChannel.ForAddress(gateway);
        var sessions = new SessionService.SessionServiceClient(channel);
        var created = await sessions.CreateSessionAsync(
            new() { Config = new() { AvatarId = "Kai_1080P_back" }, WaitUntilActive = true }, cancellationToken: cancellation);
        var name = created.Session.Name;
        await output.WriteLineAsync($"CreateSession  {name} is {Word(created.Session.State)}");

        var answered = await ChatAsync(new ChatService.ChatServiceClient(channel), name, cancellation);

        var closed = await sessions.CloseSessionAsync(new() { Name = name }, cancellationToken: cancellation);
        await output.WriteLineAsync($"CloseSession   {name} is {Word(closed.Session.State)}, {closed.Session.Usage.TurnsCompleted} turns completed");
        return answered && closed.Session.State == Session.Types.State.Closed;
    }

    private async Task<bool> ChatAsync(ChatService.ChatServiceClient client, string name, CancellationToken cancellation)
    {
        using var chat = client.Chat(cancellationToken: cancellation);
        await chat.RequestStream.WriteAsync(new() { Attach = new() { Session = name } }, cancellation);
        foreach (var (id, text, mode) in Turns)
        {
            await output.WriteLineAsync($"Chat      turn {id}: {text}");
            await chat.RequestStream.WriteAsync(
                new() { Turn = new() { TurnId = id, Text = text, Policy = TurnPolicy.Queue, Settings = new() { Mode = mode, Language = "en" } } }, cancellation);
        }
        await chat.RequestStream.CompleteAsync();

        var completed = 0;
        await foreach (var response in chat.ResponseStream.ReadAllAsync(cancellation))
        {
            if (response.PayloadCase == ChatResponse.PayloadOneofCase.TurnEnded && response.TurnEnded.Outcome == TurnOutcome.Completed) completed++;
            await output.WriteLineAsync($"Chat      {Tell(response)}");
        }
        return completed == Turns.Length;
    }

    private static string Tell(ChatResponse response) => response.PayloadCase switch
    {
        ChatResponse.PayloadOneofCase.Attached => $"attached, stream {response.Attached.ResumePoint.StreamId}",
        ChatResponse.PayloadOneofCase.Answer => $"   answer {response.TurnId}: {response.Answer.Text}",
        ChatResponse.PayloadOneofCase.TurnEnded =>
            $"    ended {response.TurnId}: {response.TurnEnded.Outcome} after {response.TurnEnded.AnswerCount} answers, the first in "
            + $"{response.TurnEnded.FirstAnswerLatency?.ToTimeSpan().TotalMilliseconds:0.0} ms",
        ChatResponse.PayloadOneofCase.SessionChanged => $"session is {Word(response.SessionChanged.Session.State)}",
        _ => $"{response.PayloadCase}",
    };

    private static string Word(Session.Types.State state) => state.ToString().ToUpperInvariant();
}
