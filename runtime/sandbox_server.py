"""The fork server behind the wall: imports the parsers once, then gives each document a child of its own.

Standard input is the control socket. The first message says what to import; then each message is a request with a socket of
its own, over which the caller sends options and content and reads until the end: one byte that says the request was taken, the
child's frame, then the server's trailer, which is written after the child is dead and so cannot be forged by it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Container, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from models.errors import InputError
from runtime.garbage import freeze_startup
from runtime.sandbox_kernel import deny_calls, drop_privileges, limit_resources, obey

REQUEST = 2**16                           # bytes of a request at most
TAKEN = b"T"                              # what the server says before a request has its child
FRAME = struct.Struct(">cQ")              # what the child says: kind, length
TRAILER = struct.Struct(">cI")            # how the child ended: kind, exit code or signal
_FEW_CYCLES = 50_000                      # objects between two searches for cycles: a child that ends soon has hardly any
RESULT, REFUSED, FAILED, NO_MEMORY = b"R", b"E", b"X", b"M"
EXITED, SIGNALLED, TIMED_OUT = b"x", b"s", b"t"


def main() -> None:
    """Import, say so, serve until the control socket closes."""
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        start = json.loads(control.recv(2**16))
        obey(start)
        for name in start["preload"]:
            importlib.import_module(name)
    except Exception as e:
        control.send(json.dumps({"error": f"{type(e).__name__}: {e}"}).encode())
        return
    freeze_startup()                      # pages of the imported libraries stay shared with the children
    gc.set_threshold(_FEW_CYCLES)
    control.send(json.dumps({"error": None}).encode())
    _serve(control, start)


@dataclass(slots=True)
class _Run:
    """One document: its socket, its child until that is dead, then how it ended, until that is said."""

    socket: socket.socket
    child: int
    ended: int                            # a descriptor that can be read when the child is dead
    deadline: float                       # of the monotonic clock
    trailer: bytes = b""

    def watch(self, poll: select.poll) -> None:
        """Wait for what comes next: the child's end or the caller's hanging up, then room for the trailer."""
        if not self.trailer:
            poll.register(self.ended, select.POLLIN)
        poll.register(self.socket, select.POLLOUT if self.trailer else 0)      # hang-up is always reported

    def proceed(self, ready: Container[int]) -> bool:
        """Do what can be done now; True when all is done."""
        if not self.trailer:
            is_over = self.ended in ready or self.socket.fileno() in ready
            if not is_over and time.monotonic() < self.deadline:
                return False
            self.trailer = self.end(in_time=is_over)
        try:
            self.socket.send(self.trailer, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            pass                          # the caller is gone; nobody is left to tell
        self.close()
        return True

    def end(self, *, in_time: bool) -> bytes:
        """Kill the child's group, whatever is left of it; returns how the child ended."""
        os.killpg(self.child, signal.SIGKILL)        # it exists until the child is waited for
        status = os.waitpid(self.child, 0)[1]
        if not in_time:
            return TRAILER.pack(TIMED_OUT, 0)
        if os.WIFSIGNALED(status):
            return TRAILER.pack(SIGNALLED, os.WTERMSIG(status))
        return TRAILER.pack(EXITED, os.WEXITSTATUS(status))

    def close(self) -> None:
        """Let go of both descriptors."""
        self.socket.close()
        os.close(self.ended)


def _serve(control: socket.socket, orders: dict[str, Any]) -> None:
    """Begin runs as they are asked for and see them end. One loop for all: a fork of this process costs milliseconds."""
    runs: list[_Run] = []
    while True:
        poll = select.poll()
        poll.register(control, select.POLLIN)
        for run in runs:
            run.watch(poll)
        waiting = [run.deadline for run in runs if not run.trailer]
        ready = dict(poll.poll(max(0.0, min(waiting) - time.monotonic()) * 1000 + 1 if waiting else None))
        runs = [run for run in runs if not run.proceed(ready)]
        if control.fileno() in ready:
            message, descriptors, _, _ = socket.recv_fds(control, REQUEST, 1)
            if not message:
                break
            runs.append(_begin(json.loads(message), socket.socket(fileno=descriptors[0]), control, runs, orders))
    for run in runs:
        if not run.trailer:
            run.end(in_time=True)


def _begin(
    request: dict[str, Any], run: socket.socket, control: socket.socket, others: Iterable[_Run], orders: dict[str, Any],
) -> _Run:
    with suppress(OSError):               # the caller may be gone again; its child finds that out
        run.send(TAKEN)
    child = os.fork()
    if child == 0:
        control.close()
        for other in others:              # a document must not speak for another
            other.close()
        _child(run, request, orders)
    with suppress(OSError):
        os.setpgid(child, child)          # by both, so that it is done whoever comes first
    return _Run(run, child, os.pidfd_open(child), time.monotonic() + request["wall_s"])


def _child(run: socket.socket, request: dict[str, Any], orders: dict[str, Any]) -> NoReturn:
    try:
        os.setpgid(0, 0)
        limit_resources(cpu_s=request["cpu_s"], memory_mb=request["memory_mb"], threads=orders["threads"])
        options, content = _receive(run, request["options"]), _receive(run, request["content"])
        if orders["walled"]:
            drop_privileges()
            deny_calls()
        kind, payload = _answer(request["entry"], content, options)
        run.sendall(FRAME.pack(kind, len(payload)))
        run.sendall(payload)
    except BaseException:                 # whatever happened, only the exit code is left to say so
        os._exit(1)
    os._exit(0)


def _answer(entry: str, content: bytes, options: bytes) -> tuple[bytes, bytes]:
    module, _, function = entry.partition(":")
    try:
        return RESULT, getattr(sys.modules[module], function)(content, options)
    except InputError as e:
        return REFUSED, json.dumps([e.code, e.sentence]).encode()
    except MemoryError:
        return NO_MEMORY, b""
    except BaseException as e:            # PanicException of Rust libraries, SystemExit: all end as "could not be read"
        return FAILED, type(e).__name__.encode()


def _receive(run: socket.socket, length: int) -> bytes:
    buffer = bytearray(length)
    view = memoryview(buffer)
    while view:
        got = run.recv_into(view)
        if not got:
            raise OSError("the caller hung up")
        view = view[got:]
    return bytes(buffer)


if __name__ == "__main__":
    main()
