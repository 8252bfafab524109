"""A private Dovecot: own configuration in a temporary folder, a free port on loopback; works as root and as a plain user."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

from pydantic import SecretStr

from runtime.settings import MailboxSettings, TlsMode
from tests.support.ports import free_port

PASSWORD = "only-for-tests"
USER = "orders"
DONE = ".Ordermill.Done"

CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
{tls}
disable_plaintext_auth = no
mail_fsync = never
auth_failure_delay = 0
mail_location = maildir:{root}/mail/%u
mail_max_userip_connections = 1000
first_valid_uid = 1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
{capability}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/home/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap {{
  process_limit = 200
}}
service stats {{
  chroot =
}}
"""


class PrivateDovecot:
    """One mail server with one user, `orders`. Mail is delivered straight into its Maildir."""

    def __init__(self, *, without: tuple[str, ...] = (), tls: bool = False) -> None:
        """`without` names capabilities the server shall not announce (MOVE, UIDPLUS, IDLE). With `tls` it offers STARTTLS, and
        TLS on `tls_port`, with a certificate for localhost signed by itself, which lies in `certificate`."""
        self.root = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.port = free_port()
        self.tls_port = free_port() if tls else 0
        self.certificate = self.root / "cert.pem"
        self._without = without
        self._master: subprocess.Popen[bytes] | None = None
        self._names = count(1)
        self._mail_user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._prepare()

    def settings(self, **changes: object) -> MailboxSettings:
        """How to poll this server."""
        values: dict[str, object] = {
            "host": "127.0.0.1", "port": self.port, "user": USER, "password": SecretStr(PASSWORD), "tls": TlsMode.NONE}
        return MailboxSettings.model_validate(values | changes)

    def start(self) -> None:
        """Start and wait until it greets."""
        # setpriv becomes Dovecot, which dies with us: a test run that is killed leaves no server behind.
        self._master = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "/usr/sbin/dovecot", "-F", "-c", str(self.root / "dovecot.conf")],
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self._greets():
                return
            time.sleep(0.02)
        raise RuntimeError("Dovecot did not start: " + (self.root / "log").read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        """Stop for good and remove everything."""
        self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def kill(self) -> None:
        """SIGKILL the server and all its sessions."""
        if self._master is not None:
            os.killpg(self._master.pid, signal.SIGKILL)
            self._master.wait()
            self._master = None

    def kill_sessions(self) -> int:
        """SIGKILL the signed-in sessions; the server lives on. Returns how many there were."""
        killed = 0
        for pid in self._session_pids():
            try:
                os.kill(pid, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                continue
        return killed

    def deliver(self, raw: bytes, *, folder: str = "") -> None:
        """Put a mail into INBOX (or ".Some.Folder")."""
        maildir = self._maildir(folder)
        name = f"{time.time():.6f}.M{next(self._names)}P{os.getpid()}.test"
        path = maildir / "tmp" / name
        path.write_bytes(raw)
        self._give(path)
        path.rename(maildir / "new" / name)

    def mails(self, folder: str = "") -> list[bytes]:
        """The raw mails in a folder, in no order."""
        maildir = self._maildir(folder)
        return [p.read_bytes() for sub in ("new", "cur") if (maildir / sub).is_dir() for p in (maildir / sub).iterdir()]

    def change_uidvalidity(self) -> None:
        """Forget all UIDs, as a rebuilt mail server does; the server restarts."""
        self.kill()
        maildir = self._maildir("")
        before = (maildir / "dovecot-uidlist").read_text().split()[1] if (maildir / "dovecot-uidlist").exists() else ""
        for path in [*maildir.glob("dovecot.index*"), *maildir.glob("dovecot-uidlist*")]:
            path.unlink()
        next_value = int(before[1:] or 0) + 1 if before.startswith("V") else int(time.time())
        (maildir / "dovecot-uidlist").write_text(f"3 V{next_value} N1 G{os.urandom(16).hex()}\n")
        self._give(maildir / "dovecot-uidlist")
        self.start()

    def _prepare(self) -> None:
        self.root.chmod(0o755)
        for name in ("run", "state", "mail", "home", f"home/{USER}"):
            (self.root / name).mkdir()
        for name in (f"mail/{USER}", *(f"mail/{USER}/{sub}" for sub in ("new", "cur", "tmp"))):
            (self.root / name).mkdir()
        for name in ("mail", f"mail/{USER}", f"home/{USER}", *(f"mail/{USER}/{sub}" for sub in ("new", "cur", "tmp"))):
            self._give(self.root / name)
        is_root = os.geteuid() == 0
        me, my_group = getpass.getuser(), grp.getgrgid(os.getegid()).gr_name
        capability = " ".join(word for word in STANDARD.split() if word not in self._without) if self._without else ""
        if self.tls_port:
            self._make_certificate()
        (self.root / "dovecot.conf").write_text(CONFIG.format(
            tls=f"ssl = yes\nssl_cert = <{self.certificate}\nssl_key = <{self.root}/key.pem" if self.tls_port else "ssl = no",
            tls_port=self.tls_port, root=self.root,
            port=self.port, password=PASSWORD, uid=self._mail_user.pw_uid, gid=self._mail_user.pw_gid,
            internal="dovecot" if is_root else me, internal_group="dovecot" if is_root else my_group,
            login="dovenull" if is_root else me,
            capability=f"imap_capability = {capability}" if capability else ""))

    def _make_certificate(self) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", self.root / "key.pem", "-out", self.certificate],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._mail_user.pw_uid, self._mail_user.pw_gid)

    def _maildir(self, folder: str) -> Path:
        return self.root / "mail" / USER / folder

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as s:
                return s.recv(4) == b"* OK"
        except OSError:
            return False

    def _session_pids(self) -> list[int]:
        if self._master is None:
            return []
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
            except OSError:
                continue
            if name == "imap" and int(rest.split()[1]) == self._master.pid:
                found.append(int(stat.parent.name))
        return found


STANDARD = "IMAP4rev1 LITERAL+ IDLE ENABLE ID NAMESPACE UIDPLUS MOVE"
