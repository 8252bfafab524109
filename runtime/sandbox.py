"""Parsing behind a wall: a fork server with the libraries loaded, one short-lived child for each document.

Whatever a document does to its parser, the caller gets bytes or a SandboxFailure with a code and a sentence:
parser_crashed, parser_timeout, parser_memory, parser_output_too_large, parser_error, or the code of
the InputError the parser raised.
"""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from models.errors import InputError
from runtime.sandbox_server import EXITED, FRAME, NO_MEMORY, REFUSED, RESULT, SIGNALLED, TAKEN, TIMED_OUT, TRAILER
from runtime.sandbox_wall import SandboxUnavailable, launch, orders, resolve
from runtime.settings import SandboxMode

_START_S = 60                 # importing the libraries on a busy machine
_GRACE_S = 5                  # beyond the wall clock limit the server keeps; then the whole server is killed
_CODE = re.compile(r"[a-z][a-z0-9_]{1,40}")


class SandboxFailure(InputError):
    """The document could not be read; `code` says in which way."""

    code = "parser_error"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one run: seconds of processor and of wall clock, address space and answer in MiB."""

    cpu_s: int = 30
    wall_s: float = 60
    memory_mb: int = 1024
    output_mb: int = 200


@dataclass(frozen=True, slots=True)
class _Server:
    process: subprocess.Popen[bytes]
    control: socket.socket

    def end(self) -> None:
        self.control.close()
        self.process.kill()
        self.process.wait()


class Sandbox:
    """Runs functions of preloaded modules behind the wall. Safe to share between threads; close it at the end.

    The server starts with the first run and again after it died. It ends by itself when this process does.
    """

    def __init__(self, *, preload: Sequence[str], mode: SandboxMode = SandboxMode.AUTO, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._preload = tuple(preload)
        self._asked = mode
        self._server: _Server | None = None
        self._lock = Lock()

    @cached_property
    def mode(self) -> SandboxMode:
        """The wall in force, found by trying. Raises SandboxUnavailable."""
        return resolve(self._asked)

    def run(self, entry: str, content: bytes, options: bytes = b"", *, limits: Limits | None = None) -> bytes:
        """Call `entry` ("package.module:function", module preloaded) with (content, options) in a child of its own."""
        if entry.partition(":")[0] not in self._preload:
            raise ValueError(f"{entry} is not in a preloaded module")
        limits = limits or self.limits
        ours, server = self._begin(_request(entry, len(content), len(options), limits))
        with ours:
            try:
                said = _exchange(ours, (options, content), limits)
            except TimeoutError:
                self._drop(server)
                raise SandboxFailure("Reading the document took too long and was stopped.", code="parser_timeout") from None
        return _outcome(said, limits)

    def close(self) -> None:
        """End the server and its children."""
        with self._lock:
            if self._server is not None:
                self._server.end()
                self._server = None

    def _begin(self, request: bytes) -> tuple[socket.socket, _Server]:
        """A socket to a fresh child. A server that is dead or dies before it took the request is replaced once."""
        try:
            return self._open(request)
        except OSError:
            pass
        try:
            return self._open(request)
        except OSError as e:
            raise SandboxFailure("The document's parser was cut off. Try again in a moment.", code="parser_crashed") from e

    def _open(self, request: bytes) -> tuple[socket.socket, _Server]:
        server = self._running()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(server.control, [request], [theirs.fileno()])
            ours.settimeout(_START_S)
            if ours.recv(1) != TAKEN:
                raise ConnectionResetError
        except OSError:
            ours.close()
            self._drop(server)
            raise
        return ours, server

    def _running(self) -> _Server:
        with self._lock:
            if self._server is not None and self._server.process.poll() is not None:
                self._server.end()
                self._server = None
            if self._server is None:
                self._server = self._start()
            return self._server

    def _drop(self, server: _Server) -> None:
        with self._lock:
            if self._server is server:
                self._server.end()
                self._server = None

    def _start(self) -> _Server:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            server = _Server(launch(self.mode, "runtime.sandbox_server", self._preload, theirs), ours)
        try:
            ours.settimeout(_START_S)
            ours.send(json.dumps({"preload": self._preload, **orders(self.mode, self._preload)}).encode())
            problem = json.loads(ours.recv(2**16) or b'{"error": "it ended at once"}')["error"]
            ours.settimeout(None)
        except OSError as e:
            problem = str(e) or type(e).__name__
        if problem:
            server.end()
            raise SandboxUnavailable(f"The sandbox did not start ({problem}). Mend that; what waits is read then.")
        return server


def _request(entry: str, content: int, options: int, limits: Limits) -> bytes:
    """`content` and `options`: how many bytes of each follow over the run's own socket."""
    return json.dumps({
        "entry": entry, "options": options, "content": content,
        "cpu_s": limits.cpu_s, "wall_s": limits.wall_s, "memory_mb": limits.memory_mb,
    }).encode()


