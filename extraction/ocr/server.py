"""One OCR engine in a warm process behind the wall: pictures in, words out, until the control socket closes.

Messages are a length (4 bytes, big-endian) and MessagePack.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import struct
from typing import Any

import msgspec

from extraction.ocr.calibrate import Calibrated
from extraction.ocr.engine import OcrEngine
from extraction.ocr.null import NullEngine
from models.domain.pages import PageImage
from runtime.codec import pack
from runtime.sandbox_kernel import deny_calls, drop_privileges, obey

LENGTH = struct.Struct(">I")
_PICTURE_BYTES = 64 * 2**20       # formats.scan sends at most 36 million pixels of one byte each


def load_engine(name: str) -> OcrEngine:
    """The engine called `name`: accurate, rapid, tesseract or null, its confidences probabilities.

    Raises ValueError for another, ImportError when it is not installed.
    """
    if name == "null":
        return NullEngine()
    if name == "accurate":
        from extraction.ocr.rapid import Rapid
        from extraction.ocr.witness import Witnessed

        return Witnessed(Rapid(), _tesseract(mounted=True))
    if name == "rapid":
        from extraction.ocr.rapid import Rapid

        return Calibrated(Rapid())
    if name == "tesseract":
        from extraction.ocr.alone import Alone

        return Alone(_tesseract())
    raise ValueError(f"there is no OCR engine called {name}")


def _tesseract(*, mounted: bool = False) -> OcrEngine:
    """Tesseract in this process, or as a program where tesserocr is not installed."""
    if _has_tesserocr():
        from extraction.ocr.tesseract import Tesseract

        return Tesseract(mounted=mounted)
    from extraction.ocr.tesseract_program import TesseractProgram

    return TesseractProgram(mounted=mounted)


def _has_tesserocr() -> bool:
    return importlib.util.find_spec("tesserocr") is not None


def send(control: socket.socket, message: bytes) -> None:
    """One message with its length."""
    control.sendall(LENGTH.pack(len(message)))
    control.sendall(message)


def receive(control: socket.socket, most: int) -> bytes | None:
    """One message of at most `most` bytes; None at the end. Raises ValueError for a longer one."""
    head = _exactly(control, LENGTH.size)
    if head is None:
        return None
    (length,) = LENGTH.unpack(head)
    if length > most:
        raise ValueError(f"a message of {length} bytes")
    return _exactly(control, length)


def _exactly(control: socket.socket, length: int) -> bytes | None:
    buffer = bytearray(length)
    view = memoryview(buffer)
    while view:
        got = control.recv_into(view)
        if not got:
            return None
        view = view[got:]
    return bytes(buffer)


def main() -> None:
    """Load the engine, close the wall, say "ready", read pictures."""
    control = socket.socket(fileno=os.dup(0))
    start: dict[str, Any] = msgspec.msgpack.decode(receive(control, 2**20) or b"\x80")
    try:
        obey(start)
        engine = load_engine(start["engine"])
        if start["walled"]:
            drop_privileges()
            if _has_tesserocr():          # else the program must be started: the other walls stand, this one would forbid it
                deny_calls()
    except Exception as e:
        send(control, pack(f"{type(e).__name__}: {e}"))
        return
    send(control, pack(None))
    while (message := receive(control, _PICTURE_BYTES)) is not None:
        send(control, pack(engine.read(msgspec.msgpack.decode(message, type=PageImage))))


if __name__ == "__main__":
    main()
