using System.IO.Pipelines;
using Akool.Avatar.V1;
using Akool.Gateway.Auth;
using Akool.Gateway.Mapping;
using Akool.Gateway.Tracing;
using Akool.Sessions;
using Akool.Sessions.Chat;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using ChatLimits = Akool.Sessions.ChatLimits;

namespace Akool.Gateway.Services;

/// <summary>
/// The conversation with one session. A call reads its client's requests and hands them to the hub; what the hub tells is written by whoever has
/// something to tell (<see cref="ChatSink"/>), so that a call has no task but its own.
/// </summary>
internal sealed class ChatGrpcService(SessionLifecycle sessions, IOptions<ChatLimits> limits, TimeProvider time) : ChatService.ChatServiceBase
{
    // A client that does not read holds up the end of its stream; after this it gets a reset instead of what it is owed.
    private static readonly TimeSpan LastWriteLimit = TimeSpan.FromSeconds(5);

    // A call without a session must not be held for nothing.
    private static readonly TimeSpan AttachLimit = TimeSpan.FromSeconds(10);

    private static readonly SessionError AttachRequired =
        new(SessionErrorCode.AttachRequired, "the first request of a Chat stream must be `attach`, and only the first");

    private static readonly SessionError NotRead = new(SessionErrorCode.SlowConsumer, "the stream has ended and its client does not read what it is still owed");

    private static readonly SessionError Revoked = new(SessionErrorCode.CredentialsInvalid, "the credentials of this stream were revoked");

    private readonly Akool.Avatar.V1.ChatLimits _limits = ChatResponseMapping.ToProto(limits.Value);

    public override async Task Chat(IAsyncStreamReader<ChatRequest> requests, IServerStreamWriter<ChatResponse> responses, ServerCallContext context)
    {
        var attach = ChatRequestMapping.Read(await ReadAttachAsync(requests, context)).OrThrow();
        var attachment = sessions.Attach(context.Owner(), attach with { Trace = RpcSpan.TraceOf(context) }, new ChatSink(responses, _limits)).OrThrow();
        RpcSpan.Joined(context);
        await using var revoked = context.GetCaller().Revoked.Register(static call => ((ChatAttachment)call!).End(Revoked), attachment);
        try
        {
            var reading = ReadAsync(requests, attachment);
            await Task.WhenAny(reading, attachment.Ending);
            if (!attachment.Ending.IsCompleted && await reading is { } fault)
            {
                if (fault.Code != SessionErrorCode.Canceled) throw fault.ToRpcException();
                // No exception, since nobody would see it: each layer on its way out would throw it again, which is dear where many clients go.
                context.Status = new(StatusCode.Cancelled, fault.Detail);
                return;
            }
            // A client that has half-closed is heard of no more, but for its call's token.
            await attachment.Ending.WaitAsync(context.CancellationToken);
            var error = await WriteLastAsync(attachment);
            // The stream has ended from this side: a read that waits is woken, since its call must not end before it.
            if (!reading.IsCompleted) context.GetHttpContext().Request.BodyReader.CancelPendingRead();
            await reading;
            if (error is not null) throw error.ToRpcException();
        }
        finally
        {
            attachment.Detach();
            await EndWritingAsync(attachment, context);
        }
    }

    private async Task<Attach> ReadAttachAsync(IAsyncStreamReader<ChatRequest> requests, ServerCallContext context)
    {
        var body = context.GetHttpContext().Request.BodyReader;
        using var limit = new CancellationTokenSource(AttachLimit, time);
        await using var waking = limit.Token.Register(static body => ((PipeReader)body!).CancelPendingRead(), body);
        try
        {
            if (await requests.MoveNext() && requests.Current.PayloadCase == ChatRequest.PayloadOneofCase.Attach) return requests.Current.Attach;
        }
        catch (RpcException) when (limit.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested) { }
        throw AttachRequired.ToRpcException();
    }

    // Reads until the client half-closes or is gone, or the stream ends from this side. Gives what is wrong with the client's requests; null: nothing.
    private static async Task<SessionError?> ReadAsync(IAsyncStreamReader<ChatRequest> requests, ChatAttachment attachment)
    {
        try
        {
            while (await requests.MoveNext())
                if (await TakeAsync(requests.Current, attachment) is { } fault) return fault;
        }
        catch (Exception ended) when (attachment.Completion.IsCompleted && ended is RpcException or OperationCanceledException or IOException)
        {
            return null;
        }
        // What cannot be parsed is an IOException too, and the client is not gone.
        catch (Exception gone) when (gone is OperationCanceledException or IOException and not InvalidProtocolBufferException)
        {
            return new SessionError(SessionErrorCode.Canceled, "the client is gone");
        }
        attachment.CompleteInput();
        return null;
    }

    private static async ValueTask<SessionError?> TakeAsync(ChatRequest request, ChatAttachment attachment)
    {
        switch (request.PayloadCase)
        {
            case ChatRequest.PayloadOneofCase.Turn:
                var part = ChatRequestMapping.Read(request.Turn);
                if (part.IsOk) await attachment.SubmitAsync(part.Value);
                else attachment.Reject(request.Turn.TurnId, request.Turn.PartIndex, request.Turn.MoreFollows, part.Error);
                return null;
            case ChatRequest.PayloadOneofCase.Interrupt:
                attachment.Interrupt(request.Interrupt.TurnId);
                return null;
            case ChatRequest.PayloadOneofCase.Ack:
                attachment.Acknowledge(request.Ack.Sequence);
                return null;
            case ChatRequest.PayloadOneofCase.Ping:
                attachment.Ping(ChatRequestMapping.Read(request.Ping.ClientTime));
                return null;
            case ChatRequest.PayloadOneofCase.Attach:
                return AttachRequired;
            default:
                return SessionError.Invalid("payload", "is not set, or is none that this gateway knows");
        }
    }

    // Gives why the stream ended; null: well.
    private async Task<SessionError?> WriteLastAsync(ChatAttachment attachment)
    {
        try { return await attachment.Completion.WaitAsync(LastWriteLimit, time); }
        catch (TimeoutException)
        {
            attachment.End(NotRead);
            return NotRead;
        }
    }

    private async Task EndWritingAsync(ChatAttachment attachment, ServerCallContext context)
    {
        try { await attachment.Writer.WaitAsync(LastWriteLimit, time); }
        catch (TimeoutException) { context.GetHttpContext().Abort(); }
    }
}
