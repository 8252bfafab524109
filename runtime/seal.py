"""Secrets that must be read again (mailbox passwords, signing secrets, second factors) are sealed before they are stored.

The key lies in the data folder, readable by its owner only; a copy of the database alone opens nothing. Fernet: AES-128-CBC with
HMAC-SHA256.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from models.errors import InputError

KEY_FILE = "secret.key"


class SealBroken(InputError):
    """A secret was sealed with another key than the one in the data folder."""

    code = "seal_broken"


class Seal:
    """Seals and opens short texts. The key is made with the first use."""

    def __init__(self, data: Path) -> None:
        self._path = data / KEY_FILE

    def close(self, text: str) -> str:
        """The text, sealed; ASCII."""
        return self._fernet().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises SealBroken."""
        try:
            return self._fernet().decrypt(sealed.encode()).decode()
        except InvalidToken as e:
            raise SealBroken(
                f"A stored secret cannot be opened with {KEY_FILE} of the data folder. Restore that file, or enter it anew."
            ) from e

    def _fernet(self) -> Fernet:
        if not self._path.exists():
            self._make()
        return Fernet(self._path.read_bytes().strip())

    def _make(self) -> None:
        # Written whole under another name and linked into place, so that two processes never see half a key or make two.
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
            f.write(Fernet.generate_key())
            f.flush()
            os.fsync(f.fileno())
        try:
            os.link(draft, self._path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
