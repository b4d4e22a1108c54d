"""Runs cases.json against the gateways that stand in a file of lines `name gateway-url emulator-url`."""

import json
import sys
import time
import urllib.request
import uuid

import grpc

import errors
from contract import STEP_LIMIT, Contract
from matching import Mismatch, fill, fits, match
from streams import Stream


class Case:
    """One case against one gateway."""

    def __init__(self, contract, akool):
        self._contract = contract
        self._akool = akool
        self._names = {"case": uuid.uuid4().hex}
        self._streams = {}
        self._sessions = {}

    def run(self, steps):
        try:
            for number, step in enumerate(steps, 1):
                try:
                    self._step(step)
                except Mismatch as mismatch:
                    raise Mismatch(f"step {number} ({next(iter(step.items()))}): {mismatch}") from None
            for name, stream in self._streams.items():
                if stream.broken:
                    raise Mismatch(f"stream {name} breaks a promise: {'; '.join(stream.broken)}")
        finally:
            self._leave()

    def _step(self, step):
        verb = next(iter(step))
        getattr(self, "_" + verb)(step[verb], step)

    def _call(self, method, step):
        limit = time.monotonic() + STEP_LIMIT
        while True:
            try:
                return self._call_once(method, step)
            except Mismatch:
                if "until" not in step or time.monotonic() > limit:
                    raise
                time.sleep(0.05)

    def _call_once(self, method, step):
        request = fill(step.get("with", {}), self._names)
        try:
            answer = self._contract.call(method, request, step.get("metadata"), step.get("deadline", STEP_LIMIT))
        except grpc.RpcError as error:
            end = errors.of_call(error)
            if "fails" not in step:
                raise Mismatch(f"it failed with {end}") from None
            match(step["fails"], end, self._names)
            return
        if method == "SessionService/CreateSession":
            self._sessions[answer["session"]["name"]] = step.get("metadata")
        if "fails" in step:
            raise Mismatch(f"it should fail with {step['fails']} and gave {answer}")
        match(step.get("gives", {}), answer, self._names)

    def _open(self, name, step):
        first = fill(step["with"], self._names) if "with" in step else None
        self._streams[name] = Stream(self._contract, step.get("call", "ChatService/Chat"), first, step.get("metadata"))

    def _send(self, name, step):
        self._streams[name].send(fill(step["with"], self._names))

    def _receive(self, name, step):
        between = step.get("between", [])
        for expected in step["events"]:
            event = self._next(name)
            while not fits(expected, event, self._names) and any(fits(other, event, self._names) for other in between):
                event = self._next(name)
            match(expected, event, self._names)

    def _next(self, name):
        event = self._streams[name].next()
        if event is None:
            raise Mismatch(f"the stream has ended with {self._streams[name].end()}")
        return event

    def _half_close(self, name, step):
        self._streams[name].half_close()

    def _cut(self, name, step):
        self._streams[name].cut()

    def _end(self, name, step):
        match(step.get("fails", {"code": "OK"}), self._streams[name].end(), self._names)

    def _akool_does(self, what, step):
        body = json.dumps(fill(step.get("with", {}), self._names)).encode()
        for name, value in self._names.items():
            what = what.replace(f"${name}", str(value))
        with urllib.request.urlopen(f"{self._akool}_emulator/{what}", body, timeout=STEP_LIMIT) as answer:
            told = json.load(answer)
        if "gives" in step:
            match(step["gives"], told, self._names)

    def _akool_tells(self, what, step):
        with urllib.request.urlopen(f"{self._akool}_emulator/{what}", timeout=STEP_LIMIT) as answer:
            match(step["gives"], json.load(answer), self._names)

    def _leave(self):
        for stream in self._streams.values():
            stream.cut()
        for session, metadata in self._sessions.items():
            self._contract.call("SessionService/CloseSession", {"name": session}, metadata)


def run(case, gateways):
    """None, or why the case fails."""
    gateway, akool = gateways[case.get("gateway", "default")]
    contract = Contract(gateway)
    try:
        Case(contract, akool).run(case["steps"])
        return None
    except (Mismatch, AssertionError, grpc.RpcError, OSError) as fault:
        return str(fault) or repr(fault)
    finally:
        contract.close()


def main(cases_path, gateways_path):
    with open(gateways_path, encoding="utf-8") as file:
        gateways = {name: (gateway, akool) for name, gateway, akool in map(str.split, file)}
    with open(cases_path, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    failed = 0
    for case in cases:
        fault = run(case, gateways)
        failed += fault is not None
        print(f"python  {'ok    ' if fault is None else 'FAILED'}  {case['name']}" + (f"\n        {fault}" if fault else ""), flush=True)
    print(f"python: {len(cases) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
