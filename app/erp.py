"""The ERP of an installation: which adapter the settings choose, and its masters brought in through the imports people use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.bootstrap import Rooms
from app.importing import Kind, renew_index, run
from models.errors import ServiceError
from oms.erp import invoiced, pulls, shipped
from oms.erp.compare import Difference
from oms.erp.connection import messages_of
from oms.erp.errors import ErpMisconfigured
from oms.erp.port import COMPARISON, Capability, ErpPort, Noun, Pulled
from oms.erp.reconcile import reconcile, reconcile_credits
from oms.erp.told import InvoicedAhead, told_invoices
from runtime.clock import now
from runtime.imports import ImportReport, Watch
from runtime.log import get_logger
from runtime.settings import AS_FILES, ErpAdapter, Settings

if TYPE_CHECKING:
    from oms.erp.adapters.files import Store

IMPORTS: Mapping[Noun, Kind] = {
    Noun.CUSTOMERS: Kind.CUSTOMERS, Noun.ITEMS: Kind.ITEMS, Noun.PRICES: Kind.PRICES, Noun.STOCK: Kind.STOCK}
"""Nouns that are imported; the others are papers, booked at their orders."""


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is done with one kind of paper: rows → what was told, booked, or said to be not booked."""

    told: Callable[[Iterable[Mapping[str, str]]], Iterable[Any]]
    book: Callable[[Session, str, Any], bool]
    not_booked: Callable[[Session, Any, str, str], None]


PAPERS: Mapping[Noun, _Paper] = {
    Noun.SHIPMENTS: _Paper(shipped.told_shipments, shipped.book, shipped.not_booked),
    Noun.INVOICES: _Paper(told_invoices, invoiced.book_told, invoiced.not_booked)}
log = get_logger("erp")


COMPARED_DAYS = 90


@dataclass(frozen=True, slots=True)
class PullReport:
    """What one pull brought; `code` and `sentence` say what needs a look, None when all is well."""

    noun: Noun
    is_full: bool
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    waiting: int = 0                    # invoices of goods that have not left; they are booked then
    code: str | None = None
    sentence: str | None = None


def adapter(settings: Settings, identity: str) -> ErpPort:
    """The adapter of the settings; nothing is asked of the ERP yet. `identity` of the installation."""
    if settings.erp_adapter is ErpAdapter.TRYTON:
        from oms.erp.adapters.tryton.erp import TrytonErp
        from oms.erp.adapters.tryton.rpc import TrytonAccess

        assert settings.erp_url
        access = TrytonAccess(
            settings.erp_url, settings.erp_database, settings.erp_user, settings.erp_password.get_secret_value(),
            settings.erp_timeout)
        return TrytonErp(access, settings.erp_units, identity, settings.erp_charge_item)
    if settings.erp_adapter is ErpAdapter.REST:
        return _rest(settings)
    if settings.erp_adapter in AS_FILES:
        from oms.erp.adapters.files import FilesErp, csv_format, jsonl_format, ubl_format

        forms = {ErpAdapter.JSONL: jsonl_format, ErpAdapter.CSV: csv_format}
        form = forms.get(settings.erp_adapter, lambda: ubl_format(settings.company_name))()
        return FilesErp(form, _store(settings))
    from oms.erp.adapters.file import FileErp

    return FileErp(settings.erp_file or settings.data / "erp.jsonl")


def _rest(settings: Settings) -> ErpPort:
    from oms.erp.adapters.rest.client import RestAccess
    from oms.erp.adapters.rest.erp import RestErp
    from oms.erp.adapters.rest.mapping import parse_mapping

    assert settings.erp_url and settings.erp_mapping
    try:
        mapped = parse_mapping(settings.erp_mapping.read_bytes())
    except OSError as e:
        raise ErpMisconfigured(
            f"ORDERMILL_ERP_MAPPING cannot be read ({e.strerror}); set it to the mapping's file.", code="erp_mapping_bad") from e
    access = RestAccess(
        settings.erp_url, settings.erp_token_url, settings.erp_user, settings.erp_password.get_secret_value(), settings.erp_scope,
        settings.erp_timeout)
    return RestErp(access, mapped)


def _store(settings: Settings) -> Store:
    """Where the file adapters write: the SFTP server of the settings, else the folder."""
    if settings.erp_url:
        from oms.erp.adapters.sftp import SftpAccess, SftpStore

        at = urlsplit(settings.erp_url)
        return SftpStore(SftpAccess(
            at.hostname or "", at.port or 22, at.path or ".", settings.erp_user, settings.erp_password.get_secret_value(),
            settings.erp_host_key, settings.erp_timeout))
    from oms.erp.adapters.folder import FolderStore

    return FolderStore(settings.erp_folder or settings.data / "erp")


def look(rooms: Rooms) -> None:
    """Pull every noun, and compare sales, whose time has come or that was asked for; for the worker. A failure is noted, shown
    and tried again at the next turn."""
    _note_broken(rooms)
    s = rooms.settings
    for report in pull(rooms, pulls.nouns_of(rooms.erp), every=_pace(s.erp_pull_every_s)):
        log.info("erp.pulled", noun=report.noun, full=report.is_full, changed=report.added + report.changed, code=report.code)
    if Capability.LIST_SALES in rooms.erp.capabilities:
        with rooms.db.write() as db:
            row = pulls.begin(db, rooms.erp.system, COMPARISON, at=now(), every=_pace(s.erp_compare_every_s))
        if row is not None:
            with _ended(rooms, COMPARISON):
                _compare(rooms)


def _pace(seconds: int) -> timedelta | None:
    """So often it is done by itself; None: only when asked for."""
    return timedelta(seconds=seconds) if seconds else None


