"""A scripted IMAP server for faults real servers show only now and then. Not a stand-in for one: polling is tested on Dovecot."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import SecretStr

from runtime.settings import MailboxSettings, TlsMode

CAPABILITIES = "IMAP4rev1 UIDPLUS MOVE IDLE"
_FETCH = re.compile(r"FETCH ([\d,:]+) \((?:BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?|(RFC822\.SIZE))\)", re.IGNORECASE)

Fault = Callable[["FakeImap", int, str], bytes | None]
"""Called with (server, uid, what is asked: "size", "body" or "piece"); the whole answer, or None for the ordinary one."""


@dataclass
class FakeImap:
    """One folder, one user, any password. `faults` maps a UID to what is wrong with it."""

    mails: dict[int, bytes]
    faults: dict[int, Fault] = field(default_factory=dict)
    capabilities: str = CAPABILITIES
    uidvalidity: int = 7
    announced: dict[int, int] = field(default_factory=dict)      # RFC822.SIZE where it is not the truth
    copy_uid: bool = True
    moved: list[int] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._deleted: set[int] = set()
        threading.Thread(target=self._serve, daemon=True).start()

    def settings(self, **changes: object) -> MailboxSettings:
        """How to poll this server."""
        values: dict[str, object] = {
            "host": "127.0.0.1", "port": self.port, "user": "orders", "password": SecretStr("x"), "tls": TlsMode.NONE}
        return MailboxSettings.model_validate(values | changes)

    def __enter__(self) -> FakeImap:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def fetch_answer(self, uid: int, item: str) -> bytes:
        """One untagged FETCH line for a mail."""
        return b"* %d FETCH (UID %d %s)\r\n" % (self._seq(uid), uid, item.encode("latin-1"))

    def literal(self, uid: int, name: str, content: bytes) -> bytes:
        """One untagged FETCH with a literal."""
        return b"* %d FETCH (UID %d %s {%d}\r\n%s)\r\n" % (self._seq(uid), uid, name.encode(), len(content), content)

    def _seq(self, uid: int) -> int:
        return sorted(self.mails).index(uid) + 1 if uid in self.mails else 1

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), client, client.makefile("rb") as lines:
            client.sendall(b"* OK ready\r\n")
            for line in lines:
                tag, _, command = line.decode("latin-1").strip().partition(" ")
                self.commands.append(command)
                answer = self._answer(tag, command)
                client.sendall(answer)
                if command.upper() == "LOGOUT":
                    return

    def _answer(self, tag: str, command: str) -> bytes:
        verb = command.upper()
        ok = f"{tag} OK done\r\n".encode()
        if verb.startswith("UID FETCH"):
            return self._fetch(tag, command)
        if verb.startswith("UID SEARCH UID"):
            uid = int(command.split()[-1])
            return f"* SEARCH{f' {uid}' if uid in self.mails else ''}\r\n".encode() + ok
        if verb.startswith("UID SEARCH"):
            return ("* SEARCH " + " ".join(map(str, sorted(self.mails)))).encode() + b"\r\n" + ok
        if verb.startswith(("UID MOVE", "UID COPY")):
            return self._transfer(tag, command)
        if verb.startswith("UID STORE"):
            self._deleted |= set(self._uids(command.split()[2]))
            return ok
        if verb.startswith(("UID EXPUNGE", "EXPUNGE")):
            for uid in self._deleted & set(self.mails):
                del self.mails[uid]
            return ok
        simple = {
            "CAPABILITY": f"* CAPABILITY {self.capabilities}\r\n", "LIST": '* LIST () "/" "x"\r\n', "IDLE": "+ idling\r\n",
            "SELECT": f"* {len(self.mails)} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {self.uidvalidity}] fine\r\n",
            "LOGOUT": "* BYE\r\n"}
        head = simple.get(verb.split(" ", maxsplit=1)[0], "").encode()
        return head if verb == "IDLE" else head + ok

    def _fetch(self, tag: str, command: str) -> bytes:
        asked = _FETCH.search(command)
        assert asked, command
        ok = f"{tag} OK done\r\n".encode()
        out = b""
        for uid in self._uids(asked[1]):
            kind = "size" if asked[4] else "piece" if asked[2] else "body"
            fault = self.faults.get(uid)
            if fault and (special := fault(self, uid, kind)) is not None:
                out += special
                if special.startswith(b"NO"):
                    return f"{tag} ".encode() + special + b"\r\n"
                continue
            if uid not in self.mails:
                continue
            content = self.mails[uid]
            if kind == "size":
                out += self.fetch_answer(uid, f"RFC822.SIZE {self.announced.get(uid, len(content))}")
            elif kind == "piece":
                at, count = int(asked[2]), int(asked[3])
                out += self.literal(uid, f"BODY[]<{at}>", content[at:at + count])
            else:
                out += self.literal(uid, "BODY[]", content)
        return out + ok

    def _transfer(self, tag: str, command: str) -> bytes:
        verb, uids = command.split()[1].upper(), [u for u in self._uids(command.split()[2]) if u in self.mails]
        self.moved += uids
        if verb == "MOVE":
            for uid in uids:
                del self.mails[uid]
        code = f"[COPYUID 1 {','.join(map(str, uids))} {','.join(map(str, uids))}] " if self.copy_uid and uids else ""
        return f"{tag} OK {code}done\r\n".encode()

    def _uids(self, text: str) -> list[int]:
        found: list[int] = []
        for item in text.split(","):
            first, _, last = item.partition(":")
            found += range(int(first), int(last or first) + 1)
        return found
