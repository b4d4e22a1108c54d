// The JSON form of durations and timestamps, which neither protobufjs nor the loader knows by itself.

import protobuf from 'protobufjs';

/** How messages are read into plain objects: as in protobuf's JSON form, with the field names of the .proto files. */
export const OPTIONS = { keepCase: true, longs: String, enums: String, oneofs: false };

const PACKAGE = 'akool.avatar.v1.';

// A wrapper must have both directions; `this` has the ones that it stands for.
const fromObject = function (object) {
  return this.fromObject(object);
};
protobuf.wrappers['.google.protobuf.Duration'] = {
  fromObject,
  toObject: ({ seconds, nanos }) => `${seconds}${fractionOf(nanos)}s`,
};
protobuf.wrappers['.google.protobuf.Timestamp'] = {
  fromObject,
  toObject: ({ seconds, nanos }) => new Date(Number(seconds) * 1000).toISOString().replace('.000Z', `${fractionOf(nanos)}Z`),
};

const READERS = {
  'google.protobuf.Duration': (text) => {
    const [, sign, seconds, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text);
    return { seconds: Number(sign + seconds), nanos: Number(sign + fraction.padEnd(9, '0')) };
  },
  'google.protobuf.Timestamp': (text) => {
    const milliseconds = Date.parse(text);
    return { seconds: Math.floor(milliseconds / 1000), nanos: (((milliseconds % 1000) + 1000) % 1000) * 1e6 };
  },
};

/** What the loader takes for a message that is given in its JSON form. */
export function fromJson(value, { field }, definition) {
  const read = (fieldValue, { typeName }) => {
    if (READERS[typeName]) return READERS[typeName](fieldValue);
    const type = definition[PACKAGE + typeName]?.type;
    return type?.field && typeof fieldValue === 'object' ? fromJson(fieldValue, type, definition) : fieldValue;
  };
  return Object.fromEntries(Object.entries(value).map(([name, fieldValue]) => {
    const known = field.find((candidate) => candidate.name === name);
    if (!known) throw new Error(`the contract has no field ${name} here`);
    return [name, read(fieldValue, known)];
  }));
}

// None, or three, six or nine digits.
function fractionOf(nanos) {
  return nanos ? '.' + String(nanos).padStart(9, '0').replace(/(000){1,2}$/, '') : '';
}
