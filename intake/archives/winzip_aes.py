"""WinZip's encryption of zip members (AE-1, AE-2), which zipfile does not know.

Key: PBKDF2-HMAC-SHA1, 1,000 rounds; data: AES in counter mode, the counter little-endian from 1; behind the data the first ten
bytes of its HMAC-SHA1. Source: WinZip, "AES Encryption Information", version 1.04.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass
from typing import ClassVar

from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter

METHOD = 99                    # compression method that says: encrypted so
_ROUNDS = 1_000
_CHECK, _SEAL = 2, 10          # bytes of the password's check value, and of the seal behind the data
_KEY_BYTES = {1: 16, 2: 24, 3: 32}


class WrongPassword(Exception):
    """None of the passwords opens the member."""


@dataclass(frozen=True, slots=True)
class AesField:
    """The extra field of an encrypted member: how long the key is (bytes), and how the data was packed before."""

    ID: ClassVar[int] = 0x9901
    key_bytes: int
    method: int

    @classmethod
    def parse(cls, data: bytes) -> AesField:
        """Raises ValueError for a field that makes no sense."""
        if len(data) < 7 or data[2:4] != b"AE" or data[4] not in _KEY_BYTES:
            raise ValueError("no AES field")
        return cls(_KEY_BYTES[data[4]], struct.unpack_from("<H", data, 5)[0])


def decrypt(data: bytes, field: AesField, passwords: tuple[str, ...]) -> bytes:
    """The packed bytes of a member. Raises WrongPassword, or ValueError for data that was changed on the way."""
    salt_bytes = field.key_bytes // 2
    salt, check = data[:salt_bytes], data[salt_bytes:salt_bytes + _CHECK]
    body, seal = data[salt_bytes + _CHECK:-_SEAL], data[-_SEAL:]
    is_changed = False
    for password in passwords:
        keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, _ROUNDS, 2 * field.key_bytes + _CHECK)
        key, seal_key, expected = keys[:field.key_bytes], keys[field.key_bytes:-_CHECK], keys[-_CHECK:]
        if expected != check:
            continue
        if hmac.compare_digest(hmac.digest(seal_key, body, "sha1")[:_SEAL], seal):
            counter = Counter.new(128, initial_value=1, little_endian=True)
            return AES.new(key, AES.MODE_CTR, counter=counter).decrypt(body)
        is_changed = True      # or one of 65,536 wrong passwords
    if is_changed:
        raise ValueError("the data does not fit its seal")
    raise WrongPassword
