"""Files that a PDF or a mail carries are documents beside what carries them, under the limits of any message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pymupdf
import pytest

from app.bootstrap import Rooms
from app.reading import read_file
from models.domain.messages import Part
from runtime.settings import OcrProfile, Settings

ORDER = b"Item;Quantity;Price\nKX-4 bracket;12;4.50\nKX-5 bracket;7;2.25\n"


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    made = Rooms(Settings(
        data=tmp_path_factory.mktemp("carried"), max_parts=7, max_depth=3, ocr=OcrProfile.NONE, mail_host=None, _env_file=None))
    yield made
    made.close()


def carrier(text: str, files: Mapping[str, bytes]) -> bytes:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), text)
        for name, content in files.items():
            document.embfile_add(name, content)
        return bytes(document.tobytes(use_objstms=1, deflate=True))


def archive(files: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as out:
        for name, content in files.items():
            out.writestr(name, content)
    return buffer.getvalue()


def shape(parts: tuple[Part, ...]) -> list[tuple[str | None, int | None, str | None]]:
    return [(p.name, p.parent, p.code) for p in parts]


def test_an_order_inside_a_covering_pdf_is_read(rooms: Rooms, tmp_path: Path) -> None:
    path = tmp_path / "portfolio.pdf"
    path.write_bytes(carrier("Please find our order inside.", {"order.csv": ORDER}))
    (reading,) = read_file(rooms, path).readings
    assert [str(line.quantity.value) for line in reading.lines if line.quantity] == ["12", "7"]


def test_an_order_pinned_to_a_page_is_read(rooms: Rooms, tmp_path: Path) -> None:
    path = tmp_path / "clipped.pdf"
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 72), "Please find our order behind the paper clip.")
        page.add_file_annot((72, 100), ORDER, "order.csv")
        path.write_bytes(document.tobytes())
    (reading,) = read_file(rooms, path).readings
    assert [str(line.quantity.value) for line in reading.lines if line.quantity] == ["12", "7"]


def test_archives_and_pdfs_inside_are_opened_in_turn(rooms: Rooms) -> None:
    inner = carrier("inner", {"deep.csv": ORDER})
    unpacked = rooms.unpack(carrier("outer", {"all.zip": archive({"a.csv": ORDER, "b.pdf": inner})}))
    assert shape(unpacked.parts) == [
        (None, None, None), ("all.zip", 0, None), ("a.csv", 1, None), ("b.pdf", 1, None), ("deep.csv", 3, None)]
    assert unpacked.opened == {None, 1}


def test_what_is_carried_counts_against_the_limits(rooms: Rooms) -> None:
    many = rooms.unpack(carrier("many", {f"{n}.txt": b"12 x KX-4" for n in range(9)}))
    assert len(many.parts) == 8
    assert many.parts[-1].code == "too_many_parts"


def test_a_pdf_that_breaks_when_opened_costs_no_other_part(rooms: Rooms) -> None:
    broken = b"%PDF-1.7\n/EmbeddedFile nothing of this holds"
    unpacked = rooms.unpack(archive({"broken.pdf": broken, "order.csv": ORDER}))
    assert shape(unpacked.parts) == [("broken.pdf", None, None), ("order.csv", None, None)]


def test_what_the_mail_says_about_an_attached_order_is_read_with_it(rooms: Rooms, tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ida <ida@hollowpine.example>", "orders@quillmoor.example", "Order"
    mail.set_content("Good morning,\n\nplease supply the attached items against our PO number HP-4711.\n"
                     "Payment terms: 30 days net\n\nKind regards\nIda\n")
    mail.add_attachment(ORDER, maintype="text", subtype="csv", filename="items.csv")
    path = tmp_path / "order.eml"
    path.write_bytes(bytes(mail))
    (reading,) = read_file(rooms, path).readings
    assert [str(line.quantity.value) for line in reading.lines if line.quantity] == ["12", "7"]
    assert reading.header.po_number and reading.header.po_number.value == "HP-4711"
    assert reading.header.payment_terms and reading.header.payment_terms.value == "30 days net"
