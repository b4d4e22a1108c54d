using Grpc.Net.Client;

namespace Akool.Bench.Load;

/// <summary>HTTP/2 connections with a fixed number of streams on each.</summary>
internal sealed class ChannelPool(Uri address, int streamsPerConnection) : IDisposable
{
    private readonly Lock _gate = new();                        // guards the two below
    private readonly List<GrpcChannel> _channels = [];
    private int _opened;

    public GrpcChannel Next()
    {
        lock (_gate)
        {
            var index = _opened++ / streamsPerConnection;
            if (index == _channels.Count)
            {
                _channels.Add(GrpcChannel.ForAddress(address, new GrpcChannelOptions
                {
                    HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false, UseProxy = false },
                    DisposeHttpClient = true,
                }));
            }

            return _channels[index];
        }
    }

    /// <summary>Starts again from the first connection: the streams opened so far have ended.</summary>
    public void Rewind()
    {
        lock (_gate) _opened = 0;
    }

    public void Dispose()
    {
        lock (_gate) _channels.ForEach(channel => channel.Dispose());
    }
}
