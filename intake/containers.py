"""What has documents inside, known by its content; the file's name has no say. Office and OpenDocument files are documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from io import BytesIO

from olefile import OleFileIO

from intake.archives.member import Budget, Member, within
from intake.archives.seven_zip import SEVEN_ZIP, seven_zip_members
from intake.archives.tarred import GZIP, gzip_members, is_tar, tar_members
from intake.archives.zipped import is_zip_archive, zip_members
from intake.mail.parse import looks_like_mail

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TNEF = b"\x78\x9f\x3e\x22"
_MSG_STREAM = "__properties_version1.0"


class Container(StrEnum):
    """What can be opened here."""

    MAIL = "mail"
    MSG = "msg"
    TNEF = "tnef"
    ZIP = "zip"
    SEVEN_ZIP = "7z"
    TAR = "tar"
    GZIP = "gzip"


_ARCHIVES: Mapping[Container, Callable[[bytes, Budget], Iterator[Member]]] = {
    Container.ZIP: zip_members, Container.SEVEN_ZIP: seven_zip_members, Container.TAR: tar_members, Container.GZIP: gzip_members,
}


def container_of(content: bytes) -> Container | None:
    """What kind of container the bytes are, or None: a document of its own."""
    if content.startswith(_TNEF):
        return Container.TNEF
    if content.startswith(_ZIP):
        return Container.ZIP if is_zip_archive(content) else None
    if content.startswith(_OLE):
        return Container.MSG if _is_msg(content) else None
    if content.startswith(SEVEN_ZIP):
        return Container.SEVEN_ZIP
    if content.startswith(GZIP):
        return Container.GZIP
    if is_tar(content):
        return Container.TAR
    return Container.MAIL if looks_like_mail(content) else None


def is_archive(kind: Container) -> bool:
    """True for containers of files; False for mails."""
    return kind in _ARCHIVES


def archive_members(kind: Container, content: bytes, budget: Budget) -> Iterator[Member]:
    """The files of an archive in its order, and a word that there were more after `budget.members`.

    Raises whatever the libraries do on an archive that cannot be read (to its end).
    """
    return within(_ARCHIVES[kind](content, budget), budget.members)


def _is_msg(content: bytes) -> bool:
    try:
        with OleFileIO(BytesIO(content)) as ole:
            return bool(ole.exists(_MSG_STREAM))
    except Exception:           # olefile raises many kinds on damaged files
        return False
