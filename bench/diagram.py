"""A reliability diagram as SVG: stated confidence against the share that was right; the more values, the larger the point."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from bench.calibration import Judged, bins, calibration_error

_SIDE, _LEFT, _TOP = 300.0, 52.0, 40.0
_GAP = 70.0
_STYLE = (
    "text{font:12px sans-serif;fill:#333}.small{font-size:10px;fill:#666}.frame{fill:#fff;stroke:#999}.grid{stroke:#e4e4e4}"
    ".ideal{stroke:#999;stroke-dasharray:4 4}.curve{fill:none;stroke:#1f5fa8;stroke-width:2}.dot{fill:#1f5fa8}")


def reliability_svg(groups: Mapping[str, Judged], note: str) -> str:
    """One square for each group of values, side by side; the diagonal is what confidences should be. `note` stands below."""
    width, height = _LEFT + len(groups) * (_SIDE + _GAP), _TOP + _SIDE + 78
    box = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    parts = [_panel(name, judged, _LEFT + n * (_SIDE + _GAP)) for n, (name, judged) in enumerate(groups.items())]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img">'
        f"<title>Stated confidence and share right</title><style>{_STYLE}</style>"
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>\n' + "\n".join(parts)
        + f'\n<text class="small" x="{_LEFT:g}" y="{height - 8:g}">{_escaped(note)}</text></svg>\n')


def _panel(name: str, judged: Judged, left: float) -> str:
    bottom = _TOP + _SIDE
    title = f"{_escaped(name)}: {len(judged):,} values, ECE {calibration_error(judged):.3f}"
    out = [
        f'<text x="{left:g}" y="{_TOP - 14:g}">{title}</text>',
        f'<rect class="frame" x="{left:g}" y="{_TOP:g}" width="{_SIDE:g}" height="{_SIDE:g}"/>']
    for step in range(0, 11, 2):
        x, y = left + _SIDE * step / 10, bottom - _SIDE * step / 10
        out.append(f'<path class="grid" d="M{x:.1f} {_TOP:g}V{bottom:g}M{left:g} {y:.1f}H{left + _SIDE:g}"/>')
        out.append(f'<text class="small" x="{x:.1f}" y="{bottom + 14:g}" text-anchor="middle">{step / 10:g}</text>')
        out.append(f'<text class="small" x="{left - 6:g}" y="{y + 3:.1f}" text-anchor="end">{step / 10:g}</text>')
    out.append(f'<path class="ideal" d="M{left:g} {bottom:g}L{left + _SIDE:g} {_TOP:g}"/>')
    points = [(left + _SIDE * stated, bottom - _SIDE * right, count) for stated, right, count in bins(judged)]
    if points:
        out.append('<path class="curve" d="M' + "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in points) + '"/>')
    for x, y, count in points:
        dot = f'cx="{x:.1f}" cy="{y:.1f}" r="{_radius(count, len(judged)):.1f}"'
        out.append(f'<circle class="dot" {dot}><title>{count} values</title></circle>')
    below = f'x="{left + _SIDE / 2:g}" y="{bottom + 32:g}" text-anchor="middle"'
    out.append(f"<text {below}>stated confidence; share right upwards</text>")
    return "\n".join(out)


def _radius(count: int, total: int) -> float:
    return 2.5 + 9 * sqrt(count / max(total, 1))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
