"""What the kernel offers to wall in a process by itself: resource limits, seccomp, Landlock, no capabilities.

Raw system calls through ctypes, because each is one call and the wrapper libraries need a system package. Linux on
x86-64 and ARM 64. See seccomp(2), landlock(7), capabilities(7), and linux/{seccomp,filter,landlock}.h for the numbers.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}        # column of _CALLS, AUDIT_ARCH_*

# What a parser never needs: reaching other processes, the network, new programs, the system, or writing to files.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242),
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kill": (62, 129), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "open_by_handle_at": (304, 265), "personality": (135, 92),
    "creat": (85, None), "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "link": (86, None),
    "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36), "chmod": (90, None), "fchmod": (91, 52),
    "fchmodat": (268, 53), "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "truncate": (76, 45), "mknod": (133, None), "mknodat": (259, 33),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
}
_ABSENT = {"clone3": (435, 435), "openat2": (437, 437)}       # arguments in memory: unseen by a filter, so "not there"
_OPEN = {"open": (2, None), "openat": (257, 56)}
_CLONE, _TGKILL, _PRLIMIT = (56, 220), (234, 131), (302, 261)
_CLONE_THREAD = 0x10000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16                        # offsets in struct seccomp_data


class KernelRefused(OSError):
    """The kernel does not offer a protection we ask for."""


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise KernelRefused(code, f"{what}: {os.strerror(code)}")
    return result


def limit_resources(*, cpu_s: int, memory_mb: int, threads: int | None = None) -> None:
    """Processor seconds (SIGXCPU, then SIGKILL), address space, no files written, no core dumps, few descriptors.

    `threads` are counted over all processes of the user (in this user namespace), so give it only where those are ours.
    """
    if threads is not None:
        _limit(resource.RLIMIT_NPROC, threads)
    _limit(resource.RLIMIT_CPU, cpu_s, cpu_s + 2)
    _limit(resource.RLIMIT_AS, memory_mb * 2**20)
    _limit(resource.RLIMIT_DATA, memory_mb * 2**20)      # no tighter; libraries ask it how much they may use
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)


def _limit(which: int, soft: int, hard: int | None = None) -> None:
    ceiling = resource.getrlimit(which)[1]
    wanted = soft if hard is None else hard
    top = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
    resource.setrlimit(which, (min(soft, top), top))


def drop_privileges() -> None:
    """No capabilities and none to be gained. Raises KernelRefused."""
    _check(_libc.prctl(38, 1, 0, 0, 0), "no_new_privs")                  # PR_SET_NO_NEW_PRIVS
    header = struct.pack("Ii", 0x20080522, 0)                            # _LINUX_CAPABILITY_VERSION_3, this process
    _check(_libc.capset(header, bytes(24)), "capset")


def become(user: int) -> None:
    """Be another user and group for good. Raises OSError without the privilege."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def obey(orders: Mapping[str, Any]) -> None:
    """Do about the wall what only the walled process itself can do (see `sandbox_wall.orders`), before it touches a document."""
    if orders["landlock"]:
        allow_reading_only(Path(p) for p in orders["landlock"])
    if orders["user"] is not None:
        become(orders["user"])


def deny_calls() -> None:
    """Install the seccomp filter for this process and its threads, for good. Raises KernelRefused."""
    code = _program()
    buffer = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    _check(_libc.prctl(22, 2, program, 0, 0), "seccomp")                 # PR_SET_SECCOMP, SECCOMP_MODE_FILTER


def _program() -> bytes:
    if platform.machine() not in _MACHINES:
        raise KernelRefused(errno.ENOSYS, f"no system call table for {platform.machine()}")
    column, arch = _MACHINES[platform.machine()]
    steps = [_step(_LOAD, _ARCH), _step(_EQUAL, arch, 1, 0), _step(_RETURN, _KILL), _step(_LOAD, _NUMBER)]
    if column == 0:
        steps += [_step(_AT_LEAST, 0x40000000, 0, 1), _step(_RETURN, _KILL)]           # the x32 ABI has other numbers
    for calls, code in ((_DENIED, errno.EPERM), (_ABSENT, errno.ENOSYS)):
        for numbers in calls.values():
            number = numbers[column]
            if number is not None:
                steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _ERRNO | code)]
    steps += _when_argument(_CLONE[column], 0, _step(_ANY_BIT, _CLONE_THREAD, 1, 0))   # threads yes, processes no
    steps += _when_argument(_TGKILL[column], 0, _step(_EQUAL, os.getpid(), 1, 0))      # abort() signals itself
    steps += _when_argument(_PRLIMIT[column], 0, _step(_EQUAL, 0, 1, 0))
    for name, position in (("open", 1), ("openat", 2)):
        number = _OPEN[name][column]
        if number is not None:
            steps += _when_argument(number, position, _step(_ANY_BIT, _WRITING, 0, 1))
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _when_argument(number: int, position: int, test: bytes) -> list[bytes]:
    """For one call: the test jumps over the next step (deny) when the argument is harmless."""
    return [
        _step(_EQUAL, number, 0, 4), _step(_LOAD, _ARGUMENTS + 8 * position), test,
        _step(_RETURN, _ERRNO | errno.EPERM), _step(_RETURN, _ALLOW),
    ]


_READ = 1 << 0 | 1 << 2 | 1 << 3                 # LANDLOCK_ACCESS_FS_{EXECUTE, READ_FILE, READ_DIR}
_FILE_ONLY = 1 << 0 | 1 << 2
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}           # number of file-system rights by ABI; 16 from ABI 5 on
_CREATE, _ADD, _RESTRICT = 444, 445, 446


def landlock_abi() -> int:
    """The kernel's Landlock version, 0 where it has none."""
    return max(0, int(_libc.syscall(_CREATE, None, 0, 1)))


def allow_reading_only(paths: Iterable[Path]) -> bool:
    """Landlock: from now on nothing but these folders and files can be opened, and no TCP used. False without Landlock."""
    abi = landlock_abi()
    if abi == 0:
        return False
    drop_privileges()
    files = (1 << _RIGHTS.get(abi, 16)) - 1
    attributes = struct.pack("QQ", files, 0b11) if abi >= 4 else struct.pack("Q", files)
    ruleset = _check(_libc.syscall(_CREATE, attributes, len(attributes), 0), "landlock_create_ruleset")
    for path in paths:
        if path.exists():
            _allow(ruleset, path)
    _check(_libc.syscall(_RESTRICT, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)
    return True


def _allow(ruleset: int, path: Path) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", _READ if path.is_dir() else _FILE_ONLY, folder)
        _check(_libc.syscall(_ADD, ruleset, 1, rule, 0), "landlock_add_rule")
    finally:
        os.close(folder)