def _exchange(ours: socket.socket, parts: Sequence[bytes], limits: Limits) -> bytes:
    """Everything the other side says. Raises TimeoutError past the limit and its grace, SandboxFailure for a flood."""
    deadline = time.monotonic() + limits.wall_s + _GRACE_S
    most = limits.output_mb * 2**20 + FRAME.size + TRAILER.size
    said = bytearray()
    try:
        for part in parts:
            ours.settimeout(max(0.001, deadline - time.monotonic()))
            ours.sendall(part)
    except (BrokenPipeError, ConnectionResetError):
        pass                      # the child is dead already; how it died stands in the trailer
    while True:
        ours.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            chunk = ours.recv(2**20)
        except ConnectionResetError:
            return bytes(said)
        if not chunk:
            return bytes(said)
        said += chunk
        if len(said) > most:
            raise SandboxFailure(
                f"The document unpacks to more than {limits.output_mb} MB. Ask for the order pages alone.",
                code="parser_output_too_large")


def _outcome(said: bytes, limits: Limits) -> bytes:
    if len(said) < TRAILER.size:
        raise SandboxFailure("The document's parser was cut off. Try again, or ask for another format.", code="parser_crashed")
    how, number = TRAILER.unpack(said[-TRAILER.size:])
    frame = said[:-TRAILER.size]
    if how == TIMED_OUT or (how == SIGNALLED and number == signal.SIGXCPU):
        raise SandboxFailure(
            f"Reading the document took more than {limits.cpu_s} s of computing or {limits.wall_s:g} s in all. "
            "Ask for a simpler copy.", code="parser_timeout")
    if how == SIGNALLED and number == signal.SIGKILL:
        raise _no_memory(limits)
    if how != EXITED or number != 0 or len(frame) < FRAME.size:
        raise SandboxFailure("The document crashes its parser. Ask the sender for another format.", code="parser_crashed")
    kind, length = FRAME.unpack(frame[:FRAME.size])
    payload = frame[FRAME.size:]
    if len(payload) != length:
        raise SandboxFailure("The document's parser gave no whole answer. Ask for another format.", code="parser_crashed")
    if kind == RESULT:
        return payload
    raise _no_memory(limits) if kind == NO_MEMORY else _refusal(kind, payload)


def _no_memory(limits: Limits) -> SandboxFailure:
    return SandboxFailure(
        f"Reading the document takes more than {limits.memory_mb} MB of memory. Ask for a simpler copy.", code="parser_memory")


def _refusal(kind: bytes, payload: bytes) -> SandboxFailure:
    """What the child says about itself is not believed beyond its form."""
    if kind == REFUSED:
        try:
            code, sentence = json.loads(payload)
        except ValueError:
            code, sentence = "", ""
        if isinstance(code, str) and isinstance(sentence, str) and _CODE.fullmatch(code):
            return SandboxFailure(sentence[:500], code=code)
    name = payload[:60].decode("ascii", "replace")
    return SandboxFailure(f"The document could not be read ({name}). Ask the sender for another format.")
