"""Honest documents of every format that end too early: a quarter, a half, three quarters of their bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.support.hostile import archives, mails, markup, office, pdfs, pictures, sheets, texts
from tests.support.hostile.shape import ORDER_CSV, ORDER_HTML, ORDER_TEXT, HostileFile, harmless
from tests.support.outlook import msg_file, tnef_file

WHOLE: Mapping[str, Callable[[], bytes]] = {
    "pdf": pdfs.good,
    "xlsx": lambda: sheets.xlsx(sheets.ORDER),
    "xls": sheets.xls,
    "ods": lambda: sheets.ods(sheets.ods_rows(sheets.ORDER_ROWS)),
    "docx": office.docx,
    "odt": lambda: office.odt("<text:p>12 pcs HX-40219</text:p>"),
    "rtf": lambda: office.rtf(""),
    "html": lambda: markup.html(ORDER_HTML),
    "xml": markup.ubl,
    "csv": ORDER_CSV.encode,
    "edi": lambda: texts.x12(5),
    "edifact": lambda: texts.edifact(5),
    "eml": lambda: mails.multipart(mails.part(mails.BODY), mails.attached(pdfs.good())),
    "msg": lambda: msg_file(
        subject="S", sender="Ann <ann@buyer.example>", body=ORDER_TEXT, attachments=(("o.pdf", pdfs.good()),)
    ),
    "dat": lambda: tnef_file((("o.pdf", pdfs.good()),), body="hello"),
    "zip": lambda: archives.zipped([("order.csv", ORDER_CSV.encode() * 20)]),
    "7z": lambda: archives.seven({"order.csv": ORDER_CSV.encode()}),
    "png": lambda: pictures.saved(pictures.photo(), "PNG"),
    "jpg": lambda: pictures.saved(pictures.photo(), "JPEG"),
    "tif": lambda: pictures.saved(pictures.photo().convert("1"), "TIFF", compression="group4"),
    "gif": lambda: pictures.saved(pictures.photo(), "GIF"),
    "webp": lambda: pictures.saved(pictures.photo(), "WEBP"),
}


def cut(kind: str, quarters: int) -> bytes:
    """So many quarters of an honest document."""
    content = WHOLE[kind]()
    return content[: len(content) * quarters // 4]


def files() -> Iterator[HostileFile]:
    """Every format, cut three times."""
    for kind in WHOLE:
        for quarters in (1, 2, 3):
            yield HostileFile(
                f"{kind} cut at {quarters}/4",
                lambda kind=kind, quarters=quarters: cut(kind, quarters),
                harmless(),
                f"order.{kind}",
            )  # type: ignore[misc]
