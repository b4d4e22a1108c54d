using Akool.Upstream.Connection;

namespace Akool.Upstream.Tests.Connection;

public sealed class FrameWriterTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_frame_waits_until_the_one_before_it_is_written_whole()
    {
        var wire = new HeldStream();
        var writer = new FrameWriter(wire);

        var text = writer.WriteAsync("text"u8.ToArray()).AsTask();
        var ping = writer.WriteAsync("ping"u8.ToArray()).AsTask();
        Assert.Equal((1, false, false), (wire.Writes.Count, text.IsCompleted, ping.IsCompleted));
        wire.Writes[0].SetResult();
        await text.WaitAsync(Hang);
        await wire.Second.WaitAsync(Hang);
        Assert.False(ping.IsCompleted);
        wire.Writes[1].SetResult();

        await ping.WaitAsync(Hang);
    }

    [Fact]
    public async Task A_frame_that_fails_does_not_hold_up_the_next()
    {
        var wire = new HeldStream();
        var writer = new FrameWriter(wire);

        var text = writer.WriteAsync("text"u8.ToArray()).AsTask();
        var ping = writer.WriteAsync("ping"u8.ToArray()).AsTask();
        wire.Writes[0].SetException(new IOException("cut"));
        await Assert.ThrowsAsync<IOException>(() => text.WaitAsync(Hang));
        await wire.Second.WaitAsync(Hang);
        wire.Writes[1].SetResult();

        await ping.WaitAsync(Hang);
    }

    // Each write is done when the test says so.
    private sealed class HeldStream : MemoryStream
    {
        private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<TaskCompletionSource> Writes { get; } = [];

        public Task Second => _second.Task;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var write = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Writes.Add(write);
            if (Writes.Count == 2) _second.SetResult();
            return new(write.Task);
        }
    }
}
