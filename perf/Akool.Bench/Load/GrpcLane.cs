using System.Globalization;
using Akool.Avatar.V1;
using Grpc.Core;

namespace Akool.Bench.Load;

/// <summary>A Chat stream, attached.</summary>
internal sealed class GrpcLane(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> call, Func<Task>? close) : ILane
{
    public static async Task<GrpcLane> AttachAsync(AsyncDuplexStreamingCall<ChatRequest, ChatResponse> call, Attach attach, Func<Task>? close)
    {
        await call.RequestStream.WriteAsync(new ChatRequest { Attach = attach }).WaitAsync(Lanes.CallLimit);
        if (!await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Lanes.CallLimit) || call.ResponseStream.Current.Attached is null)
            throw new InvalidDataException("the stream did not attach");
        return new(call, close);
    }

    public Task SendAsync(long tag, string text) =>
        call.RequestStream.WriteAsync(new ChatRequest { Turn = new Turn { TurnId = tag.ToString("x16", CultureInfo.InvariantCulture), Text = text } });

    public async ValueTask<long> ReadAsync()
    {
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var response = call.ResponseStream.Current;
            if (response.PayloadCase == ChatResponse.PayloadOneofCase.Answer) return long.Parse(response.TurnId, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (response.PayloadCase == ChatResponse.PayloadOneofCase.TurnRejected) throw new InvalidDataException($"a turn was rejected: {response.TurnRejected.Problem}");
        }

        throw new EndOfStreamException("the stream ended");
    }

    public void Abandon()
    {
        close = null;
        call.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        call.Dispose();
        if (close is not null) await close().WaitAsync(Lanes.CallLimit);
    }
}