def _compare(rooms: Rooms) -> None:
    try:
        found = compare_sales(rooms, COMPARED_DAYS)
    except ServiceError as e:
        code: str | None = e.code
        sentence: str | None = e.sentence
    else:
        code, sentence = (pulls.DIFFERS, f"{len(found)} differences; see below.") if found else (None, None)
    log.info("erp.compared", code=code)
    with rooms.db.write() as db:
        pulls.finish(db, rooms.erp.system, COMPARISON, code=code, sentence=sentence)


def pull(
    rooms: Rooms, nouns: Iterable[Noun], *, is_full: bool = False, every: timedelta | None = timedelta(0)
) -> Iterator[PullReport]:
    """Pull nouns one after the other; those that were pulled less than `every` ago (None: that nobody asked for) are left out,
    and those under way."""
    system = rooms.erp.system
    for noun in nouns:
        with rooms.db.write() as db:
            row = pulls.begin(db, system, noun, at=now(), every=every)
            since = None if row is None or is_full or pulls.is_due_in_full(row, now()) else row.cursor
        if row is not None:
            with _ended(rooms, noun):
                report = _pull(rooms, noun, since)
            yield report


@contextmanager
def _ended(rooms: Rooms, noun: str) -> Iterator[None]:
    """What breaks by a fault of our own is not left as running, which would block it for an hour: its end is noted, now or, when
    the database is what is away, at the next look, and the fault goes on to the log."""
    try:
        yield
    except Exception as e:
        rooms.broken_pulls[noun] = (
            f"Ordermill broke it off by a fault of its own ({type(e).__name__}). It comes again at its next turn, or when "
            "it is asked for; if it breaks off again, send the log to whoever keeps Ordermill.")
        with suppress(SQLAlchemyError):
            _note_broken(rooms)
        raise


def _note_broken(rooms: Rooms) -> None:
    """Note the end of every pull of this process that broke off."""
    for noun, sentence in list(rooms.broken_pulls.items()):
        with rooms.db.write() as db:
            pulls.finish(db, rooms.erp.system, noun, code=pulls.BROKE_OFF, sentence=sentence)
        del rooms.broken_pulls[noun]


def preview(rooms: Rooms, order_no: str) -> list[str]:
    """What the ERP is, or was, told about an order, as the adapter in use would write it; nothing is sent. Raises NotFound."""
    with rooms.db.write() as db:
        messages = messages_of(db, order_no)
    return [rooms.erp.preview(content, key=key) for key, content in messages]


def compare_sales(rooms: Rooms, days: int) -> tuple[Difference, ...]:
    """What orders and credit memos of the last `days` and the ERP's sales and credit notes differ in; each difference is an
    exception until it is gone. Credits are compared where the ERP lists them."""
    since, port = now() - timedelta(days=days), rooms.erp
    earlier = since - timedelta(days=1)
    sales = port.sales(earlier)
    notes = port.credits(earlier) if Capability.LIST_CREDITS in port.capabilities else None
    with rooms.db.write() as db:
        found = reconcile(db, sales, since)
        return found if notes is None else found + reconcile_credits(db, port.system, notes, since)


def _pull(rooms: Rooms, noun: Noun, since: str | None) -> PullReport:
    began, system = now(), rooms.erp.system
    try:
        pulled = rooms.erp.pull(noun, since)
        report = _take(rooms, noun, pulled, is_full=since is None)
    except ServiceError as e:
        report = PullReport(noun, since is None, code=e.code, sentence=e.sentence)
        with rooms.db.write() as db:
            pulls.finish(db, system, noun, code=e.code, sentence=e.sentence)
        return report
    with rooms.db.write() as db:
        pulls.finish(                                # what waits must come again: the cursor stays before it
            db, system, noun, cursor=None if report.waiting else pulled.cursor, full_at=began if since is None else None,
            code=report.code, sentence=report.sentence)
    return report


def _take(rooms: Rooms, noun: Noun, pulled: Pulled, *, is_full: bool) -> PullReport:
    if noun in PAPERS:
        return _take_papers(rooms, noun, pulled, is_full=is_full)
    found = run(rooms, IMPORTS[noun], pulled.rows, Watch(actor=rooms.erp.system, source=f"{rooms.erp.system} {noun}"))
    renew_index(rooms, IMPORTS[noun], found)
    code, sentence = _trouble(found, pulled)
    return PullReport(
        noun, is_full, found.added, found.changed, found.unchanged, found.refused_count, code=code, sentence=sentence)


def _take_papers(rooms: Rooms, noun: Noun, pulled: Pulled, *, is_full: bool) -> PullReport:
    """Note papers of the ERP at their orders and book them, each by itself."""
    system, rows, paper = rooms.erp.system, list(pulled.rows), PAPERS[noun]
    with rooms.db.write() as db:
        added = pulls.link_papers(db, system, noun, rows)
    left_out = waiting = 0
    for told in paper.told(rows):
        try:
            with rooms.db.write() as db:
                paper.book(db, system, told)
        except InvoicedAhead:
            waiting += 1
        except ServiceError as e:
            left_out += 1
            with rooms.db.write() as db:
                paper.not_booked(db, told, e.code, e.sentence)
    said = f"{left_out} {noun} could not be booked; see Exceptions." if left_out else None
    return PullReport(
        noun, is_full, added=added, refused=left_out, waiting=waiting, code=pulls.ROWS_REFUSED if said else None, sentence=said)


def _trouble(report: ImportReport, pulled: Pulled) -> tuple[str | None, str | None]:
    """What was left out, in a few sentences."""
    said = [*pulled.skipped, *(refused.sentence for refused in report.refused)]
    if not said:
        return None, None
    more = f" And {len(said) - 3} more." if len(said) > 3 else ""
    return pulls.ROWS_REFUSED, " ".join(said[:3]) + more
