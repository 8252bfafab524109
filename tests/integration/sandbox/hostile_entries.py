"""What a hostile document might make its parser do. Imported by the sandbox's server, never by the tests' process."""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import threading
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


def _sockets() -> list[socket.socket]:
    """Every socket the child holds: the way its answer goes is among them."""
    found = []
    for fd in range(3, 64):
        try:
            found.append(socket.socket(fileno=fd))
        except OSError:
            continue
    return found


def say(content: bytes, options: bytes) -> bytes:
    """Say these bytes as the answer, then end as if all were well."""
    for way in _sockets():
        way.sendall(content)
    os._exit(0)


def say_slowly(content: bytes, options: bytes) -> bytes:
    """A whole answer is promised and comes a byte at a time."""
    ways = _sockets()
    for way in ways:
        way.sendall(b"R" + (1000).to_bytes(8, "big"))
    while True:
        for way in ways:
            way.sendall(b"x")
        time.sleep(0.05)


def say_without_end(content: bytes, options: bytes) -> bytes:
    ways = _sockets()
    while True:
        for way in ways:
            way.sendall(b"R" * 2**16)


def forge_the_end(content: bytes, options: bytes) -> bytes:
    """A frame and a supervisor's trailer that says all was well; then die of a signal."""
    for way in _sockets():
        way.sendall(b"R" + (6).to_bytes(8, "big") + b"forged" + b"x" + bytes(4))
    os.abort()


def hang_up(content: bytes, options: bytes) -> bytes:
    """Close every way out and go on computing."""
    os.closerange(0, 64)
    while True:
        pass


def panic_in_words(content: bytes, options: bytes) -> bytes:
    """A refusal whose code and sentence are none of ours."""
    raise InputError("<script>" + "x" * 10_000, code="NOT a code; DROP TABLE")


def fork_once(content: bytes, options: bytes) -> bytes:
    return str(os.fork()).encode()


def thread_bomb(content: bytes, options: bytes) -> bytes:
    threading.stack_size(32_768)
    started = 0
    try:
        while started < 5_000:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            started += 1
    except (RuntimeError, MemoryError):
        pass
    return str(started).encode()


def look_around(content: bytes, options: bytes) -> bytes:
    """Which of the paths (one a line) can be opened or listed."""
    seen = []
    for path in content.decode().splitlines():
        try:
            os.close(os.open(path, os.O_RDONLY))
            seen.append(path)
        except OSError:
            continue
    return "\n".join(seen).encode()


def who(content: bytes, options: bytes) -> bytes:
    return json.dumps({"uid": os.getuid(), "gid": os.getgid(), "groups": os.getgroups()}).encode()


def become_root(content: bytes, options: bytes) -> bytes:
    os.setresuid(0, 0, 0)
    return str(os.getuid()).encode()


def raise_limits(content: bytes, options: bytes) -> bytes:
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return b"raised"


def send_mail(content: bytes, options: bytes) -> bytes:
    """Any other way out: datagrams, raw sockets, names, pairs."""
    made = []
    for family, kind in (
            (socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_INET6, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_STREAM),
            (socket.AF_NETLINK, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW)):
        try:
            made.append(socket.socket(family, kind).family.name)
        except OSError:
            continue
    return ",".join(made).encode()


def ignore_the_clock(content: bytes, options: bytes) -> bytes:
    """Outlive the polite signal at the processor limit."""
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True:
        pass


def map_memory(content: bytes, options: bytes) -> bytes:
    """Memory that Python's allocator does not see."""
    kept = [mmap.mmap(-1, 64 * 2**20) for _ in range(64)]
    return str(len(kept)).encode()


def echo_later(content: bytes, options: bytes) -> bytes:
    time.sleep(0.4)
    return content
