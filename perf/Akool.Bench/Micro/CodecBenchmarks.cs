using System.Text.Json;
using Akool.Bench.Load;
using Akool.Bench.Roles;
using Akool.Sessions;
using Akool.Sessions.Chat;
using Akool.Sessions.Ports;
using Akool.Upstream.Wire;
using BenchmarkDotNet.Attributes;

namespace Akool.Bench.Micro;

/// <summary>A turn to AKOOL's frame, an answer frame to its text; 150 characters each.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly TurnFrame _turn = new(new WireTurnId(0x9f03c2aa, 17), ClosedLoop.Text, TurnSettings.Empty);
    private readonly JsonEncodedText _peer = JsonEncodedText.Encode("server_8898");
    private readonly byte[] _answer = new AkoolFrames(false).AnswerTo(AkoolFrames.Question("9f03c2aa-17", "Hello")).Frame.ToArray();

    /// <summary>A turn becomes a frame.</summary>
    [Benchmark]
    public int WriteTurn()
    {
        var buffer = FrameBuffer.Rent();
        ChatFrameCodec.Write(buffer, _turn, _peer);
        var length = buffer.FrameBytes.Length;
        buffer.Return();
        return length;
    }

    /// <summary>A frame becomes an answer.</summary>
    [Benchmark]
    public int ReadAnswer() => ChatFrameReader.Read(_answer).Text.Length;
}
