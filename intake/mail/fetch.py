"""Getting one mail's bytes whole, from servers that cannot be trusted to say when they are not.

Seen in the field: OK without a body, NIL, a body cut short, a size that is an estimate (Exchange), mails that vanish between
the list and the fetch. Evidence decides: the announced size, a second fetch, and what the server has beyond the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intake.mail.connect import Line
from intake.mail.errors import CommandRefused, Unfetchable, Vanished
from runtime.log import get_logger

CHUNK = 2**20
SIZES_AT_ONCE = 200

log = get_logger("intake.mail")


def announced_sizes(line: Line, uids: list[int]) -> dict[int, int]:
    """RFC822.SIZE in bytes of each mail the server gives one for; the others are left out."""
    sizes: dict[int, int] = {}
    for at in range(0, len(uids), SIZES_AT_ONCE):
        try:
            answers = _fetch(line, uids[at:at + SIZES_AT_ONCE], "RFC822.SIZE")
        except CommandRefused:
            continue            # one bad mail spoils the list; without a size each is fetched piece by piece
        sizes.update({uid: size for uid, size in answers.items() if isinstance(size, int)})
    return sizes


def fetch_mail(line: Line, uid: int, announced: int | None, *, whole_up_to: int) -> Iterable[bytes]:
    """The raw mail in chunks: one chunk up to `whole_up_to` bytes, else MiB by MiB as they are consumed.

    Raises (also while being consumed) MailboxDown, Vanished, or Unfetchable with code body_missing, body_short,
    body_unstable, body_endless or fetch_refused.
    """
    if announced is None or announced > whole_up_to:
        return _in_pieces(line, uid, announced)
    return [_whole(line, uid, announced)]


def _whole(line: Line, uid: int, announced: int) -> bytes:
    first = _body(line, uid)
    if len(first) == announced:
        return first
    if _body(line, uid) != first:
        raise Unfetchable("The server gives this mail differently each time; it is fetched again.", code="body_unstable")
    if _piece(line, uid, len(first), 1):
        raise Unfetchable(
            f"The server gives {len(first):,} of {announced:,} bytes of this mail and holds back the rest; look at it there.",
            code="body_short")
    log.warning("mail.size_differs", uid=uid, announced=announced, fetched=len(first))
    return first


def _body(line: Line, uid: int) -> bytes:
    return _answer(line, uid, "BODY[]") or _no_body(line, uid)


def _in_pieces(line: Line, uid: int, announced: int | None) -> Iterator[bytes]:
    at = 0
    while piece := _piece(line, uid, at, CHUNK):
        at += len(piece)
        # A server that ignores the offset would go on for ever.
        if len(piece) > CHUNK or (announced is not None and at > 2 * announced + CHUNK):
            raise Unfetchable("The server goes on sending past the end of this mail; look at it there.", code="body_endless")
        yield piece
    if at == 0:
        _no_body(line, uid)
    if announced is not None and at != announced:
        log.warning("mail.size_differs", uid=uid, announced=announced, fetched=at)


def _piece(line: Line, uid: int, at: int, length: int) -> bytes:
    return _answer(line, uid, f"BODY[]<{at}>", f"BODY.PEEK[]<{at}.{length}>")


def _answer(line: Line, uid: int, key: str, item: str = "BODY.PEEK[]") -> bytes:
    """The bytes the server gives for one item of one mail, empty when it gives none."""
    try:
        answer = _fetch(line, [uid], item, key).get(uid)
    except CommandRefused as e:
        _check_still_there(line, uid)
        raise Unfetchable(f"The server refuses to give this mail; look at it there. {e.sentence}", code="fetch_refused") from e
    return answer if isinstance(answer, bytes) else b""


def _fetch(line: Line, uids: list[int], item: str, key: str | None = None) -> dict[int, object]:
    answers = line.ask(lambda imap: imap.fetch(uids, [item]))
    wanted = (key or item).encode()
    return {uid: data[wanted] for uid, data in answers.items() if wanted in data}


def _no_body(line: Line, uid: int) -> bytes:
    _check_still_there(line, uid)
    raise Unfetchable("The server lists this mail but does not give its text; look at it there.", code="body_missing")


def _check_still_there(line: Line, uid: int) -> None:
    if uid not in line.ask(lambda imap: imap.search(["UID", uid])):
        raise Vanished(f"Mail {uid} is no longer in the folder.")
