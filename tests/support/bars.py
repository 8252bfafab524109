"""Reads Code 128 from a picture, by the widths of bars and spaces alone (ISO/IEC 15417)."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pymupdf

_PATTERNS = (                         # six widths a symbol, by its value
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232")
_WIDTHS = {tuple(map(int, _PATTERNS[at:at + 6])): at // 6 for at in range(0, len(_PATTERNS), 6)}
START_C, FNC1 = 105, 102


def read_code_c(page: pymupdf.Page, height: float) -> str:
    """The digits of the Code C symbol crossed at `height` points from the top; "]C1" before them says GS1-128.

    Raises ValueError for anything that is no such symbol, or whose check character is wrong.
    """
    picture = page.get_pixmap(dpi=600, colorspace=pymupdf.csGRAY)
    row = np.frombuffer(picture.samples, np.uint8).reshape(picture.height, picture.stride)[int(height * 600 / 72)] < 128
    runs = [len(list(run)) for _, run in groupby(row[np.flatnonzero(row)[0]:np.flatnonzero(row)[-1] + 1])]
    module = sum(runs[:6]) / 11
    symbols = [tuple(round(w / module) for w in runs[at:at + 6]) for at in range(0, len(runs) - 7, 6)]
    start, *values, check = [_WIDTHS[s] for s in symbols]
    if start != START_C or (start + sum(n * v for n, v in enumerate(values, 1))) % 103 != check:
        raise ValueError("not Code C, or the check character is wrong")
    prefix = "]C1" if values[0] == FNC1 else ""
    return prefix + "".join(f"{v:02d}" for v in values[bool(prefix):])
