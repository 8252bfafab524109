"""Texts, tables and interchanges: floods, odd encodings, and what makes a careless pattern run for ever."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import partial

from tests.support.hostile.shape import ORDER_CSV, ORDER_TEXT, HostileFile, harmless, read, refused

GOOD = ORDER_TEXT.encode()
ISA = (
    "ISA*00*          *00*          *ZZ*HOSTILEBUYER   *ZZ*OURSELVES      *310314*0912*U*00401*000000001*0*P*>~"
    "GS*PO*HB*OU*20310314*0912*1*X*004010~ST*850*0001~BEG*00*SA*HF-70031**20310314~"
)


def x12(lines: int) -> bytes:
    """An interchange of many lines and a wrong count at its end."""
    return (
        ISA + "".join(f"PO1*{n}*12*EA*4.50**VP*HX-40219~" for n in range(lines)) + "CTT*1~SE*5*0001~GE*1*1~IEA*1*000000001~"
    ).encode()


def edifact(lines: int) -> bytes:
    return (
        "UNA:+.? 'UNB+UNOC:3+HB+OU+310314:0912+1'UNH+1+ORDERS:D:96A:UN'BGM+220+HF-70031+9'"
        + "".join(f"LIN+{n}++HX-40219:SA'QTY+21:12:PCE'" for n in range(lines))
        + "UNT+1+1'UNZ+1+1'"
    ).encode()


def edifact_segments(count: int) -> bytes:
    """A right interchange of so many segments, at least eight."""
    notes = "FTX+PUR+++NOTE'" * (count - 7)
    return (
        "UNB+UNOC:3+HB+OU+310314:0912+1'UNH+1+ORDERS:D:96A:UN'BGM+220+HF-70031+9'"
        + notes
        + f"LIN+1++HX-40219:SA'QTY+21:12:PCE'UNT+{count - 2}+1'UNZ+1+1'"
    ).encode()


def odd_bytes() -> bytes:
    """No text in any one encoding."""
    return (
        b"PO Number: HF-70031\n" + bytes(range(128, 256)) * 200 + "größe ☃\n".encode() + "größe".encode("cp850") + b"\xff\xfe\n"
    )


def marks() -> bytes:
    """Right-to-left, zero width, stacked accents, escape codes for terminals."""
    return (ORDER_TEXT + "\u202e" * 5_000 + "\u200b" * 5_000 + "e" + "\u0301" * 50_000 + "\n\x1b]0;title\x07\x1b[2J\n").encode()


def wide_text() -> bytes:
    """UTF-16 cut in the middle of a sign, with half of a surrogate pair."""
    return b"\xff\xfe" + ORDER_TEXT.encode("utf-16-le") + b"\x00\xd8" * 50 + b"\x41"


PATTERNS = {
    "numbers that go on": "1,1" * 30_000,
    "dots that go on": "1." * 50_000,
    "dates that go on": "1/1/" * 30_000,
    "brackets that open": "(" * 60_000,
    "blanks that go on": "PO" + " " * 200_000 + "x",
    "labels without values": "PO Number: " * 8_000,
    "dashes that go on": "-" * 200_000,
    "quotes that go on": "> " * 60_000,
    "a's and an at": "a" * 100_000 + "@" + "b." * 50_000,
    "units that go on": "12 pcs 12 pcs x " * 8_000,
    "colons that go on": "a:" * 60_000,
    "PO numbers that go on": "PO-4711/" * 15_000,
    "one word a line": "x\n" * 150_000,
    "numbers a line": "12 HX-40219 4.50\n" * 60_000,
    "money that goes on": "€1.000,00" * 15_000,
}


def files() -> Iterator[HostileFile]:
    """Every text of the set."""
    csv, txt, edi = "order.csv", "order.txt", "order.edi"
    yield HostileFile("csv of 16,384 columns", lambda: ("x;" * 16_384 + "\n").encode() * 30, harmless(), csv, is_heavy=True)
    yield HostileFile(
        "csv with a cell of 10 MB",
        lambda: ORDER_CSV.encode() + b"1;2;" + b"x" * 10_000_000 + b";3;4\n",
        harmless(),
        csv,
        is_heavy=True,
    )
    yield HostileFile(
        "csv with a quote that never ends", lambda: ORDER_CSV.encode() + b'1;"' + b"x;y\n" * 100_000, harmless(), csv
    )
    yield HostileFile("csv of 200,001 rows", lambda: b"a;b;c\n" * 200_001, refused("too_many_rows"), csv)
    yield HostileFile(
        "csv of 150,000 order lines",
        lambda: b"Item No.;Description;Qty;Price\n" + b"HX-40219;Hinge;12;4.50\n" * 150_000,
        harmless(),
        csv,
        is_heavy=True,
    )
    yield HostileFile("csv with zero bytes", lambda: ORDER_CSV.replace(";", ";\0").encode(), harmless(), csv)
    yield HostileFile("csv of formulas", lambda: (ORDER_CSV + "HF-70031;=cmd|' /C calc'!A0;@SUM(1);1;1\n").encode(), read(), csv)
    yield HostileFile("csv of ten million semicolons", lambda: b";" * 10_000_000 + b"\n;\n", harmless(), csv, is_heavy=True)
    yield HostileFile("text of one line of 20 MB", lambda: GOOD + b"x" * 20_000_000, harmless(), txt, is_heavy=True)
    yield HostileFile("text of 3 million tabs", lambda: GOOD + b"\t" * 3_000_000 + b"x", harmless(), txt, is_heavy=True)
    yield HostileFile("text of 150,000 sheets", lambda: GOOD + b"\fx" * 150_000, harmless(), txt)
    yield HostileFile("text of 200,001 lines", lambda: b"x\n" * 200_001, refused("too_many_rows"), txt)
    yield HostileFile("text of a million words", lambda: b"word 12 pcs " * 350_000, harmless(), txt, is_heavy=True)
    yield HostileFile("text in no encoding", odd_bytes, harmless(), txt)
    yield HostileFile("text in utf-16 cut in a sign", wide_text, harmless(), txt)
    yield HostileFile("text of overlong utf-8", lambda: b"\xc0\xaf\xe0\x80\xaf" * 5_000 + b" PO", harmless(), txt)
    yield HostileFile("text in utf-7", lambda: b"+ADw-script+AD4-alert(1)\n" + GOOD, harmless(), txt)
    yield HostileFile("text of marks that are not seen", marks, harmless(), txt)
    yield HostileFile("zeros only", lambda: bytes(3_000_000), harmless(), txt)
    yield HostileFile(
        "noise only", lambda: random.Random(11).randbytes(500_000), refused("unknown_format", "message_unreadable"), txt
    )
    yield HostileFile("empty file", lambda: b"", refused("empty_file", "message_empty"), txt)
    yield HostileFile("blanks only", lambda: b" \n" * 50_000, refused("empty_document"), txt)
    yield HostileFile(
        "json 100,000 deep", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000, harmless(), "order.json", is_heavy=True
    )
    yield HostileFile(
        "json that asks for objects",
        lambda: json.dumps({"__class__": "os.system", "py/object": "os"}).encode(),
        harmless(),
        "order.json",
    )
    yield HostileFile("pickle that runs a program", lambda: b"cposix\nsystem\n(S'true'\ntR.", harmless(), "order.pkl")
    yield HostileFile("yaml that runs a program", lambda: b"!!python/object/apply:os.system ['true']\n", harmless(), "order.yaml")
    yield HostileFile(
        "windows program",
        lambda: b"MZ" + bytes(60) + random.Random(2).randbytes(5_000),
        refused("unknown_format"),
        "order.pdf.exe",
    )
    yield HostileFile(
        "linux program",
        lambda: b"\x7fELF\2\1\1" + bytes(9) + random.Random(2).randbytes(5_000),
        refused("unknown_format"),
        "order.pdf",
    )
    for label, text in PATTERNS.items():
        yield HostileFile(f"text of {label}", partial((ORDER_TEXT + "\n" + text + "\n").encode), harmless(), txt, is_heavy=True)
    yield HostileFile("x12 of 250,000 lines", partial(x12, 250_000), harmless(), edi, is_heavy=True)
    yield HostileFile("x12 without end", lambda: x12(3)[:-40], harmless(), edi)
    yield HostileFile("x12 whose separators are one sign", lambda: b"ISA" + b"*" * 103 + b"*" * 5_000, harmless(), edi)
    yield HostileFile("edifact of 150,000 lines", partial(edifact, 150_000), harmless(), edi, is_heavy=True)
    yield HostileFile("edifact of releases", lambda: b"UNA:+.? 'UNB+" + b"?" * 1_000_001, harmless(), edi, is_heavy=True)
    yield HostileFile("tradacoms of one segment of 5 MB", lambda: b"STX=ANA:1+" + b"A" * 5_000_000, harmless(), edi)
