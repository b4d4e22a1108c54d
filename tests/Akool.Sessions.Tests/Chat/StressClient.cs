using Akool.Sessions.Chat;
using Akool.Sessions.Tests.Fakes;

namespace Akool.Sessions.Tests.Chat;

/// <summary>A client that does anything it may, in any order, as fast as it can.</summary>
internal sealed class StressClient(ChatHub hub, Session session, Random random)
{
    private readonly List<RecordingSink> _sinks = [];
    private ChatAttachment _call = null!;
    private ResumePoint? _point;

    public List<string> Turns { get; } = [];

    public string StreamId => _point!.StreamId;

    public IEnumerable<ChatEvent> Told => _sinks.SelectMany(sink => sink.Events);

    public async Task RunAsync(CancellationToken until)
    {
        Join();
        while (!until.IsCancellationRequested)
        {
            switch (random.Next(20))
            {
                case < 12: await SayAsync(); break;
                case 12: _call.Interrupt(Turns.Count > 0 ? Turns[^1] : ""); break;
                case 13: _call.Interrupt(""); break;
                case 14: _call.Ping(null); break;
                case 15: await ComeBackAsync(); break;
                default: await Task.Delay(TimeSpan.FromMilliseconds(random.Next(5)), TimeProvider.System, CancellationToken.None); break;
            }
        }
    }

    /// <summary>Waits for the end of its stream, to which the session's end has led.</summary>
    public async Task EndAsync() => Assert.Null(await _call.Completion);

    private async Task SayAsync()
    {
        var turn = $"t{Turns.Count}";
        Turns.Add(turn);
        var policy = random.Next(12) switch { 0 => TurnPolicy.Interrupt, 1 or 2 => TurnPolicy.Queue, _ => TurnPolicy.Send };
        var parts = random.Next(4) == 0 ? 3 : 1;
        for (var part = 0; part < parts; part++)
        {
            var text = $"{StreamId}/{turn}/{part} {new string('x', random.Next(300))}";
            await _call.SubmitAsync(new(turn, text, part < parts - 1, part, TurnSettings.Empty, policy, null));
        }
    }

    private async Task ComeBackAsync()
    {
        if (random.Next(2) == 0) _call.Detach();
        if (random.Next(2) == 0) await Task.Yield();
        var before = _call;
        // What was written until the stream is taken over is dealt with: the place is read when no more can come.
        before.Detach();
        await before.Writer;
        Join();
    }

    private void Join()
    {
        var sink = new RecordingSink();
        var last = Told.Select(told => told.Sequence).DefaultIfEmpty().Max();
        _sinks.Add(sink);
        _call = hub.Attach(new(session.Id, _point is null ? null : _point with { Sequence = last }, false, TurnSettings.Empty, false, false), sink).Value;
        _point ??= ((AttachedEvent)sink.Events[0]).ResumePoint;
    }
}
