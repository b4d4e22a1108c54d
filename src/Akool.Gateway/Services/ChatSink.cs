using Akool.Avatar.V1;
using Akool.Gateway.Mapping;
using Akool.Sessions.Chat;
using Grpc.Core;

namespace Akool.Gateway.Services;

/// <summary>Writes a chat stream's events to its call. All but the last of a burst are left in the buffer.</summary>
internal sealed class ChatSink(IServerStreamWriter<ChatResponse> responses, ChatLimits limits) : IChatSink
{
    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);
    private static readonly WriteOptions Flushed = new();

    private readonly ReusedResponse _reused = new();
    private string _viewer = "";

    public ValueTask WriteAsync(ChatEvent chatEvent, bool moreFollows)
    {
        if (chatEvent is AttachedEvent attached) _viewer = attached.ResumePoint.StreamId; // always the first
        responses.WriteOptions = moreFollows ? Buffered : Flushed;
        return new(responses.WriteAsync(ChatResponseMapping.ToResponse(chatEvent, _viewer, limits, _reused)));
    }
}
