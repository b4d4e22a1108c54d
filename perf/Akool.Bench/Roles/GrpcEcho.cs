using Akool.Avatar.V1;
using Grpc.Core;

namespace Akool.Bench.Roles;

/// <summary>B1: the least that grpc-dotnet must do to answer each <see cref="ChatRequest"/> with a <see cref="ChatResponse"/>.</summary>
internal sealed class GrpcEcho : ChatService.ChatServiceBase
{
    public override async Task Chat(IAsyncStreamReader<ChatRequest> requestStream, IServerStreamWriter<ChatResponse> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(CancellationToken.None))
        {
            var request = requestStream.Current;
            await responseStream.WriteAsync(request.PayloadCase == ChatRequest.PayloadOneofCase.Turn
                ? new ChatResponse { TurnId = request.Turn.TurnId, Answer = new Answer { Text = request.Turn.Text } }
                : new ChatResponse { Attached = new Attached() });
        }
    }
}
