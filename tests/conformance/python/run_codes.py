"""Lets AKOOL's emulator answer each business code at each HTTP status, and reads what a caller is told."""

import json
import os
import sys
import time
import urllib.request

import grpc

import errors
from contract import Contract
from matching import Mismatch, match

WAIT = 1  # seconds; what the emulator asks for where a code asks for quiet


class Codes:
    """Two calls on one gateway: one that creates a session, and one about a session that exists."""

    def __init__(self, gateway, akool):
        self._contract = Contract(gateway)
        self._akool = akool
        self._session = None

    def check(self, row, http):
        for call, expected in (("CreateSession", row), ("PauseSession", row | row.get("of_a_session", {}))):
            self._script(call[0].lower() + call[1:], row, http)
            told = self._call(call)
            try:
                match(expectation(expected), told, {})
            except Mismatch as mismatch:
                raise Mismatch(f"{call} at HTTP {http}: {mismatch}") from None
            if expected["reason"] == "UPSTREAM_BUSY":
                time.sleep(WAIT + 0.1)

    def close(self):
        self._control("clear")
        if self._session is not None:
            self._contract.call("SessionService/CloseSession", {"name": self._session})
        self._contract.close()

    def _call(self, call):
        """How the call failed."""
        request = {"config": {"avatar_id": "Kai_1080P_back"}} if call == "CreateSession" else {"name": self._live_session()}
        try:
            answer = self._contract.call(f"SessionService/{call}", request)
        except grpc.RpcError as error:
            return errors.of_call(error)
        raise Mismatch(f"{call} should fail and gave {answer}")

    def _live_session(self):
        # AKOOL's code may have ended the last one.
        if self._session is not None and self._state() == "STATE_ACTIVE":
            return self._session
        made = self._contract.call("SessionService/CreateSession", {"config": {"avatar_id": "Kai_1080P_back"}, "wait_until_active": True})
        self._session = made["session"]["name"]
        return self._session

    def _state(self):
        return self._contract.call("SessionService/GetSession", {"name": self._session})["session"]["state"]

    def _script(self, operation, row, http):
        self._control("clear")
        fault = {"kind": "businessCode", "operation": operation, "code": row["code"], "status": http}
        if row["reason"] == "UPSTREAM_BUSY":
            fault["retryAfter"] = f"00:00:0{WAIT}"
        self._control("script", fault)

    def _control(self, what, body=None):
        with urllib.request.urlopen(f"{self._akool}_emulator/{what}", json.dumps(body or {}).encode(), timeout=5) as answer:
            answer.read()


def expectation(row):
    retry = {"retry_delay": f"{WAIT}s" if row["reason"] == "UPSTREAM_BUSY" else "*"} if row["retry"] else None
    upstream = row.get("upstream_code", row["code"])
    info = {"reason": row["reason"], "domain": "akool.avatar", "metadata": upstream and {"upstream_code": str(upstream)}}
    return {"code": row["status"], "message": "*", "details": {"ErrorInfo": info, "RetryInfo": retry}}


def main(table_path, gateways_path):
    with open(gateways_path, encoding="utf-8") as file:
        _, gateway, akool = next(line.split() for line in file if line.startswith("default "))
    with open(table_path, encoding="utf-8") as file:
        table = json.load(file)
    with open(os.path.join(os.path.dirname(table_path), table["documented"]), encoding="utf-8") as file:
        documented = {row["code"] for row in json.load(file)} - {1000}

    failed = 0
    missing = documented - {row["code"] for row in table["codes"]}
    if missing:
        failed += 1
        print(f"codes   FAILED  the table has every code that AKOOL documents\n        it has not {sorted(missing)}")
    codes = Codes(gateway, akool)
    for row in table["codes"]:
        fault = None
        try:
            for http in row.get("http", table["http"]):
                codes.check(row, http)
        except (Mismatch, grpc.RpcError, OSError) as problem:
            fault = str(problem) or repr(problem)
        failed += fault is not None
        print(f"codes   {'ok    ' if fault is None else 'FAILED'}  {row['code']} is {row['status']} {row['reason']}" + (f"\n        {fault}" if fault else ""), flush=True)
    codes.close()
    print(f"codes: {len(table['codes']) + bool(missing) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
