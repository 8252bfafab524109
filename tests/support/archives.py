"""Writers of archives that the standard library cannot write: zip members under both kinds of encryption."""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib

from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter

KEY_BYTES = 32


def locked_zip(name: str, content: bytes, password: str, *, aes: bool) -> bytes:
    """A zip with one member, encrypted as WinZip does (AES-256, AE-2) or as PKZIP did."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    crc = zlib.crc32(content)
    extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8) if aes else b""
    body = _aes(packed, password) if aes else _pkzip(packed, password, crc)
    shared = struct.pack("<HHHHHIIIHH", 20, 1, 99 if aes else 8, 0, 0, 0 if aes else crc, len(body), len(content), len(name),
                         len(extra)) + b""
    local = b"PK\x03\x04" + shared + name.encode() + extra + body
    central = b"PK\x01\x02" + struct.pack("<H", 20) + shared + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode() + extra
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def _aes(packed: bytes, password: str) -> bytes:
    salt = bytes(range(KEY_BYTES // 2))
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1_000, 2 * KEY_BYTES + 2)
    counter = Counter.new(128, initial_value=1, little_endian=True)
    body = AES.new(keys[:KEY_BYTES], AES.MODE_CTR, counter=counter).encrypt(packed)
    return salt + keys[-2:] + body + hmac.digest(keys[KEY_BYTES:-2], body, "sha1")[:10]


def _pkzip(packed: bytes, password: str, crc: int) -> bytes:
    """Three running keys (APPNOTE 6.1); twelve bytes before the data, the last of which proves the password."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def feed(byte: int) -> None:
        keys[0] = _crc_step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = _crc_step(keys[2], keys[1] >> 24)

    for byte in password.encode():
        feed(byte)
    out = bytearray()
    for byte in bytes(11) + bytes([crc >> 24]) + packed:
        mask = keys[2] | 2
        out.append(byte ^ ((mask * (mask ^ 1) >> 8) & 0xFF))
        feed(byte)
    return bytes(out)


def _crc_step(crc: int, byte: int) -> int:
    """One byte into a CRC-32 that is kept without its final inversion."""
    return zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
