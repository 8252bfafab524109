"""Indexes of catalogue files, kept by the content of the file, so that asking the same large catalogue again is quick."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

_WORTH_KEEPING = 5_000
"""Items from which on an index is kept; smaller ones are built in a second or two."""
_KEPT = 4


@contextmanager
def index_folder(catalogue: Path, items: int) -> Iterator[tuple[Path, str]]:
    """(folder for the index of a catalogue file, stamp of its content). The folder of a small catalogue, or where nothing can be
    kept, is gone afterwards; of large ones the four used last stay in the user's cache."""
    stamp = sha256(catalogue.read_bytes()).hexdigest()
    folder = _kept_folder(stamp) if items >= _WORTH_KEEPING else None
    if folder is not None:
        yield folder, stamp
        return
    with tempfile.TemporaryDirectory(prefix="ordermill-match-") as name:
        yield Path(name), stamp


def _kept_folder(stamp: str) -> Path | None:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ordermill" / "match"
    folder = home / stamp[:32]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.touch()
        for old in sorted(home.iterdir(), key=lambda f: f.stat().st_mtime, reverse=True)[_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:
        return None
    return folder
