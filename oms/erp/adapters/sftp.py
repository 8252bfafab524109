"""Files on an SFTP server whose host key is pinned: nobody in between can take the orders."""

from __future__ import annotations

import base64
import contextlib
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

import paramiko

from oms.erp.errors import ErpAway, ErpMisconfigured


@dataclass(frozen=True, slots=True)
class SftpAccess:
    """Where the server is. `host_key` is its public key as in known_hosts, "ssh-ed25519 AAAA…"; `timeout` in seconds."""

    host: str
    port: int
    folder: str
    user: str
    password: str = field(repr=False)
    host_key: str
    timeout: float


class SftpStore:
    """A `Store` over one folder of a server; one connection a call, so that none grows old."""

    def __init__(self, access: SftpAccess) -> None:
        self._access = access

    def put(self, name: str, content: bytes) -> None:
        """See `Store.put`. A file that is there already is the same file: an answer that was lost costs nothing."""
        with self._connected() as sftp:
            part = f".{name}.part"
            with sftp.open(part, "wb") as f:
                f.write(content)
            sftp.posix_rename(part, name)

    def has(self, name: str) -> bool:
        """See `Store.has`."""
        with self._connected() as sftp:
            try:
                return not stat.S_ISDIR(sftp.stat(name).st_mode or 0)
            except FileNotFoundError:
                return False

    def check(self) -> str:
        """See `Store.check`."""
        with self._connected() as sftp:
            sftp.stat(".")
        return f"Orders are written as files into {self._access.folder} on {self._access.host}."

    @contextlib.contextmanager
    def _connected(self) -> Iterator[paramiko.SFTPClient]:
        a = self._access
        expected = self._host_key()
        try:
            with (
                socket.create_connection((a.host, a.port), timeout=a.timeout) as line,
                contextlib.closing(paramiko.Transport(line)) as transport,
            ):
                transport.connect(expected, a.user, a.password)
                sftp = paramiko.SFTPClient.from_transport(transport)
                assert sftp is not None
                sftp.get_channel().settimeout(a.timeout)  # type: ignore[union-attr]
                sftp.chdir(a.folder)
                yield sftp
        except paramiko.AuthenticationException as e:
            raise ErpMisconfigured(
                f"The SFTP server does not accept the password of user {a.user}. Set ORDERMILL_ERP_USER and "
                "ORDERMILL_ERP_PASSWORD, then resend what waits.", code="erp_login_refused") from e
        except paramiko.BadHostKeyException as e:
            raise self._other_key() from e
        except FileNotFoundError as e:
            raise ErpMisconfigured(
                f"The SFTP server has no folder {a.folder}. Make it there, or set ORDERMILL_ERP_URL.",
                code="erp_not_found") from e
        except (paramiko.SSHException, OSError, EOFError) as e:
            if "host key" in str(e).lower():
                raise self._other_key() from e
            raise ErpAway(f"The SFTP server cannot be used: {e}. It is tried again by itself.") from e

    def _host_key(self) -> paramiko.PKey:
        try:
            kind, text = self._access.host_key.split()[:2]
            return paramiko.PKey.from_type_string(kind, base64.b64decode(text))
        except (ValueError, paramiko.SSHException) as e:
            raise ErpMisconfigured(
                "ORDERMILL_ERP_HOST_KEY is no public key; take the line of the server from known_hosts, without the host's name.",
                code="erp_host_key_bad") from e

    def _other_key(self) -> ErpMisconfigured:
        return ErpMisconfigured(
            "The SFTP server shows another host key than ORDERMILL_ERP_HOST_KEY. Ask its keeper whether the key changed; if not, "
            "somebody else answers in its place.", code="erp_host_key_differs")
