// What holds on every Chat stream, whatever the case.

const COMMON = ['sequence', 'event_time', 'turn_id', 'stream_id'];

/** Watches one stream. Each broken promise is a sentence in `broken`. */
export class Promises {
  broken = [];
  #sequence = 0n;
  #answers = new Map(); // how many came
  #isWhole = true;
  #outcomes = new Map();
  #asked = new Set();
  #first = true;

  sent(request) {
    if (request.attach?.resume_from) this.#isWhole = false; // what came before the resume point does not come again
    if (request.turn) this.#asked.add(request.turn.turn_id ?? '');
  }

  received(event) {
    const kind = Object.keys(event).find((key) => !COMMON.includes(key));
    this.#expect(this.#first === (kind === 'attached'), `\`attached\` is to be the first event, and only the first; this was ${kind}`);
    this.#first = false;
    if (kind === 'gap') {
      this.#isWhole = false;
      this.#answers.clear();
    }

    const sequence = BigInt(event.sequence ?? 0);
    if (kind === 'attached' || kind === 'pong') {
      this.#expect(sequence === 0n, `${kind} has sequence ${sequence}`);
    } else {
      this.#expect(sequence > this.#sequence, `sequence ${sequence} comes after ${this.#sequence}`);
      this.#sequence = sequence;
    }
    this.#turn(kind, event);
  }

  /** The stream ended OK after a half-close: each turn must have had its outcome. */
  endedWell() {
    for (const turn of this.#asked) this.#expect(this.#outcomes.has(keyOf({ turn_id: turn })), `turn ${turn} never ended`);
  }

  #turn(kind, event) {
    const turn = keyOf(event);
    // Of what was sent now, and no outcome of the turn that has its id.
    if (event.turn_rejected?.problem?.reason === 'ERROR_REASON_IDEMPOTENCY_CONFLICT') return;
    // Another stream's turn may have begun before this one came.
    const answers = this.#answers.get(turn) ?? (this.#isWhole && !event.stream_id ? 0 : null);
    if (kind === 'turn_rejected' || kind === 'turn_ended') {
      this.#expect(!this.#outcomes.has(turn), `turn ${turn} has two outcomes: ${this.#outcomes.get(turn)}, then ${kind}`);
      this.#outcomes.set(turn, kind);
    }
    if (kind === 'answer') {
      const index = event.answer.index ?? 0;
      this.#expect(!this.#outcomes.has(turn), `an answer of turn ${turn} comes after its end`);
      this.#expect(answers === null || answers === index, `turn ${turn} has answer ${index} after ${answers} answers`);
      this.#answers.set(turn, index + 1);
    }
    if (kind === 'turn_ended') {
      const count = event.turn_ended.answer_count ?? 0;
      this.#expect(answers === null || answers === count, `turn ${turn} ends with answer_count ${count} after ${answers} answers`);
    }
  }

  #expect(good, sentence) {
    if (!good) this.broken.push(sentence);
  }
}

const keyOf = ({ stream_id = '', turn_id = '' }) => `${stream_id}/${turn_id}`;
