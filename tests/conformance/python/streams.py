"""One streaming call: written from the case, read by a thread of its own."""

import queue
import threading

import grpc

import errors
from contract import STEP_LIMIT, to_json, to_message
from matching import Mismatch
from promises import Promises

END = object()


class Stream:
    """An open call. What was not read when a case ends is thrown away with the call."""

    def __init__(self, contract, name, first, metadata):
        method, self._request_class, many = contract.method(name)
        self._requests = queue.SimpleQueue()
        self._events = queue.SimpleQueue()
        self._promises = Promises() if many else None
        argument = iter(self._requests.get, END) if many else to_message(first or {}, self._request_class)
        self._call = method(argument, metadata=list((metadata or {}).items()))
        threading.Thread(target=self._read, daemon=True).start()
        if many and first is not None:
            self.send(first)

    def send(self, request):
        self._promises.sent(request)
        self._requests.put(to_message(request, self._request_class))

    def half_close(self):
        self._requests.put(END)

    def cut(self):
        """The client is gone, as far as the gateway can see."""
        self._call.cancel()
        self._requests.put(END)

    def next(self):
        """The next event; None where the call has ended."""
        try:
            event = self._events.get(timeout=STEP_LIMIT)
        except queue.Empty:
            raise Mismatch(f"nothing came for {STEP_LIMIT} s") from None
        if event is END:
            self._events.put(END)
            return None
        return event

    def end(self):
        """How the call ended, once it has."""
        event = self.next()
        if event is not None:
            raise Mismatch(f"the stream should end, and gave {event}")
        end = errors.of_call(self._call)
        if end == errors.OK and self._promises is not None:
            self._promises.ended_well()
        return end

    @property
    def broken(self):
        return [] if self._promises is None else self._promises.broken

    def _read(self):
        try:
            for message in self._call:
                event = to_json(message)
                if self._promises is not None:
                    self._promises.received(event)
                self._events.put(event)
        except grpc.RpcError:
            pass  # told by end()
        self._events.put(END)
