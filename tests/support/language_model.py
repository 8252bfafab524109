"""An OpenAI-compatible server on loopback whose answers are scripted, and which can misbehave on the wire."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], str]
"""The request's JSON → the text of the model's reply."""


class Wire(StrEnum):
    """What the server does wrong before any answer is looked at."""

    NONE = "none"
    BROKEN = "broken"              # 500
    HANGS = "hangs"                # takes the question, says nothing
    DRIPS_HEADERS = "drips_headers"
    DRIPS_BODY = "drips_body"
    FLOODS = "floods"              # ten megabytes
    REDIRECTS = "redirects"        # to `elsewhere`
    PACKED = "packed"              # gzip that nobody asked for
    RUBBISH = "rubbish"            # no JSON
    OTHER_SHAPE = "other_shape"    # JSON of another service
    NO_SCHEMAS = "no_schemas"      # 400 to a response_format


@dataclass
class ModelServer:
    """Use as a context manager; `url` is what goes into the settings, `asked` holds the questions, `keys` who they came from."""

    answer: Answer
    wire: Wire = Wire.NONE
    elsewhere: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def __enter__(self) -> ModelServer:
        self._done = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Up to and with /v1."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def drip(self, write: Callable[[bytes], object], text: bytes) -> None:
        """A byte every 50 ms until the client hangs up or the test is over."""
        for n in range(2000):
            if self._done.wait(0.05):
                return
            write(text[n % len(text) :][:1])

    def wait(self) -> None:
        """Say nothing until the test is over, a minute at most."""
        self._done.wait(60)


def _handler(of: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            of.asked.append(body)
            of.keys.append(self.headers.get("Authorization"))
            with suppress(OSError):                # the client hung up, as it should
                self.misbehave(body)

        def misbehave(self, body: dict[str, Any]) -> None:
            if of.wire is Wire.HANGS:
                of.wait()
            elif of.wire is Wire.DRIPS_HEADERS:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                of.drip(self.wfile.write, b"x")
            elif of.wire is Wire.DRIPS_BODY:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                of.drip(self.wfile.write, b" ")
            elif of.wire is Wire.REDIRECTS:
                self.send(307, b"", Location=of.elsewhere)
            elif of.wire is Wire.BROKEN or (of.wire is Wire.NO_SCHEMAS and "response_format" in body):
                self.send(500 if of.wire is Wire.BROKEN else 400, b'{"error": {"message": "no"}}')
            elif of.wire is Wire.PACKED:
                self.send(200, completion(of.answer(body)), **{"Content-Encoding": "gzip"})
            elif of.wire in _BODIES:
                self.send(200, _BODIES[of.wire])
            else:
                self.send(200, completion(of.answer(body)))

        def send(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler


def completion(text: str) -> bytes:
    """A reply as the API wraps it."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return json.dumps({"id": "x", "object": "chat.completion", "created": int(time.time()), "choices": [choice]}).encode()


_BODIES = {
    Wire.FLOODS: completion("x" * 10_000_000), Wire.RUBBISH: b"<html>Bad gateway</html>",
    Wire.OTHER_SHAPE: b'{"choices": [{"text": 4}]}',
}
