"""The fork server behind the wall: imports the parsers once, then gives each document a child of its own.

Standard input is the control socket. The first message says what to import; then each message carries one socket, over
which the caller sends a request and reads until the end: the child's frame, then the supervisor's trailer, which is
written after the child is dead and so cannot be forged by it.
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
from contextlib import suppress
from typing import Any, NoReturn

from models.errors import InputError
from runtime.sandbox_kernel import deny_calls, drop_privileges, limit_resources, obey

HEADER = struct.Struct(">I")              # length of the JSON header
FRAME = struct.Struct(">cQ")              # what the child says: kind, length
TRAILER = struct.Struct(">cI")            # how the child ended: kind, exit code or signal
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
    gc.collect()
    gc.freeze()                           # pages of the imported libraries stay shared with the children
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.send(json.dumps({"error": None}).encode())
    _serve(control, start)


def _serve(control: socket.socket, orders: dict[str, Any]) -> None:
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _supervise(socket.socket(fileno=descriptors[0]), orders)
        os.close(descriptors[0])


def _supervise(run: socket.socket, orders: dict[str, Any]) -> NoReturn:
    """Fork the child, wait for its end, the time limit or the caller's hanging up; kill its group; report how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        request = json.loads(_receive(run, *HEADER.unpack(_receive(run, HEADER.size))))
        child = os.fork()
        if child == 0:
            _child(run, request, orders)
        with suppress(OSError):
            os.setpgid(child, child)      # by both, so that it is done whoever comes first
        run.sendall(_watch(run, child, request["wall_s"]))
    except (OSError, ValueError):
        pass                              # the caller is gone or has sent rubbish; nobody is left to tell
    os._exit(0)


def _watch(run: socket.socket, child: int, wall_s: float) -> bytes:
    ended = os.pidfd_open(child)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(run, 0)                 # hang-up is always reported
    in_time = bool(poll.poll(wall_s * 1000))
    os.killpg(child, signal.SIGKILL)      # it exists until the child is waited for
    status = os.waitpid(child, 0)[1]
    if not in_time:
        return TRAILER.pack(TIMED_OUT, 0)
    if os.WIFSIGNALED(status):
        return TRAILER.pack(SIGNALLED, os.WTERMSIG(status))
    return TRAILER.pack(EXITED, os.WEXITSTATUS(status))


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
