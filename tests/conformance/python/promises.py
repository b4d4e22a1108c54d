"""What holds on every Chat stream, whatever the case."""


class Promises:
    """Watches one stream. Each broken promise is a sentence in `broken`."""

    def __init__(self):
        self.broken = []
        self._sequence = 0
        self._answers = {}  # how many came
        self._is_whole = True
        self._outcomes = {}
        self._asked = set()
        self._first = True

    def sent(self, request):
        if "resume_from" in request.get("attach", {}):
            self._is_whole = False  # what came before the resume point does not come again
        if "turn" in request:
            self._asked.add(request["turn"].get("turn_id", ""))

    def received(self, event):
        kind = next(key for key in event if key not in ("sequence", "event_time", "turn_id", "stream_id"))
        if self._first != (kind == "attached"):
            self.broken.append(f"`attached` is to be the first event, and only the first; this was {kind}")
        self._first = False
        if kind == "gap":
            self._is_whole = False
            self._answers.clear()

        sequence = int(event.get("sequence", 0))
        if kind in ("attached", "pong"):
            self._expect(sequence == 0, f"{kind} has sequence {sequence}")
        else:
            self._expect(sequence > self._sequence, f"sequence {sequence} comes after {self._sequence}")
            self._sequence = sequence
        self._turn(kind, event)

    def ended_well(self):
        """The stream ended OK after a half-close: each turn must have had its outcome."""
        for turn in self._asked:
            self._expect(("", turn) in self._outcomes, f"turn {turn} never ended")

    def _turn(self, kind, event):
        turn = (event.get("stream_id", ""), event.get("turn_id", ""))
        if kind == "turn_rejected" and event[kind].get("problem", {}).get("reason") == "ERROR_REASON_IDEMPOTENCY_CONFLICT":
            return  # of what was sent now, and no outcome of the turn that has its id
        # Another stream's turn may have begun before this one came.
        answers = self._answers.get(turn, 0 if self._is_whole and turn[0] == "" else None)
        if kind in ("turn_rejected", "turn_ended"):
            self._expect(turn not in self._outcomes, f"turn {turn[1]} has two outcomes: {self._outcomes.get(turn)}, then {kind}")
            self._outcomes[turn] = kind
        if kind == "answer":
            index = event["answer"].get("index", 0)
            self._expect(turn not in self._outcomes, f"an answer of turn {turn[1]} comes after its end")
            self._expect(answers in (None, index), f"turn {turn[1]} has answer {index} after {answers} answers")
            self._answers[turn] = index + 1
        if kind == "turn_ended":
            count = event["turn_ended"].get("answer_count", 0)
            self._expect(answers in (None, count), f"turn {turn[1]} ends with answer_count {count} after {answers} answers")

    def _expect(self, good, sentence):
        if not good:
            self.broken.append(sentence)
