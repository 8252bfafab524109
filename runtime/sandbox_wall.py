"""The wall around parsers: which one works here, and the command that starts a Python module behind it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from models.errors import TransientError
from runtime.settings import SandboxMode

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_PROCESSOR = Path("/sys/devices/system/cpu")     # how many cores and caches: OpenVINO hangs when it cannot tell
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_PROBE_S = 20
_OWN_USER = 64_999                    # nobody's number in any usual range; no files belong to it
_TMP_BYTES = 16 * 2**20
_MOST_THREADS = 256                   # of all documents being read at once


class SandboxUnavailable(TransientError):
    """No wall of the asked kind works on this machine; documents are not parsed without one unless told so."""

    code = "sandbox_unavailable"


def resolve(mode: SandboxMode) -> SandboxMode:
    """The mode in force: AUTO becomes bubblewrap, else kernel. Raises SandboxUnavailable, saying which setting to change."""
    if mode is SandboxMode.AUTO:
        return SandboxMode.BUBBLEWRAP if _works(SandboxMode.BUBBLEWRAP) else resolve(SandboxMode.KERNEL)
    if mode is SandboxMode.NONE or _works(mode):
        return mode
    raise SandboxUnavailable(
        f"The {mode} sandbox does not work here. Install bubblewrap and allow user namespaces, or set ORDERMILL_SANDBOX=none "
        "to parse documents without a wall (only for documents you trust).")


@lru_cache
def _works(mode: SandboxMode, user: int | None = None) -> bool:
    """Really runs a program behind the wall."""
    if mode is SandboxMode.BUBBLEWRAP and not shutil.which("bwrap"):
        return False
    become = f"become({user}); import json, msgspec; " if user is not None else ""
    probe = (f"from runtime.sandbox_kernel import become, drop_privileges, deny_calls; {become}"
             "drop_privileges(); deny_calls(); print('walled')")
    command = [*_prefix(mode, readable(()), user), sys.executable, "-P", "-c", probe]
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and our own interpreter
            command, env=environment(()), stdin=subprocess.DEVNULL, capture_output=True, timeout=_PROBE_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and done.stdout.strip() == b"walled"


def own_user(mode: SandboxMode) -> int | None:
    """The user number walled processes get for themselves: possible when we are root and it may read the libraries."""
    return _OWN_USER if os.geteuid() == 0 and mode is not SandboxMode.NONE and _works(mode, _OWN_USER) else None


@lru_cache
def _starter(_pid: int) -> ThreadPoolExecutor:
    """The wall dies with the thread that started it, so one thread that lives as long as the process starts them all."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-starter")


def launch(mode: SandboxMode, module: str, imports: Sequence[str], control: socket.socket) -> subprocess.Popen[bytes]:
    """Start `python -m module` behind the wall with `control` as its standard input and silence on its outputs."""

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - fixed words and our own interpreter
            command(mode, module, imports), env=dict(environment(imports)), cwd="/",
            stdin=control.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    return _starter(os.getpid()).submit(start).result()


def orders(mode: SandboxMode, imports: Sequence[str]) -> dict[str, object]:
    """What a walled process must do about its wall itself, as `sandbox_kernel.obey` and the servers read it.

    `landlock`: folders to keep to; `user`: whom to become; `walled`: whether to deny system calls; `threads`: limit of a child.
    """
    landlock = [str(p) for p in all_readable(imports)] if mode is SandboxMode.KERNEL else []
    return {
        "landlock": landlock, "walled": mode is not SandboxMode.NONE, "user": own_user(mode),
        "threads": _MOST_THREADS if mode is SandboxMode.BUBBLEWRAP else None}


def command(mode: SandboxMode, module: str, imports: Sequence[str]) -> list[str]:
    """The command line that runs `python -m module` behind the wall, able to import the modules named."""
    return [*_prefix(mode, readable(imports), own_user(mode)), sys.executable, "-P", "-m", module]


# A user namespace of root's would know no user but root: the namespaces without that one, and the right to become another.
_BECOMING = [
    "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
    "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]


def _prefix(mode: SandboxMode, paths: Sequence[Path], user: int | None) -> list[str]:
    if mode is not SandboxMode.BUBBLEWRAP:
        return []
    args = [shutil.which("bwrap") or "bwrap", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    args += _BECOMING if user is not None else ["--unshare-all"]
    args += ["--dev", "/dev", "--size", str(_TMP_BYTES), "--tmpfs", "/tmp", "--chdir", "/"]  # noqa: S108 - a private, empty one
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            args += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            args += ["--ro-bind", name, name]
    for folder in sorted({parent for path in paths for parent in path.parents if parent != Path("/")}):
        args += ["--perms", "0755", "--dir", str(folder)]       # else only root may pass through to what lies below
    for path in paths:
        args += ["--ro-bind", str(path), str(path)]
    return [*args, "--remount-ro", "/", "--"]


def readable(imports: Sequence[str]) -> list[Path]:
    """What a parser may read beside the system's libraries: the interpreter, its packages, our packages; no data, no settings."""
    paths = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).parent, _PROCESSOR}
    paths |= {place for name in _tops(imports) for place in _places(name)}
    return sorted(p for p in paths if p.exists() and not p.is_relative_to("/usr"))


def all_readable(imports: Sequence[str]) -> list[Path]:
    """`readable` with the system's libraries and harmless devices, for Landlock."""
    return [*(Path(p) for p in _SYSTEM), *(Path(p) for p in _DEVICES), *readable(imports)]


def environment(imports: Sequence[str]) -> Mapping[str, str]:
    """The whole environment of a walled process: no secrets, no proxies, one thread for each native library."""
    roots = {place.parent for name in _tops(imports) for place in _places(name)}
    return {
        "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp",  # noqa: S108
        "PYTHONPATH": os.pathsep.join(sorted(str(r) for r in roots)), "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    }


def _tops(imports: Sequence[str]) -> set[str]:
    return {"models", "runtime", "edi"} | {name.partition(".")[0] for name in imports}


def _places(name: str) -> list[Path]:
    """The folder of a package or the file of a module."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name}", name=name)
    if spec.submodule_search_locations:
        return [Path(p) for p in spec.submodule_search_locations]
    return [Path(spec.origin)] if spec.origin else []
