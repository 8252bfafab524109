"""One file of an archive, and the limits every kind of archive is unpacked within."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

ALWAYS_FINE = 2**20            # bytes a member may have whatever its ratio: short texts compress very well
CHUNK = 2**16


@dataclass(frozen=True, slots=True)
class Budget:
    """What an archive may cost: `ratio`, how often larger than its packed size a member may be; `room`, bytes of all members
    together; `members`, after so many the rest is not looked at. `passwords` are tried in turn on what is locked."""

    ratio: int
    room: int
    members: int
    passwords: tuple[str, ...] = ()

    def allowed(self, packed: int) -> int:
        """Bytes a member of this packed size may have."""
        return min(self.room, max(ALWAYS_FINE, self.ratio * packed))

    def less(self, used: int) -> Budget:
        """What is left when a member of `used` bytes was taken out."""
        return replace(self, room=max(0, self.room - used))


_NOTES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", ".directory"})


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; `code` and `sentence` when it cannot be taken out."""

    name: str | None
    content: bytes = b""
    code: str | None = None
    sentence: str | None = None


def is_note(name: str) -> bool:
    """True for the notes that desktops keep on their folders and files, which are no files of anybody."""
    folders, _, own = name.replace("\\", "/").rpartition("/")
    return folders.startswith("__MACOSX") or own.startswith("._") or own.lower() in _NOTES


def read_within(read: Callable[[int], bytes], allowed: int) -> bytes | None:
    """All that `read` gives, or None when that is more than allowed; what an archive claims about its sizes is not believed."""
    chunks, size = [], 0
    while chunk := read(CHUNK):
        size += len(chunk)
        if size > allowed:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def within(members: Iterator[Member], limit: int) -> Iterator[Member]:
    """At most `limit` members; the next is replaced by a word that there were more."""
    for count, member in enumerate(members):
        if count == limit:
            yield Member(None, code="too_many_members", sentence=(
                f"The archive has more than {limit} files; the rest was not read. Ask for fewer at once."))
            return
        yield member


def linked(name: str | None) -> Member:
    """A member that is only a link."""
    return Member(name, code="symbolic_link", sentence="This archive member is a link, not a file; ask for the file itself.")


def locked(name: str | None, *, passwords_tried: int) -> Member:
    """A member that no password opened."""
    tried = " and none of the known passwords opens it" if passwords_tried else ""
    return Member(
        name, code="encrypted_member",
        sentence=f"This archive member is password-protected{tried}; ask the sender for an open copy.")


def damaged(name: str | None) -> Member:
    """A member whose bytes cannot be had."""
    return Member(name, code="damaged_member", sentence="This archive member is damaged; ask the sender to send it again.")


def too_large(name: str | None, allowed: int) -> Member:
    """A member over its limit."""
    return Member(
        name, code="member_too_large",
        sentence=f"This archive member unpacks to more than {allowed:,} bytes; ask the sender for the file itself.")
