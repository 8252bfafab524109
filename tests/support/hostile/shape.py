"""What a hostile file is: made on the fly, the same bytes every time, with the fate it must meet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

SKU = "HX-40219"
"""The part number of the good order line that some hostile files carry; it must be read (or must not)."""
ORDER_TEXT = (
    "PURCHASE ORDER\nPO Number: HF-70031\nOrder Date: 2031-03-14\n\n"
    "Pos  Item No.    Description             Qty  Unit  Price   Amount\n"
    "1    HX-40219    Hinge galvanised         12  PCS    4.50    54.00\n"
    "2    HX-40230    Bracket painted grey     30  PCS    1.20    36.00\n"
    "Total                                                        90.00\n"
)
ORDER_CSV = "PO Number;Item No.;Description;Qty;Price\nHF-70031;HX-40219;Hinge;12;4.50\nHF-70031;HX-40230;Bracket;30;1.20\n"
ORDER_ROWS = [line.split(";") for line in ORDER_CSV.splitlines()]
ORDER_HTML = (
    "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ORDER_ROWS) + "</table>"
)


@dataclass(frozen=True, slots=True)
class Fate:
    """How a hostile file must end.

    `codes`: one of them must be among the problems told (empty: none is asked for). `is_read`: True when the good order in the
    file must be read, False when no order line may come out of it, None when either is right.
    """

    codes: frozenset[str] = frozenset()
    is_read: bool | None = False


@dataclass(frozen=True, slots=True)
class HostileFile:
    """`label` names the attack; `file_name` is what the sender calls it. `is_heavy`: takes seconds to make or to refuse."""

    label: str
    make: Callable[[], bytes]
    fate: Fate
    file_name: str = "order.bin"
    is_heavy: bool = False


def refused(*codes: str) -> Fate:
    """No order line comes out, and one of these codes says why."""
    return Fate(frozenset(codes), is_read=False)


def read(*codes: str) -> Fate:
    """The good order in it is read; with codes: and one of them is told."""
    return Fate(frozenset(codes), is_read=True)


def harmless() -> Fate:
    """Read as far as there is something to read, or refused; whatever comes, it comes in time and with a sentence."""
    return Fate(is_read=None)


def zipped(members: Iterable[tuple[str | zipfile.ZipInfo, bytes]], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive; its dates are fixed, so that it is the same every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in members:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_STORED if info.filename == "mimetype" else how
            archive.writestr(info, content)
    return out.getvalue()
