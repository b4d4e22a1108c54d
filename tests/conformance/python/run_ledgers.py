"""Asks the emulator of every gateway, once all has been played, whether a session is left that costs."""

import json
import sys
import urllib.request

# They cannot make a session, so that none may have been there. Everywhere else the ledger must know some, or it says nothing.
IDLE = {"akool-down", "wrong-token"}


def check(name, akool):
    """None, or what is wrong."""
    with urllib.request.urlopen(f"{akool}_emulator/ledger", timeout=5) as answer:
        ledger = json.load(answer)
    if ledger["open"]:
        return f"{len(ledger['open'])} of {len(ledger['all'])} are open: {ledger['open']}"
    if bool(ledger["all"]) == (name in IDLE):
        return f"{len(ledger['all'])} sessions were there"
    return None


def main(gateways_path):
    with open(gateways_path, encoding="utf-8") as file:
        emulators = [(name, akool) for name, _, akool in map(str.split, file)]
    failed = 0
    for name, akool in emulators:
        try:
            fault = check(name, akool)
        except OSError as problem:
            fault = str(problem) or repr(problem)
        failed += fault is not None
        print(f"ledgers {'ok    ' if fault is None else 'FAILED'}  no session is left at the AKOOL of '{name}'" + (f"\n        {fault}" if fault else ""))
    print(f"ledgers: {len(emulators) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not emulators else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
