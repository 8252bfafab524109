"""How much memory reading takes: entry points that run what is measured in a process of their own and tell its peak."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from models.domain.pages import PageImage


def parse_and_weigh(content: bytes, options: bytes) -> bytes:
    """Inside the sandbox: parse a document; the answer is the child's peak in kB, what it shares with its server included."""
    parse_document(content, ParseOptions())
    return json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss).encode()


def resident_mb() -> float:
    """Memory of this process that is in use now, in MB (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def ocr_peak_mb(engine: str, image: PageImage) -> float:
    """Peak (VmHWM) in MB of a fresh process that loads an OCR engine and reads a picture twice."""
    head = json.dumps(
        {"engine": engine, "page": image.page, "width": image.width, "height": image.height, "dpi": image.dpi}).encode()
    done = subprocess.run(
        [sys.executable, "-m", "bench.memory"], input=head + b"\n" + image.pixels, capture_output=True, check=True,
        cwd=Path(__file__).parent.parent, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    return float(done.stdout) / 1024


def _read_and_weigh() -> None:
    from extraction.ocr.server import load_engine

    given = json.loads(sys.stdin.buffer.readline())
    engine = load_engine(given.pop("engine"))
    image = PageImage(**given, pixels=sys.stdin.buffer.read())
    for number in range(2):
        engine.read(replace(image, page=number))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    sys.stdout.write(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


if __name__ == "__main__":
    _read_and_weigh()
