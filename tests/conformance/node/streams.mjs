// One streaming call, read as its events come.

import { STEP_LIMIT, metadataOf } from './contract.mjs';
import { endOf } from './errors.mjs';
import { Mismatch, shown } from './matching.mjs';
import { Promises } from './promises.mjs';

/** An open call. What was not read when a case ends is thrown away with the call. */
export class Stream {
  #call;
  #events = [];
  #waiting = null;
  #end = null;
  #promises = null;
  #toRequest;

  constructor(contract, name, first, metadata) {
    const { call, toRequest, requestStream } = contract.method(name);
    if (requestStream) this.#promises = new Promises();
    this.#toRequest = toRequest;
    this.#call = requestStream ? call(metadataOf(metadata)) : call(toRequest(first ?? {}), metadataOf(metadata));
    this.#call.on('data', (event) => {
      this.#promises?.received(event);
      this.#events.push(event);
      this.#waiting?.();
    });
    this.#call.on('error', () => {}); // told by `status`
    this.#call.on('status', (status) => {
      this.#end = endOf(status);
      this.#waiting?.();
    });
    if (requestStream && first) this.send(first);
  }

  get broken() {
    return this.#promises?.broken ?? [];
  }

  send(request) {
    this.#promises.sent(request);
    this.#call.write(this.#toRequest(request));
  }

  halfClose() {
    this.#call.end();
  }

  /** The client is gone, as far as the gateway can see. */
  cut() {
    this.#call.cancel();
  }

  /** The next event; null where the call has ended. */
  async next() {
    if (this.#events.length === 0 && this.#end === null) await this.#arrival();
    return this.#events.shift() ?? null;
  }

  /** How the call ended, once it has. */
  async end() {
    const event = await this.next();
    if (event !== null) throw new Mismatch(`the stream should end, and gave ${shown(event)}`);
    if (this.#end.code === 'OK') this.#promises?.endedWell();
    return this.#end;
  }

  #arrival() {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Mismatch(`nothing came for ${STEP_LIMIT} s`)), STEP_LIMIT * 1000);
      this.#waiting = () => {
        clearTimeout(limit);
        this.#waiting = null;
        resolve();
      };
    });
  }
}
