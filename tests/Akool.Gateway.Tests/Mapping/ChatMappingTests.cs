using Akool.Gateway.Mapping;
using Akool.Sessions;
using Akool.Sessions.Chat;
using Google.Protobuf.WellKnownTypes;
using Proto = Akool.Avatar.V1;

namespace Akool.Gateway.Tests.Mapping;

public sealed class ChatMappingTests
{
    private const string Mine = "stream-1";
    private static readonly Proto.ChatLimits Limits = ChatResponseMapping.ToProto(new Akool.Sessions.ChatLimits());

    // One of each, with everything set; about another stream's turn where it is about a turn.
    private static readonly ChatEvent[] Events =
    [
        new AttachedEvent { Time = Samples.Noon, Session = Samples.Snapshot, ResumePoint = new ResumePoint("epoch", "s", 3), Outcome = ResumeOutcome.Partial },
        new TurnAcceptedEvent { Sequence = 1, Time = Samples.Noon, StreamId = "other", TurnId = "t", PartIndex = 2, Duplicate = true, Text = "hello" },
        new TurnRejectedEvent { Sequence = 2, Time = Samples.Noon, StreamId = "other", TurnId = "t", Problem = Samples.Problem },
        new AnswerEvent { Sequence = 3, Time = Samples.Noon, StreamId = "other", TurnId = "t", Index = 4, Text = "hi" },
        new TurnEndedEvent
        {
            Sequence = 4,
            Time = Samples.Noon,
            StreamId = "other",
            TurnId = "t",
            Outcome = TurnOutcome.Failed,
            Problem = Samples.Problem,
            FirstAnswerLatency = TimeSpan.FromSeconds(2),
            AnswerCount = 5,
        },
        new SessionChangedEvent { Sequence = 5, Time = Samples.Noon, Session = Samples.Snapshot },
        new GapEvent { Sequence = 9, Time = Samples.Noon, FirstSequence = 6, LastSequence = 9 },
        new GoAwayEvent { Sequence = 10, Time = Samples.Noon, Reason = GoAwayReason.SessionExpiring, TimeLeft = TimeSpan.FromSeconds(5) },
        new PongEvent { Time = Samples.Noon, ClientTime = new ClientTime(1, 2) },
    ];

    [Theory]
    [InlineData(1_770_000_000, 123_456_789)]
    [InlineData(long.MaxValue, int.MinValue)]
    [InlineData(-1, 1_000_000_000)]
    [InlineData(0, 0)]
    public void A_pong_brings_the_clients_time_back_as_it_came(long seconds, int nanos)
    {
        var sent = new Timestamp { Seconds = seconds, Nanos = nanos };

        var pong = new PongEvent { Time = Samples.Noon, ClientTime = ChatRequestMapping.Read(sent) };

        Assert.Equal(sent, ChatResponseMapping.ToResponse(pong, Mine, Limits, new()).Pong.ClientTime);
    }

