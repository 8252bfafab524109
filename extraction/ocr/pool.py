"""OCR in warm processes of its own, never in the parsing child nor in the API process."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from queue import SimpleQueue

import msgspec

from extraction.ocr.engine import PictureText
from extraction.ocr.server import receive, send
from models.domain.pages import PageImage
from models.errors import InputError
from runtime.codec import pack, unpack
from runtime.log import get_logger
from runtime.sandbox_wall import launch, orders, resolve
from runtime.settings import SandboxMode

_START_S = 60
_ANSWER_BYTES = 64 * 2**20
_SERVER = "extraction.ocr.server"
_LESSER = {"accurate": "tesseract"}       # what reads when the engine asked for does not start
_log = get_logger(__name__)


class OcrUnavailable(InputError):
    """The engine does not start here; pictures stay unread until it is installed."""

    code = "ocr_unavailable"


@dataclass(frozen=True, slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    control: socket.socket

    def end(self) -> None:
        self.control.close()
        self.process.kill()
        self.process.wait()


class OcrPool:
    """`workers` processes of one engine (see `server.load_engine`), started when first wanted and again after a crash.

    Where "accurate" does not start, "tesseract" reads instead: `is_lesser` says so. Safe to share between threads; close it
    at the end.
    """

    def __init__(
        self, engine: str = "tesseract", workers: int = 1, *, mode: SandboxMode = SandboxMode.AUTO, timeout_s: float = 90,
    ) -> None:
        self._engine = engine
        self.is_lesser = False            # true once another engine than the one asked for reads
        self._asked = mode
        self._timeout_s = timeout_s
        self._slots: SimpleQueue[_Worker | None] = SimpleQueue()       # None: a worker that is not running
        for _ in range(workers):
            self._slots.put(None)
        self._workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="ocr")

    @cached_property
    def _mode(self) -> SandboxMode:
        return resolve(self._asked)

    def read(self, images: Sequence[PageImage]) -> list[PictureText]:
        """What stands on each picture, in order. A picture that crashes or stalls the engine twice comes back with a problem.

        Raises OcrUnavailable when the engine does not start.
        """
        return list(self._threads.map(self._read, images))

    def close(self) -> None:
        """End all workers; waits for pictures being read."""
        self._threads.shutdown()
        for _ in range(self._workers):
            worker = self._slots.get()
            if worker is not None:
                worker.end()
            self._slots.put(None)

    def _read(self, image: PageImage) -> PictureText:
        worker = self._slots.get()
        try:
            for _ in range(2):            # a worker may have died of an earlier picture, or of age
                worker = worker or self._start()
                try:
                    return self._ask(worker, image)
                except (OSError, ValueError):
                    worker.end()
                    worker = None
        finally:
            self._slots.put(worker)
        return PictureText(problem=f"Page {image.page + 1} could not be read: the text recognition failed on its picture twice.")

    def _ask(self, worker: _Worker, image: PageImage) -> PictureText:
        """Raises OSError when the worker dies or stalls, ValueError when its answer is no answer."""
        worker.control.settimeout(self._timeout_s)
        send(worker.control, pack(image))
        answer = receive(worker.control, _ANSWER_BYTES)
        if answer is None:
            raise ConnectionResetError("the OCR process ended")
        return unpack(PictureText, answer)

    def _start(self) -> _Worker:
        engine = self._engine
        try:
            return self._launch(engine)
        except OcrUnavailable as e:
            if engine not in _LESSER:
                raise
            _log.warning("ocr.lesser_engine", asked=engine, used=_LESSER[engine], reason=e.sentence)
            worker = self._launch(_LESSER[engine])
            self._engine, self.is_lesser = _LESSER[engine], True
            return worker

    def _launch(self, engine: str) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            worker = _Worker(launch(self._mode, _SERVER, [_SERVER], theirs), ours)
        ours.settimeout(_START_S)
        try:
            send(ours, pack({"engine": engine, **orders(self._mode, [_SERVER])}))
            answer = receive(ours, 2**16)
            problem = "it ended at once" if answer is None else msgspec.msgpack.decode(answer)
        except OSError as e:
            problem = str(e)
        if problem:
            worker.end()
            raise OcrUnavailable(f"The OCR engine {engine} does not start ({problem}). Install it, then read again.")
        return worker
