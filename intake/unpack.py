"""A message taken apart into its documents: a pure function of its bytes, made to run in the sandbox.

Mail, .msg, winmail.dat and archives (zip, 7z, tar, gzip) are opened, also inside each other; anything else is one document. An
opened container stays a part itself, the parent of what was in it; one that cannot be opened stays a part with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from intake.archives.member import Budget
from intake.containers import Container, archive_members, container_of, is_archive
from intake.mail.authentication import authentication_of
from intake.mail.outlook import read_msg, read_tnef
from intake.mail.parse import Leaf, leaves, open_mail, read_envelope
from models.domain.messages import Envelope, Part, Unpacked
from models.errors import InputError
from runtime import codec

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class UnpackOptions:
    """Limits, and what we know of ourselves. Sizes in bytes. `is_mail`: the message came by mail, whatever it looks like."""

    message_bytes: int = 50 * 2**20      # the largest message that is opened
    parts: int = 100                     # documents of one message
    depth: int = 5                       # containers in containers
    members: int = 500                   # files of one archive
    ratio: int = 100                     # unpacked over packed size of an archive's member
    unpacked_bytes: int = 200 * MB       # all parts together; what the sandbox may hand back
    own_addresses: tuple[str, ...] = ()
    own_servers: tuple[str, ...] = ()    # names our mail servers sign their findings about senders with
    passwords: tuple[str, ...] = field(default=(), repr=False)     # tried in turn on locked archives
    is_mail: bool = False


def unpack_bytes(content: bytes, options: bytes) -> bytes:
    """Sandbox entry: packed UnpackOptions in, packed Unpacked out.

    Raises InputError with code message_too_large, message_unreadable or message_empty when nothing can be taken out at all.
    """
    return codec.pack(unpack(content, codec.unpack(UnpackOptions, options)))


def unpack(content: bytes, options: UnpackOptions) -> Unpacked:
    """Take a message apart. Raises InputError as `unpack_bytes` does."""
    if len(content) > options.message_bytes:
        raise InputError(
            f"The message has {len(content):,} bytes, more than the {options.message_bytes:,} that are opened. Take the order "
            "out of it by hand, or ask the sender to send it in parts.", code="message_too_large")
    unpacker = _Unpacker(options)
    try:
        envelope = unpacker.open_message(content)
    except Exception as e:              # the libraries' own errors are many
        raise InputError(
            f"The message cannot be taken apart ({type(e).__name__}). Look at the original and ask the sender to send it again.",
            code="message_unreadable") from e
    if not unpacker.parts:
        raise InputError("There is nothing in this message to read; ask the sender to send it again.", code="message_empty")
    return Unpacked(envelope, tuple(unpacker.parts))


class _Unpacker:
    """Collects parts until a limit is met; every limit leaves a part that says so."""

    def __init__(self, options: UnpackOptions) -> None:
        self.options = options
        self.parts: list[Part] = []
        self._room = options.unpacked_bytes
        self._is_full = False

    def open_message(self, content: bytes) -> Envelope | None:
        """Open the message itself; it is no part unless it is no container."""
        kind = Container.MAIL if self.options.is_mail else container_of(content)
        if kind is None:
            self._add(Part(content))
            return None
        return self._open(kind, content, None, 1)

    def _open(self, kind: Container, content: bytes, parent: int | None, depth: int) -> Envelope | None:
        own = frozenset(address.lower() for address in self.options.own_addresses)
        if is_archive(kind):
            self._add_members(kind, content, parent, depth)
            return None
        if kind is Container.TNEF:
            self._add_leaves(read_tnef(content), parent, depth)
            return None
        if kind is Container.MSG:
            envelope, found = read_msg(content, own_addresses=own)
        else:
            mail = open_mail(content)
            found = leaves(mail)
            servers = frozenset(name.lower() for name in self.options.own_servers)
            envelope = replace(
                read_envelope(mail, own_addresses=own, has_attachment=any(_is_file(leaf) for leaf in found)),
                authentication=authentication_of(mail.headers, servers))
        self._add_leaves(found, parent, depth)
        return envelope

    def _add_members(self, kind: Container, content: bytes, parent: int | None, depth: int) -> None:
        budget = Budget(self.options.ratio, self._room, self.options.members, self.options.passwords)
        for member in archive_members(kind, content, budget):
            self._add_or_open(
                Part(member.content, member.name, parent=parent, code=member.code, sentence=member.sentence), depth)
            if self._is_full:
                return

    def _add_leaves(self, found: Iterable[Leaf], parent: int | None, depth: int) -> None:
        for leaf in found:
            part = Part(
                leaf.content, leaf.name, leaf.media_type, leaf.is_body, parent, leaf.code, leaf.sentence, leaf.forwards)
            if leaf.is_body:
                self._add(part)
            else:
                self._add_or_open(part, depth)

    def _add_or_open(self, part: Part, depth: int) -> None:
        """Keep a part; when it is a container, what is in it follows."""
        kind = _kind_of(part)
        if kind is not None and depth >= self.options.depth:
            kind, part = None, replace(part, code="too_deep", sentence=(
                f"This lies more than {self.options.depth} containers deep; ask the sender for the file itself."))
        position = self._add(part)
        if kind is not None and position is not None:
            self._open_part(kind, position, depth)

    def _open_part(self, kind: Container, position: int, depth: int) -> None:
        part = self.parts[position]
        try:
            written = self._open(kind, part.content, position, depth + 1)
            self._note_forward(position, (*part.forwards, *((written,) if written else ())))
        except Exception as e:          # the libraries' own errors are many; what was taken out before stays
            self.parts[position] = replace(part, code="damaged_container", sentence=(
                f"This file cannot be opened to its end ({type(e).__name__}); ask the sender to send it again."))
        else:
            if len(self.parts) == position + 1:
                self.parts[position] = replace(
                    part, code="empty_container", sentence="There is nothing in this file; ask the sender to send it again.")

    def _note_forward(self, position: int, forwards: tuple[Envelope, ...]) -> None:
        """What was in the part at `position` came in these mails too; its own inner mails are noted already."""
        if forwards:
            self.parts[position + 1:] = [replace(p, forwards=(*forwards, *p.forwards)) for p in self.parts[position + 1:]]

    def _add(self, part: Part) -> int | None:
        """The position of the part, or None when it could not be kept as it is."""
        if self._is_full:
            return None
        kept = self._within_limits(part)
        self._room -= len(kept.content)
        self.parts.append(kept)
        return len(self.parts) - 1 if kept is part else None

    def _within_limits(self, part: Part) -> Part:
        if len(self.parts) == self.options.parts:
            self._is_full = True
            return Part(b"", parent=part.parent, code="too_many_parts", sentence=(
                f"The message has more than {self.options.parts} parts; the rest was not read. Ask for fewer at once."))
        if len(part.content) > self._room:
            return replace(part, content=b"", code="too_much_unpacked", sentence=(
                f"The message unpacks to more than {self.options.unpacked_bytes:,} bytes; ask for this file by itself."))
        return part


def _kind_of(part: Part) -> Container | None:
    if part.code:
        return None
    return Container.MAIL if part.media_type == "message/rfc822" else container_of(part.content)


def _is_file(leaf: Leaf) -> bool:
    return not leaf.is_body and leaf.code is None and not leaf.media_type.startswith(("image/", "message/"))
