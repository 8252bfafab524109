"""A real SFTP server of our own on loopback, over a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
import threading
from pathlib import Path

import paramiko

from oms.erp.adapters.sftp import SftpAccess

USER, PASSWORD = "kestrel", "a-long-sftp-password"


class PrivateSftp:
    """Use as a context manager; `folder` is what clients see as /."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ordermill-sftp-"))
        self._key = paramiko.RSAKey.generate(2048)
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def access(self, *, password: str = PASSWORD, host_key: str | None = None, folder: str = ".") -> SftpAccess:
        """What a client needs."""
        port = self._listener.getsockname()[1]
        return SftpAccess("127.0.0.1", port, folder, USER, password, host_key or _line(self._key), 10)

    @staticmethod
    def another_key() -> str:
        """A host key that is not this server's."""
        return _line(paramiko.RSAKey.generate(2048))

    def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)      # else the thread that accepts keeps it open
        self._listener.close()

    def __enter__(self) -> PrivateSftp:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(line)
            transport.add_server_key(self._key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, self.folder)
            try:
                transport.start_server(server=_Door())
            except (paramiko.SSHException, EOFError):
                transport.close()


def _line(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {key.get_base64()}"


class _Door(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL if (username, password) == (USER, PASSWORD) else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: paramiko.ServerInterface, root: Path, *_: object) -> None:
        super().__init__(server)
        self._root = root

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._at(path).stat())
        except OSError as e:
            return paramiko.SFTPServer.convert_errno(e.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        handle = paramiko.SFTPHandle(flags)
        file = os.fdopen(os.open(self._at(path), flags | os.O_CREAT, 0o600), "r+b" if flags & os.O_RDWR else "wb")
        handle.writefile = file  # type: ignore[attr-defined]
        handle.readfile = file  # type: ignore[attr-defined]
        return handle

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        self._at(oldpath).replace(self._at(newpath))
        return paramiko.SFTP_OK

    def _at(self, path: str) -> Path:
        return self._root / self.canonicalize(path).lstrip("/")
