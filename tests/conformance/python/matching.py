"""What a case says, held against what came: the vocabulary of cases.json."""

from google.protobuf.timestamp_pb2 import Timestamp

UNSET = (None, "", "0", 0, False, [], {})

RULES = {
    "$after": lambda actual, given: seconds_of(actual) - seconds_of(given[0]) >= given[1],
    "$without": lambda actual, given: not any(text in actual for text in given),
}


class Mismatch(Exception):
    """Something is not as the case says."""


def fill(template, names):
    """The template with `$name` replaced by what it stands for, and `{"$text": [text, times]}` written out."""
    if isinstance(template, str) and template.startswith("$"):
        if template[1:] not in names:
            raise Mismatch(f"the case uses {template} before it is known")
        return names[template[1:]]
    if isinstance(template, list):
        return [fill(item, names) for item in template]
    if isinstance(template, dict):
        if "$text" in template:
            text, times = template["$text"]
            return text * times
        return {key: fill(value, names) for key, value in template.items()}
    return template


def fits(expected, actual, names):
    """Whether it fits, without learning any name."""
    try:
        match(expected, actual, dict(names))
        return True
    except Mismatch:
        return False


def match(expected, actual, names, at="it"):
    """Raises Mismatch where it does not fit; learns the names that it meets for the first time."""
    if expected == "*":
        check(actual not in UNSET, at, "something", actual)
    elif isinstance(expected, str) and expected.startswith("$"):
        name = expected[1:]
        if name not in names:
            check(actual not in UNSET, at, "something", actual)
            names[name] = actual
        check(actual == names[name], at, names.get(name), actual)
    elif isinstance(expected, dict) and next(iter(expected), None) in RULES:
        [(rule, given)] = fill(expected, names).items()
        check(actual not in UNSET and RULES[rule](actual, given), at, {rule: given}, actual)
    elif isinstance(expected, dict) and "$text" not in expected:
        check(isinstance(actual, dict), at, expected, actual)
        for key, value in expected.items():
            match(value, actual.get(key), names, f"{at}.{key}")
    elif isinstance(expected, list):
        check(isinstance(actual, list) and len(actual) == len(expected), at, expected, actual)
        for index, value in enumerate(expected):
            match(value, actual[index], names, f"{at}[{index}]")
    else:
        expected = fill(expected, names)
        check(actual == expected or (actual in UNSET and expected in UNSET), at, expected, actual)


def seconds_of(time):
    parsed = Timestamp()
    parsed.FromJsonString(time)
    return parsed.ToMicroseconds() / 1e6


def check(good, at, expected, actual):
    if not good:
        raise Mismatch(f"{at} should be {shown(expected)} and is {shown(actual)}")


def shown(value):
    text = repr(value)
    return text if len(text) <= 400 else text[:400] + "..."
