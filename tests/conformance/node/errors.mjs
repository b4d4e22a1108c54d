// How a call ended, with the details of google.rpc.Status.

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import grpc from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { OPTIONS } from './json.mjs';

const google = dirname(createRequire(import.meta.url).resolve('google-proto-files/package.json'));
const root = new protobuf.Root();
root.resolvePath = (_, target) => (target.startsWith('/') ? target : `${google}/${target}`);
root.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto'], { keepCase: true });
const Status = root.lookupType('google.rpc.Status');

/** The status that ended a call: `{code, message, details: {ErrorInfo: ...}}`. */
export function endOf({ code, details: message, metadata }) {
  if (code === grpc.status.OK) return { code: 'OK', details: {} };
  const packed = metadata?.get('grpc-status-details-bin')[0];
  return { code: grpc.status[code], message, details: packed ? detailsOf(packed, code, message) : {} };
}

function detailsOf(packed, code, message) {
  const status = Status.decode(packed);
  if (status.code !== code || status.message !== message) {
    const said = `${status.code} "${status.message}" and not ${code} "${message}"`;
    throw new Error(`grpc-status-details-bin says another code or text than grpc-status and grpc-message: ${said}`);
  }
  return Object.fromEntries(status.details.map(({ type_url, value }) => {
    const type = root.lookupType(type_url.split('/').at(-1));
    return [type.name, type.toObject(type.decode(value), { ...OPTIONS })];
  }));
}
