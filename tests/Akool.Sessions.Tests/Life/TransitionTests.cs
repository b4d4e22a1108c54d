using Akool.Sessions.Ports;

namespace Akool.Sessions.Tests.Life;

/// <summary>The state machine, whole: what each event makes of each state.</summary>
public sealed class TransitionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SessionError Problem = new(SessionErrorCode.UpstreamUnavailable, "down");

    // Columns: Queueing, Active, Paused, Closing, Closed, Failed. A dash: cannot happen, nothing changes.
    [Theory]
    [InlineData("Activated", "Active    -        -        -        -  -")]
    [InlineData("Paused", "   -         Paused   -        -        -  -")]
    [InlineData("Resumed", "  -         -        Active   -        -  -")]
    [InlineData("Closing", "  Closing   Closing  Closing  -        -  -")]
    [InlineData("CloseFailed", "-       -        -        Closing  -  -")]
    [InlineData("Closed", "   Closed    Closed   Closed   Closed   -  -")]
    [InlineData("Failed", "   Failed    Failed   Failed   Failed   -  -")]
    [InlineData("Created processing", "Active  Active  Paused  Closing  -  -")]
    [InlineData("Created queueing", "Queueing  Active  Paused  Closing  -  -")]
    public void Each_event_makes_of_each_state_what_the_table_says(string happening, string row)
    {
        var expected = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var found = Enum.GetValues<SessionState>().Select(state => Apply(happening, RecordIn(state))?.State.ToString() ?? "-");

        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("Closing")]
    [InlineData("Closed")]
    [InlineData("Failed")]
    public void The_first_reason_to_close_stays(string happening)
    {
        var closing = SessionTransitions.Closing(RecordIn(SessionState.Active), CloseReason.ClientRequested, null)!;

        var after = Apply(happening, closing) ?? closing;

        Assert.Equal(CloseReason.ClientRequested, after.CloseReason);
    }

    [Theory]
    [InlineData("Closed")]
    [InlineData("Failed")]
    public void An_ended_session_holds_no_secrets_and_has_an_end_time(string happening)
    {
        var ended = Apply(happening, RecordIn(SessionState.Active) with { Media = new("https://m", null), Room = new("wss://c", "wss://s") })!;

        Assert.Null(ended.Media);
        Assert.Null(ended.Room);
        Assert.Equal(Now, ended.EndTime);
    }

    [Fact]
    public void A_confirmed_close_has_no_problem_any_more()
    {
        var tried = SessionTransitions.CloseFailed(SessionTransitions.Closing(RecordIn(SessionState.Active), CloseReason.IdleTimeout, null)!, Problem)!;

        var closed = SessionTransitions.Closed(tried, CloseReason.None, Now)!;

        Assert.Equal((Problem, null), (tried.Problem, closed.Problem));
    }

    [Fact]
    public void The_same_problem_of_a_close_is_written_once()
    {
        var tried = SessionTransitions.CloseFailed(RecordIn(SessionState.Closing), Problem)!;

        Assert.Null(SessionTransitions.CloseFailed(tried, Problem with { Detail = "still down" }));
        Assert.NotNull(SessionTransitions.CloseFailed(tried, new(SessionErrorCode.UpstreamTimeout, "late")));
    }

    [Fact]
    public void A_session_is_created_once()
    {
        var created = Apply("Created processing", RecordIn(SessionState.Queueing))!;

        Assert.Null(Apply("Created processing", created));
    }

    [Fact]
    public void A_session_that_is_being_closed_learns_what_to_close()
    {
        var closing = SessionTransitions.Closing(RecordIn(SessionState.Queueing), CloseReason.CreateAbandoned, null)!;

        var created = Apply("Created processing", closing)!;

        Assert.Equal((SessionState.Closing, new UpstreamId("u")), (created.State, created.Upstream));
    }

    private static SessionRecord? Apply(string happening, SessionRecord record) => happening switch
    {
        "Activated" => SessionTransitions.Activated(record, Now),
        "Paused" => SessionTransitions.Paused(record),
        "Resumed" => SessionTransitions.Resumed(record),
        "Closing" => SessionTransitions.Closing(record, CloseReason.AdminRequested, null),
        "CloseFailed" => SessionTransitions.CloseFailed(record, Problem),
        "Closed" => SessionTransitions.Closed(record, CloseReason.UpstreamEnded, Now),
        "Failed" => SessionTransitions.Failed(record, CloseReason.UpstreamFailed, Problem, Now),
        "Created processing" => SessionTransitions.Created(record, new(new("u"), UpstreamStatus.Processing, null, null), Now),
        _ => SessionTransitions.Created(record, new(new("u"), UpstreamStatus.Queueing, null, null), Now),
    };

    private static SessionRecord RecordIn(SessionState state) => new()
    {
        Id = new("s"),
        Owner = World.Me,
        Config = World.Request().Config,
        Lease = World.Request().Lease,
        CreateTime = Now,
        State = state,
    };
}
