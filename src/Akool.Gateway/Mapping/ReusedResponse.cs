using Google.Protobuf.WellKnownTypes;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Mapping;

/// <summary>
/// The messages that carry one stream's answers and outcomes, used again for each: a message is read while it is written to the call, and a stream has
/// one write at a time. Not safe for threads.
/// </summary>
internal sealed class ReusedResponse
{
    private readonly Proto.ChatResponse _response = new() { EventTime = new Timestamp() };
    private Proto.TurnEnded? _turnEnded;

    /// <summary>An answer, to be filled anew.</summary>
    public Proto.Answer Answer => field ??= new();

    /// <summary>An outcome without problem and latency, to be filled anew.</summary>
    public Proto.TurnEnded TurnEnded
    {
        get
        {
            _turnEnded ??= new();
            (_turnEnded.Problem, _turnEnded.FirstAnswerLatency) = (null, null);
            return _turnEnded;
        }
    }

    /// <summary>A latency, to be filled anew.</summary>
    public Duration Latency => field ??= new();

    /// <summary>A response with a time to be filled anew and nothing else.</summary>
    public Proto.ChatResponse Begin()
    {
        (_response.TurnId, _response.StreamId) = ("", "");
        _response.ClearPayload();
        return _response;
    }
}
