"""What a hostile document might make its parser do. Imported by the sandbox's server, never by the tests' process."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import time

from models.errors import InputError


def echo(content: bytes, options: bytes) -> bytes:
    return options + content


def read_file(content: bytes, options: bytes) -> bytes:
    with open(content.decode(), "rb") as f:  # noqa: PTH123
        return f.read(100)


def write_file(content: bytes, options: bytes) -> bytes:
    with open(content.decode(), "wb") as f:  # noqa: PTH123
        f.write(b"was here")
    return b"written"


def connect(content: bytes, options: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", int(content)), timeout=5) as s:
        s.sendall(b"hello")
    return b"connected"


def environment(content: bytes, options: bytes) -> bytes:
    return json.dumps(dict(os.environ)).encode()


def run_program(content: bytes, options: bytes) -> bytes:
    os.execv("/usr/bin/true", ["true"])


def trace_parent(content: bytes, options: bytes) -> bytes:
    return str(ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), None, None)).encode()


def kill_parent(content: bytes, options: bytes) -> bytes:
    os.kill(os.getppid(), signal.SIGKILL)
    return b"killed"


def memory_bomb(content: bytes, options: bytes) -> bytes:
    hoard = []
    while True:
        hoard.append(bytearray(64 * 2**20))


def spin(content: bytes, options: bytes) -> bytes:
    while True:
        pass


def sleep(content: bytes, options: bytes) -> bytes:
    time.sleep(3600)
    return b""


def flood(content: bytes, options: bytes) -> bytes:
    return bytes(int(content))


def abort(content: bytes, options: bytes) -> bytes:
    os.abort()


def exit_quietly(content: bytes, options: bytes) -> bytes:
    os._exit(0)


def fork_bomb(content: bytes, options: bytes) -> bytes:
    while True:
        os.fork()


def say_rubbish(content: bytes, options: bytes) -> bytes:
    for fd in range(3, 64):
        try:
            socket.socket(fileno=fd).send(b"R\xff\xff\xff\xff\xff\xff\xff\xffrubbish")
        except OSError:
            continue
    os._exit(0)


def refuse(content: bytes, options: bytes) -> bytes:
    raise InputError("The PDF is locked.", code="encrypted_document")


class Panic(BaseException):
    """As Rust libraries raise it: not an Exception."""


def panic(content: bytes, options: bytes) -> bytes:
    raise Panic("index out of bounds")
