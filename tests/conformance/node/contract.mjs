// The gateway's calls by name, read from the contract itself at run time: no generated code.

import { readdirSync } from 'node:fs';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { OPTIONS, fromJson } from './json.mjs';

/** Nothing that a case does takes longer, in seconds. */
export const STEP_LIMIT = 15;

const FOLDER = 'akool/avatar/v1';

/** One connection to a gateway. */
export class Contract {
  #definition;
  #services;
  #clients = new Map();
  #host;

  constructor(url, protos) {
    this.#host = new URL(url).host;
    const files = readdirSync(`${protos}/${FOLDER}`).map((file) => `${FOLDER}/${file}`);
    this.#definition = loader.loadSync(files, { ...OPTIONS, includeDirs: [protos] });
    this.#services = grpc.loadPackageDefinition(this.#definition).akool.avatar.v1;
  }

  close() {
    for (const client of this.#clients.values()) client.close();
  }

  /** `SessionService/CreateSession`: what to call, what makes its requests of their JSON form, and whether it takes many. */
  method(name) {
    const [service, method] = name.split('/');
    if (!this.#clients.has(service)) this.#clients.set(service, new this.#services[service](this.#host, grpc.credentials.createInsecure()));
    const client = this.#clients.get(service);
    const { requestStream, requestType } = this.#services[service].service[method];
    return { call: client[method].bind(client), toRequest: (json) => fromJson(json, requestType.type, this.#definition), requestStream };
  }

  /** Calls a method that answers once. Rejects with the grpc error. */
  call(name, request, metadata, deadline = STEP_LIMIT) {
    const { call, toRequest } = this.method(name);
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + deadline * 1000 };
      call(toRequest(request), metadataOf(metadata), options, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }
}

export function metadataOf(entries = {}) {
  const metadata = new grpc.Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
}
