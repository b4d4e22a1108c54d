// Runs cases.json against the gateways that stand in a file of lines `name gateway-url emulator-url`.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Contract, STEP_LIMIT } from './contract.mjs';
import { endOf } from './errors.mjs';
import { Mismatch, fill, fits, match, shown } from './matching.mjs';
import { Stream } from './streams.mjs';

/** One case against one gateway. */
class Case {
  #contract;
  #akool;
  #names = new Map([['$case', randomUUID()]]);
  #streams = new Map();
  #sessions = new Map();

  constructor(contract, akool) {
    this.#contract = contract;
    this.#akool = akool;
  }

  async run(steps) {
    try {
      for (const [index, step] of steps.entries()) await this.#numbered(index + 1, step);
      for (const [name, stream] of this.#streams) {
        if (stream.broken.length > 0) throw new Mismatch(`stream ${name} breaks a promise: ${stream.broken.join('; ')}`);
      }
    } finally {
      await this.#leave();
    }
  }

  async #numbered(number, step) {
    const [verb, subject] = Object.entries(step)[0];
    try {
      await this.#verbs[verb](subject, step);
    } catch (mismatch) {
      if (mismatch instanceof Mismatch) mismatch.message = `step ${number} (${verb} ${subject}): ${mismatch.message}`;
      throw mismatch;
    }
  }

  #verbs = {
    call: async (method, step) => {
      for (const limit = Date.now() + STEP_LIMIT * 1000; ; await sleep(50)) {
        try {
          return await this.#call(method, step);
        } catch (mismatch) {
          if (!step.until || !(mismatch instanceof Mismatch) || Date.now() > limit) throw mismatch;
        }
      }
    },
    open: (name, step) => {
      const first = step.with && fill(step.with, this.#names);
      this.#streams.set(name, new Stream(this.#contract, step.call ?? 'ChatService/Chat', first, step.metadata));
    },
    send: (name, step) => this.#streams.get(name).send(fill(step.with, this.#names)),
    receive: async (name, { events, between = [] }) => {
      for (const expected of events) {
        let event = await this.#next(name);
        while (!fits(expected, event, this.#names) && between.some((other) => fits(other, event, this.#names))) event = await this.#next(name);
        match(expected, event, this.#names);
      }
    },
    half_close: (name) => this.#streams.get(name).halfClose(),
    cut: (name) => this.#streams.get(name).cut(),
    end: async (name, step) => match(step.fails ?? { code: 'OK' }, await this.#streams.get(name).end(), this.#names),
    akool_does: async (what, step) => {
      const told = await this.#control(what, { method: 'POST', body: JSON.stringify(fill(step.with ?? {}, this.#names)) });
      if (step.gives) match(step.gives, told, this.#names);
    },
    akool_tells: async (what, step) => match(step.gives, await this.#control(what), this.#names),
  };

  async #call(method, step) {
    let answer;
    try {
      answer = await this.#contract.call(method, fill(step.with ?? {}, this.#names), step.metadata, step.deadline);
    } catch (error) {
      if (error.code === undefined || error instanceof Mismatch) throw error;
      if (!step.fails) throw new Mismatch(`it failed with ${shown(endOf(error))}`);
      return match(step.fails, endOf(error), this.#names);
    }
    if (method === 'SessionService/CreateSession') this.#sessions.set(answer.session.name, step.metadata);
    if (step.fails) throw new Mismatch(`it should fail with ${shown(step.fails)} and gave ${shown(answer)}`);
    match(step.gives ?? {}, answer, this.#names);
  }

  async #next(name) {
    const event = await this.#streams.get(name).next();
    if (event === null) throw new Mismatch(`the stream has ended with ${shown(await this.#streams.get(name).end())}`);
    return event;
  }

  async #control(what, options) {
    for (const [name, value] of this.#names) what = what.replace(name, value);
    const answer = await fetch(`${this.#akool}_emulator/${what}`, options);
    if (!answer.ok) throw new Mismatch(`the emulator answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  async #leave() {
    for (const stream of this.#streams.values()) stream.cut();
    for (const [name, metadata] of this.#sessions) await this.#contract.call('SessionService/CloseSession', { name }, metadata);
  }
}

const [casesPath, gatewaysPath, protos] = process.argv.slice(2);
const lines = readFileSync(gatewaysPath, 'utf8').trim().split('\n');
const gateways = new Map(lines.map((line) => line.split(' ')).map(([name, ...urls]) => [name, urls]));
const { cases } = JSON.parse(readFileSync(casesPath, 'utf8'));
let failed = 0;
for (const { name, gateway = 'default', steps } of cases) {
  const [url, akool] = gateways.get(gateway);
  const contract = new Contract(url, protos);
  let fault = null;
  try {
    await new Case(contract, akool).run(steps);
  } catch (error) {
    fault = error instanceof Mismatch ? error.message : error.stack;
    failed++;
  } finally {
    contract.close();
  }
  console.log(`node    ${fault === null ? 'ok    ' : 'FAILED'}  ${name}${fault === null ? '' : `\n        ${fault}`}`);
}
console.log(`node: ${cases.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 || cases.length === 0 ? 1 : 0;
