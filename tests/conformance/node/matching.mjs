// What a case says, held against what came: the vocabulary of cases.json.

/** Something is not as the case says. */
export class Mismatch extends Error {}

const isUnset = (value) =>
  value === undefined || value === null || value === '' || value === '0' || value === 0 || value === false ||
  (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isName = (value) => typeof value === 'string' && value.startsWith('$');

const RULES = {
  $after: (actual, [time, seconds]) => Date.parse(actual) - Date.parse(time) >= seconds * 1000,
  $without: (actual, texts) => !texts.some((text) => actual.includes(text)),
};

/** The template with `$name` replaced by what it stands for, and `{"$text": [text, times]}` written out. */
export function fill(template, names) {
  if (isName(template)) {
    if (!names.has(template)) throw new Mismatch(`the case uses ${template} before it is known`);
    return names.get(template);
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, names));
  if (!isObject(template)) return template;
  if (template.$text) return template.$text[0].repeat(template.$text[1]);
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, names)]));
}

/** Whether it fits, without learning any name. */
export function fits(expected, actual, names) {
  try {
    match(expected, actual, new Map(names));
    return true;
  } catch (mismatch) {
    if (mismatch instanceof Mismatch) return false;
    throw mismatch;
  }
}

/** Throws a Mismatch where it does not fit; learns the names that it meets for the first time. */
export function match(expected, actual, names, at = 'it') {
  if (expected === '*') {
    check(!isUnset(actual), at, 'something', actual);
  } else if (isName(expected)) {
    if (!names.has(expected)) {
      check(!isUnset(actual), at, 'something', actual);
      names.set(expected, actual);
    }
    check(actual === names.get(expected), at, names.get(expected), actual);
  } else if (isObject(expected) && RULES[Object.keys(expected)[0]]) {
    const [[rule, given]] = Object.entries(fill(expected, names));
    check(!isUnset(actual) && RULES[rule](actual, given), at, { [rule]: given }, actual);
  } else if (isObject(expected)) {
    check(isObject(actual), at, expected, actual);
    for (const [key, value] of Object.entries(expected)) match(value, actual[key], names, `${at}.${key}`);
  } else if (Array.isArray(expected)) {
    check(Array.isArray(actual) && actual.length === expected.length, at, expected, actual);
    expected.forEach((value, index) => match(value, actual[index], names, `${at}[${index}]`));
  } else {
    check(actual === expected || (isUnset(actual) && isUnset(expected)), at, expected, actual);
  }
}

function check(good, at, expected, actual) {
  if (!good) throw new Mismatch(`${at} should be ${shown(expected)} and is ${shown(actual)}`);
}

export const shown = (value) => (JSON.stringify(value) ?? 'absent').slice(0, 400);
