"""Files in a folder of this machine, or of one that is mounted."""

from __future__ import annotations

import os
from pathlib import Path

from oms.erp.errors import ErpAway


class FolderStore:
    """A `Store` over a folder: temporary name, fsync, rename, fsync of the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        """See `Store.put`; durable when it returns."""
        part = self._folder / f".{name}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as f:
                f.write(content)
                f.flush()
                os.fsync(f.fileno())
            part.replace(self._folder / name)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as e:
            raise self._away(e) from e

    def has(self, name: str) -> bool:
        """See `Store.has`."""
        try:
            (self._folder / name).stat()
        except FileNotFoundError:
            return False
        except OSError as e:
            raise self._away(e) from e
        return True

    def check(self) -> str:
        """See `Store.check`."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise self._away(e) from e
        if not os.access(self._folder, os.W_OK):
            raise ErpAway(f"The folder {self._folder} cannot be written; mend its rights.", code="erp_folder_unavailable")
        return f"Orders are written as files into {self._folder}."

    def _away(self, e: OSError) -> ErpAway:
        return ErpAway(
            f"The folder {self._folder} cannot be used ({e.strerror}). Free space, mount it or mend its rights; it is tried "
            "again by itself.", code="erp_folder_unavailable")
