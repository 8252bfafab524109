"""The blob store keeps what it acknowledged and nothing half-written."""

import hashlib
from collections.abc import Iterator

import pytest

from models.errors import NotFound
from runtime.blobs import Blobs


def test_bytes_come_back_under_their_digest(blobs: Blobs) -> None:
    digest = blobs.put(b"an order")
    assert digest == hashlib.sha256(b"an order").hexdigest()
    assert blobs.get(digest) == b"an order"
    assert list(blobs.digests()) == [digest]


def test_the_same_bytes_twice_are_one_blob(blobs: Blobs) -> None:
    assert blobs.put(b"x") == blobs.put(b"x")
    assert len(list(blobs.digests())) == 1


def test_a_stream_that_breaks_leaves_nothing(blobs: Blobs) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(Exception):  # noqa: B017 - whatever it is, nothing may stay behind
        blobs.put_stream(broken())
    assert list(blobs.digests()) == []
    assert list((blobs.root / "tmp").iterdir()) == []


def test_a_flipped_byte_is_noticed(blobs: Blobs) -> None:
    digest = blobs.put(b"an order")
    blobs.path(digest).write_bytes(b"an 0rder")
    assert not blobs.is_intact(digest)


def test_a_missing_blob_says_so(blobs: Blobs) -> None:
    with pytest.raises(NotFound, match="missing"):
        blobs.get("0" * 64)