    [Fact]
    public void Every_event_has_its_place_in_the_contract_and_every_place_its_event()
    {
        var kinds = typeof(ChatEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ChatEvent)));

        var payloads = Events.Select(chatEvent => ChatResponseMapping.ToResponse(chatEvent, Mine, Limits, new()).PayloadCase);

        Assert.Equal(kinds.Select(kind => kind.Name).Order(), Events.Select(chatEvent => chatEvent.GetType().Name).Order());
        Assert.Equal(System.Enum.GetValues<Proto.ChatResponse.PayloadOneofCase>().Skip(1), payloads.Order());
    }

    [Fact]
    public void Nothing_of_an_event_is_left_in_the_message_of_the_next()
    {
        var reused = new ReusedResponse();
        ChatEvent[] bare =
        [
            new AnswerEvent { Sequence = 11, Time = Samples.Noon, StreamId = Mine, TurnId = "u", Text = "" },
            new TurnEndedEvent { Sequence = 12, Time = Samples.Noon, StreamId = Mine, TurnId = "u", Outcome = TurnOutcome.Completed },
            new TurnEndedEvent { Sequence = 13, Time = Samples.Noon, StreamId = Mine, TurnId = "u", Outcome = TurnOutcome.NoAnswer, FirstAnswerLatency = TimeSpan.FromSeconds(3) },
        ];
        foreach (var before in Events)
        {
            foreach (var after in bare.Concat(Events))
            {
                ChatResponseMapping.ToResponse(before, Mine, Limits, reused);
                Assert.Equal(ChatResponseMapping.ToResponse(after, Mine, Limits, new()), ChatResponseMapping.ToResponse(after, Mine, Limits, reused));
            }
        }
    }

    [Fact]
    public void Every_field_of_an_event_is_told()
    {
        foreach (var chatEvent in Events)
        {
            var unset = MessageFields.Unset(ChatResponseMapping.ToResponse(chatEvent, Mine, Limits, new())).ToHashSet();

            if (chatEvent.Sequence == 0) unset.Remove("sequence");
            if (chatEvent.TurnId is null) unset.ExceptWith(["turn_id", "stream_id"]);
            if (chatEvent is SessionChangedEvent) Assert.True(unset.Remove("session_changed.session.media")); // never in a change
            Assert.Empty(unset);
        }
    }

    [Fact]
    public void An_answer_is_told_as_it_is()
    {
        var response = ChatResponseMapping.ToResponse(Events[3], Mine, Limits, new());

        Assert.Equal(
            new Proto.ChatResponse
            {
                Sequence = 3,
                EventTime = Timestamp.FromDateTimeOffset(Samples.Noon),
                TurnId = "t",
                StreamId = "other",
                Answer = new Proto.Answer { Index = 4, Text = "hi" },
            },
            response);
    }

    [Fact]
    public void A_streams_own_turn_is_told_without_the_streams_id_and_the_text()
    {
        var response = ChatResponseMapping.ToResponse(Events[1], "other", Limits, new());

        Assert.Equal(("", ""), (response.StreamId, response.TurnAccepted.Text));
    }

    [Fact]
    public void Every_outcome_and_reason_has_its_word_in_the_contract()
    {
        Assert.Equal(System.Enum.GetValues<Proto.TurnOutcome>().Skip(1), System.Enum.GetValues<TurnOutcome>().Select(ChatResponseMapping.ToProto));
        Assert.Equal(System.Enum.GetValues<Proto.ResumeOutcome>().Skip(1), System.Enum.GetValues<ResumeOutcome>().Select(ChatResponseMapping.ToProto));
        Assert.Equal(System.Enum.GetValues<Proto.GoAwayReason>().Skip(1), System.Enum.GetValues<GoAwayReason>().Select(ChatResponseMapping.ToProto));
        Assert.Equal(System.Enum.GetValues<Proto.TurnMode>(), System.Enum.GetValues<TurnMode>().Select(SettingsMapping.ToProto));
        Assert.Equal(System.Enum.GetValues<Proto.MediaTransport>().Skip(1), System.Enum.GetValues<MediaTransport>().Select(ConfigMapping.ToProto));
    }

    [Fact]
    public void Every_field_of_an_attach_is_read()
    {
        var attach = Samples.Attach();

        Assert.Empty(MessageFields.Unset(attach));
        Assert.Empty(MessageFields.Ignored(attach, changed => ChatRequestMapping.Read(changed).Value));
    }

    [Fact]
    public void An_attach_with_faults_is_refused_with_all_of_them()
    {
        var attach = Samples.Attach();
        attach.Session = "sessions/";
        attach.ResumeFrom = new Proto.ResumePoint { Sequence = -1 };
        attach.Visibility = (Proto.TurnVisibility)7;
        attach.SlowConsumerPolicy = (Proto.SlowConsumerPolicy)(-7);
        attach.TurnDefaults.Mode = (Proto.TurnMode)7;

        var error = ChatRequestMapping.Read(attach).Error!;

        Assert.Equal(
            [
                "attach.session", "attach.resume_from.epoch", "attach.resume_from.stream_id", "attach.resume_from.sequence",
                "attach.visibility", "attach.slow_consumer_policy", "attach.turn_defaults.mode",
            ],
            error.Faults.Select(fault => fault.Field));
    }

    [Fact]
    public void Every_field_of_a_turn_is_read()
    {
        var turn = Samples.Turn();

        Assert.Equal(["part_index"], MessageFields.Unset(turn));
        Assert.Empty(MessageFields.Ignored(turn, changed => ChatRequestMapping.Read(changed).Value));
    }

    [Fact]
    public void A_turn_with_faults_is_refused_with_all_of_them()
    {
        var turn = Samples.Turn();
        turn.Settings.Persona = new Proto.Persona { DocumentUrl = "http://localhost/x.pdf" };
        turn.Policy = (Proto.TurnPolicy)7;
        turn.AnswerTimeout = Samples.Seconds(3601);

        var error = ChatRequestMapping.Read(turn).Error!;

        Assert.Equal(["turn.settings.persona.document_url", "turn.policy", "turn.answer_timeout"], error.Faults.Select(fault => fault.Field));
    }

    [Fact]
    public void A_turn_with_an_unknown_policy_and_nothing_else_is_refused()
    {
        Assert.Equal("turn.policy", ChatRequestMapping.Read(new Proto.Turn { TurnId = "t", Text = "x", Policy = (Proto.TurnPolicy)7 }).Error?.Field);
    }

    [Fact]
    public void What_is_read_on_the_first_part_only_is_not_looked_at_on_others()
    {
        var turn = Samples.Turn();
        turn.PartIndex = 1;
        turn.Settings.Mode = (Proto.TurnMode)7;
        turn.AnswerTimeout = Samples.Seconds(-1);

        var part = ChatRequestMapping.Read(turn).Value;

        Assert.Equal((1, TurnSettings.Empty, (TimeSpan?)null), (part.PartIndex, part.Settings, part.AnswerTimeout));
    }

    [Fact]
    public void A_plain_turn_and_its_answers_cost_no_allocation()
    {
        var turn = new Proto.Turn { TurnId = "t", Text = "hello" };
        var answer = Events[3];
        var reused = new ReusedResponse();
        Map();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Map();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);

        void Map()
        {
            Assert.True(ChatRequestMapping.Read(turn).IsOk);
            Assert.NotNull(ChatResponseMapping.ToResponse(answer, Mine, Limits, reused));
        }
    }
}
