using System.Threading.Channels;
using Akool.Avatar.V1;
using Grpc.Core;

namespace Akool.Gateway.Tests.Chat;

/// <summary>
/// One Chat call as a careful client holds it: one task writes what is queued, one reads until the end, and a call that is cut waits for both.
/// Safe from any thread.
/// </summary>
internal sealed class ChatCall : IAsyncDisposable
{
    // More than fits waits: this is how the gateway's back-pressure is felt.
    public const int MostQueued = 64;

    private readonly Channel<ChatRequest> _outgoing = Channel.CreateBounded<ChatRequest>(new BoundedChannelOptions(MostQueued) { SingleReader = true });
    private readonly CancellationTokenSource _cut = new();
    private readonly AsyncDuplexStreamingCall<ChatRequest, ChatResponse> _call;
    private readonly Func<ChatResponse, bool> _tell;
    private readonly Task _writing;
    private volatile TaskCompletionSource? _mayRead;

    /// <summary>Begins a call with a first request. <paramref name="tell"/> is given every response, and cuts the call by false.</summary>
    public ChatCall(ChatService.ChatServiceClient service, ChatRequest first, Func<ChatResponse, bool> tell, Metadata? headers = null)
    {
        _tell = tell;
        _call = service.Chat(headers, cancellationToken: _cut.Token);
        _outgoing.Writer.TryWrite(first);
        _writing = WriteAsync();
        Ended = ReadAsync();
    }

    /// <summary>How the call ended, null for OK; not done while it goes on. Never fails.</summary>
    public Task<RpcException?> Ended { get; }

    /// <summary>Queues a request, waiting for room. False: the call is over.</summary>
    public async Task<bool> SendAsync(ChatRequest request)
    {
        try
        {
            await _outgoing.Writer.WriteAsync(request);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>Half-closes after what is queued.</summary>
    public void HalfClose() => _outgoing.Writer.TryComplete();

    /// <summary>Leaves off reading, after at most one more response.</summary>
    public void StopReading() => _mayRead ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReadOn()
    {
        var waiting = _mayRead;
        _mayRead = null;
        waiting?.TrySetResult();
    }

    /// <summary>Ends the call as a lost connection does; done when it is over on this side.</summary>
    public async Task<RpcException?> CutAsync()
    {
        await _cut.CancelAsync();
        ReadOn();
        var end = await Ended;
        await _writing;
        return end;
    }

    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        _call.Dispose();
        _cut.Dispose();
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var request in _outgoing.Reader.ReadAllAsync()) await _call.RequestStream.WriteAsync(request);
            await _call.RequestStream.CompleteAsync();
        }
        catch (Exception over) when (over is RpcException or InvalidOperationException or OperationCanceledException or IOException) { }
        finally { _outgoing.Writer.TryComplete(); }
    }

    private async Task<RpcException?> ReadAsync()
    {
        await Task.Yield(); // whoever is told may look at this call
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                if (_cut.IsCancellationRequested) continue;
                if (!_tell(_call.ResponseStream.Current)) await _cut.CancelAsync();
                if (_mayRead is { } mayRead) await mayRead.Task;
            }
            return null;
        }
        catch (RpcException end) { return end; }
        finally { _outgoing.Writer.TryComplete(); }
    }
}
