"""Whatever a parser does, the caller gets bytes or a SandboxFailure, and nothing outside the wall is touched."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from models.errors import InputError
from runtime.sandbox import Limits, Sandbox, SandboxFailure
from runtime.sandbox_wall import SandboxUnavailable, own_user
from runtime.settings import SandboxMode

SMALL = Limits(cpu_s=2, wall_s=30, memory_mb=256, output_mb=1)


@pytest.fixture(scope="module", params=[SandboxMode.BUBBLEWRAP, SandboxMode.KERNEL])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        patch.setenv("ORDERMILL_SMTP_PASSWORD", "planted-secret")
        made = Sandbox(preload=["hostile_entries"], mode=request.param, limits=SMALL)
        yield made
        made.close()


def _failure(sandbox: Sandbox, entry: str, content: bytes = b"", **kwargs: Limits) -> SandboxFailure:
    with pytest.raises(SandboxFailure) as caught:
        sandbox.run(f"hostile_entries:{entry}", content, **kwargs)
    assert caught.value.sentence.endswith(".")
    return caught.value


def _works(sandbox: Sandbox) -> bool:
    return sandbox.run("hostile_entries:echo", b"world", b"hello ") == b"hello world"


def test_bytes_go_in_and_come_out_unchanged(sandbox: Sandbox) -> None:
    content = os.urandom(900_000)
    assert sandbox.run("hostile_entries:echo", content, b"") == content
    assert sandbox.run("hostile_entries:echo", b"", b"") == b""


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "/etc/shadow", __file__])
def test_files_outside_the_wall_cannot_be_read(sandbox: Sandbox, path: str) -> None:
    assert _failure(sandbox, "read_file", path.encode()).code == "parser_error"


def test_nothing_can_be_written(sandbox: Sandbox, tmp_path: Path) -> None:
    for target in (tmp_path / "mark", Path("/tmp/ordermill-sandbox-mark")):
        assert _failure(sandbox, "write_file", str(target).encode()).code == "parser_error"
        assert not target.exists()


def test_a_listener_on_loopback_is_not_reached(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        assert _failure(sandbox, "connect", str(listener.getsockname()[1]).encode()).code == "parser_error"
        with pytest.raises(TimeoutError):
            listener.accept()


def test_the_environment_holds_no_secrets(sandbox: Sandbox) -> None:
    seen = sandbox.run("hostile_entries:environment", b"")
    assert "PYTHONPATH" in json.loads(seen)
    assert b"planted-secret" not in seen
    assert b"ORDERMILL" not in seen


@pytest.mark.parametrize(("entry", "code"), [
    ("memory_bomb", "parser_memory"),
    ("spin", "parser_timeout"),
    ("abort", "parser_crashed"),
    ("exit_quietly", "parser_crashed"),
    ("say_rubbish", "parser_crashed"),
    ("fork_bomb", "parser_error"),
    ("run_program", "parser_error"),
    ("kill_parent", "parser_error"),
    ("panic", "parser_error"),
    ("forge_the_end", "parser_crashed"),
    ("panic_in_words", "parser_error"),
    ("fork_once", "parser_error"),
    ("raise_limits", "parser_error"),
    ("say_without_end", "parser_output_too_large"),
    ("map_memory", "parser_error"),
])
def test_every_mischief_ends_as_one_failure_and_the_next_document_is_read(sandbox: Sandbox, entry: str, code: str) -> None:
    assert _failure(sandbox, entry).code == code
    assert _works(sandbox)


@pytest.mark.parametrize("answer", [
    b"", b"R", b"R" + bytes(7), b"R" + (5).to_bytes(8, "big") + b"four", b"R" + (3).to_bytes(8, "big") + b"four",
    b"R" + (2**63).to_bytes(8, "big"), b"Q" + (1).to_bytes(8, "big"), b"\0" * 4096, b"HTTP/1.1 200 OK\r\n\r\n",
])
def test_half_answers_and_rubbish_are_no_answers(sandbox: Sandbox, answer: bytes) -> None:
    assert _failure(sandbox, "say", answer).code == "parser_crashed"


@pytest.mark.parametrize("said", [b"", b"{}", b"[1, 2]", b'["UPPER", "x"]', b'["a b", "x"]', b'["code"]', b"\xff\xfe"])
def test_a_refusal_that_does_not_fit_is_not_believed(sandbox: Sandbox, said: bytes) -> None:
    refusal = _failure(sandbox, "say", b"E" + len(said).to_bytes(8, "big") + said)
    assert (refusal.code, refusal.sentence.startswith("The document could not be read")) == ("parser_error", True)


@pytest.mark.parametrize("entry", ["say_slowly", "hang_up"])
def test_a_child_that_dawdles_is_cut_off(sandbox: Sandbox, entry: str) -> None:
    assert _failure(sandbox, entry, limits=Limits(cpu_s=5, wall_s=0.5)).code == "parser_timeout"
    assert _works(sandbox)


def test_the_processor_limit_cannot_be_ignored(sandbox: Sandbox) -> None:
    assert _failure(sandbox, "ignore_the_clock", limits=Limits(cpu_s=1, wall_s=30)).code in {"parser_timeout", "parser_memory"}


def test_no_secret_place_can_be_opened(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    (tmp_path / ".env").write_text("ORDERMILL_SMTP_PASSWORD=planted-secret")
    here = str(Path(__file__).parents[3])
    places = [
        *(str(tmp_path / name) for name in ("", "blobs", ".env")), *(f"{here}/{name}" for name in (".env", ".git", "docs")),
        f"/proc/{os.getpid()}/environ", "/proc/1/environ", "/proc/self/mem", "/proc/self/root", "/sys/fs/cgroup",
        "/dev/mem", "/dev/kmsg", "/dev/sda", "/run", "/var/run", "/etc", str(Path.home() / ".ssh"), "/home"]
    assert sandbox.run("hostile_entries:look_around", "\n".join(places).encode()) == b""


def test_no_kind_of_socket_can_be_made(sandbox: Sandbox) -> None:
    assert sandbox.run("hostile_entries:send_mail", b"") == b""


def test_threads_are_limited_and_end_with_their_document(sandbox: Sandbox) -> None:
    started = int(sandbox.run("hostile_entries:thread_bomb", b"", limits=Limits(memory_mb=4096)))
    if sandbox.mode is SandboxMode.BUBBLEWRAP:
        assert started <= 256
    assert _works(sandbox)


def test_a_walled_parser_is_nobody_where_that_is_possible(sandbox: Sandbox) -> None:
    user = own_user(sandbox.mode)
    is_now = json.loads(sandbox.run("hostile_entries:who", b""))
    if user is not None:
        assert is_now == {"uid": user, "gid": user, "groups": []}
        assert _failure(sandbox, "become_root").code == "parser_error"


def test_other_processes_cannot_be_traced(sandbox: Sandbox) -> None:
    assert sandbox.run("hostile_entries:trace_parent", b"") == b"-1"


def test_sleeping_for_ever_is_cut_off(sandbox: Sandbox) -> None:
    assert _failure(sandbox, "sleep", limits=Limits(wall_s=0.5)).code == "parser_timeout"
    assert _works(sandbox)


@pytest.mark.parametrize(("size", "is_read"), [(2**20 - 1, True), (2**20, True), (2**20 + 1, False), (200 * 2**20, False)])
def test_the_answer_is_limited_exactly(sandbox: Sandbox, size: int, is_read: bool) -> None:
    if is_read:
        assert len(sandbox.run("hostile_entries:flood", str(size).encode())) == size
    else:
        assert _failure(sandbox, "flood", str(size).encode()).code == "parser_output_too_large"


def test_a_refusal_keeps_its_code_and_sentence(sandbox: Sandbox) -> None:
    refusal = _failure(sandbox, "refuse")
    assert (refusal.code, refusal.sentence) == ("encrypted_document", "The PDF is locked.")
    assert isinstance(refusal, InputError)


def test_a_killed_server_fails_its_run_and_is_replaced(sandbox: Sandbox) -> None:
    assert _works(sandbox)
    server = sandbox._server
    assert server is not None
    idle = len(_children(server.process.pid))
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(_failure, sandbox, "sleep")
        while len(children := _children(server.process.pid)) <= idle:      # until the document has its child
            time.sleep(0.01)
        for pid in (server.process.pid, *children):
            with suppress(ProcessLookupError):       # the wall may fall with the server, and take the child along
                os.kill(pid, signal.SIGKILL)
        assert run.result(timeout=240).code in {"parser_crashed", "parser_memory"}
    assert _works(sandbox)
    assert sandbox._server is not server


def test_a_server_that_dies_before_it_took_a_request_is_replaced(sandbox: Sandbox) -> None:
    assert _works(sandbox)
    server = sandbox._server
    assert server is not None
    os.kill(server.process.pid, signal.SIGSTOP)          # the request lies in its socket, and nobody has begun it
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(_works, sandbox)
        time.sleep(0.2)
        os.kill(server.process.pid, signal.SIGKILL)
        assert run.result(timeout=240)


def _children(pid: int) -> list[int]:
    """Descendants of a process, deepest last."""
    own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [d for child in own for d in (int(child), *_children(int(child)))]


def test_eight_threads_at_once_each_get_their_own_answer(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: sandbox.run("hostile_entries:echo", b"x" * n, str(n).encode()), range(64)))
    assert answers == [str(n).encode() + b"x" * n for n in range(64)]


def test_a_document_cannot_speak_for_another(sandbox: Sandbox) -> None:
    forged = b"R" + (6).to_bytes(8, "big") + b"forged"
    with ThreadPoolExecutor(8) as pool:
        honest = [pool.submit(sandbox.run, "hostile_entries:echo_later", str(n).encode()) for n in range(4)]
        time.sleep(0.2)
        liars = [pool.submit(sandbox.run, "hostile_entries:say", forged) for _ in range(4)]
        assert [run.result() for run in liars] == [b"forged"] * 4
        assert [run.result() for run in honest] == [b"0", b"1", b"2", b"3"]


def test_a_server_started_by_a_passing_thread_outlives_it() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        sandbox = Sandbox(preload=["hostile_entries"])
        try:
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(_works, sandbox).result()
            server = sandbox._server
            assert _works(sandbox)
            assert sandbox._server is server
        finally:
            sandbox.close()


def test_close_leaves_no_process_behind() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        sandbox = Sandbox(preload=["hostile_entries"])
        assert _works(sandbox)
        assert sandbox._server is not None
        pids = [sandbox._server.process.pid, *_children(sandbox._server.process.pid)]
        sandbox.close()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in pids):
        time.sleep(0.01)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_parser_that_cannot_be_imported_inside_says_so(tmp_path: Path) -> None:
    (tmp_path / "broken_parser.py").write_text("import a_library_nobody_has")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        sandbox = Sandbox(preload=["broken_parser"])
        with pytest.raises(SandboxUnavailable, match="a_library_nobody_has"):
            sandbox.run("broken_parser:parse", b"")
        sandbox.close()
