"""The one wiring place: settings in, every room's service out.

Each service, and what it imports, is made when it is first asked for: `poll --once` must not pay for OCR, nor `read` for the web.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from models.domain.messages import Unpacked
from models.domain.outbox import Channel, NoticeKind
from runtime.blobs import Blobs
from runtime.db import Database
from runtime.processes import process_name
from runtime.seal import Seal
from runtime.settings import OcrProfile, Settings
from runtime.zone import use_zone

if TYPE_CHECKING:
    from app.answering import Answering
    from app.learning import Learning
    from extraction.lines.drawn import Drawn, DrawnTable
    from extraction.llm.service import SecondOpinion
    from extraction.ocr.pool import OcrPool
    from extraction.service import Reader
    from intake.receive import Receiver
    from intake.upload import Uploads
    from matching.catalog_index import CatalogIndex
    from matching.policy import Policy
    from matching.replay import Replayer
    from matching.review import Review
    from matching.service import Matcher
    from models.domain.pages import Page
    from oms.allocation.sweep import Sweep
    from oms.erp.port import ErpPort
    from oms.events.follow import Follower
    from oms.notices.follow import Document
    from oms.outbox.dispatch import Dispatcher
    from oms.outbox.sender import Sender
    from runtime.sandbox import Sandbox

PRELOAD = ("intake.unpack", "extraction.formats.worker", "extraction.understand", "extraction.llm.entry", "runtime.workbooks")


class Rooms:
    """Every service of one process. Close it at the end: it holds a database, a sandbox and an OCR process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.data.mkdir(parents=True, exist_ok=True)
        use_zone(settings.time_zone)
        self.holder = process_name()
        self.broken_pulls: dict[str, str] = {}          # pulls of the ERP whose end is not in the database yet, and what to say

    @cached_property
    def db(self) -> Database:
        """The database of the settings."""
        return Database(self.settings.url)

    @cached_property
    def blobs(self) -> Blobs:
        """The blob store in the data folder."""
        return Blobs(self.settings.data / "blobs")

    @cached_property
    def sandbox(self) -> Sandbox:
        """The walls untrusted bytes are parsed within."""
        from runtime.sandbox import Limits, Sandbox

        s = self.settings
        limits = Limits(
            cpu_s=s.sandbox_cpu_s, wall_s=s.sandbox_wall_s, memory_mb=s.sandbox_memory_mb, output_mb=s.sandbox_output_mb)
        return Sandbox(preload=PRELOAD, mode=s.sandbox, limits=limits)

    @cached_property
    def ocr(self) -> OcrPool | None:
        """The OCR processes: as many as documents are read at a time, at most one a core. None when pictures stay unread."""
        from extraction.ocr.pool import OcrPool

        s = self.settings
        if s.ocr is OcrProfile.NONE:
            return None
        engine = {OcrProfile.ACCURATE: "accurate", OcrProfile.LIGHT: "tesseract"}[s.ocr]
        return OcrPool(engine, min(s.workers, os.cpu_count() or 1), mode=s.sandbox)

    @cached_property
    def reader(self) -> Reader:
        """Bytes to readings."""
        from extraction.formats.options import ParseOptions
        from extraction.pages import PageReader
        from extraction.service import Reader

        s = self.settings
        options = ParseOptions(
            max_pages=s.max_pages, max_pixels=s.max_pixels, max_rows=s.max_rows, max_words=s.max_words,
            passwords=self._passwords())
        return Reader(PageReader(self.sandbox, self.ocr, options), self.second_opinion)

    @cached_property
    def second_opinion(self) -> SecondOpinion | None:
        """The language model of the settings; None when none is set, which is the default."""
        from extraction.llm.budget import Budget
        from extraction.llm.client import Endpoint, LanguageModel
        from extraction.llm.service import SecondOpinion

        s = self.settings
        if not s.llm_url:
            return None
        at = Endpoint(s.llm_url, s.llm_key.get_secret_value(), s.llm_model, s.llm_timeout, s.llm_max_tokens, s.llm_per_document)
        return SecondOpinion(LanguageModel(at, Budget(s.llm_per_day)), self.sandbox, s.line_confidence, s.llm_max_characters)

    @cached_property
    def receiver(self) -> Receiver:
        """Store first, understand later."""
        from intake.receive import Receiver

        return Receiver(self.db, self.blobs)

    @cached_property
    def uploads(self) -> Uploads:
        """Files sent over HTTP."""
        from intake.upload import Uploads

        return Uploads(self.receiver, self.settings.upload_max_bytes)

    @cached_property
    def index(self) -> CatalogIndex:
        """The search index over the catalogue."""
        from matching.catalog_index import CatalogIndex

        return CatalogIndex(self.settings.data / "catalog-index")

    @cached_property
    def policy(self) -> Policy:
        """The house rules of approval."""
        from matching.policy import Policy

        return Policy.from_settings(self.settings)

    @cached_property
    def matcher(self) -> Matcher:
        """Readings to drafts and decisions."""
        from matching.service import Matcher

        return Matcher(self.db, self.index, self.policy)

    @cached_property
    def review(self) -> Review:
        """What reviewers do with cases."""
        from matching.review import Review

        return Review(self.db, self.index, self.policy)

    @cached_property
    def replayer(self) -> Replayer:
        """Other rules on past cases."""
        from matching.replay import Replayer

        return Replayer(self.db, self.index, self.policy)

    @cached_property
    def learning(self) -> Learning:
        """What reviews taught: recalled and learned."""
        from app.learning import Learning

        return Learning(self.db, self.blobs, self.reader.pages, self.policy, self.settings)

    @cached_property
    def erp(self) -> ErpPort:
        """The ERP of the settings."""
        from app.erp import adapter

        return adapter(self.settings, self.identity)

    @cached_property
    def identity(self) -> str:
        """Who this installation is to other systems; made with the first question, which no open transaction may ask."""
        from oms.erp.identity import installation, known_installation

        with self.db.read() as db:
            known = known_installation(db)
        if known is None:
            with self.db.write() as db:
                known = installation(db)
        return known

    @cached_property
    def answering(self) -> Answering:
        """What customers answer to our questions."""
        from app.answering import Answering

        return Answering(self.review, self.blobs)

    @cached_property
    def allocation(self) -> Sweep:
        """Released orders to the locations that send them."""
        from oms.allocation.sweep import Sweep

        return Sweep(self.db)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """Carries the outbox out of the house."""
        from oms.erp.port import ErpSender
        from oms.letters.smtp import SmtpSender
        from oms.outbox.dispatch import Dispatcher
        from oms.webhooks.sender import WebhookSender

        s = self.settings
        webhooks = WebhookSender(self.db, Seal(s.data), allow_private=s.webhook_private)
        senders: dict[Channel, Sender] = {
            Channel.ERP: ErpSender(self.erp, self.identity), Channel.MAIL: SmtpSender(s, self.db, self.blobs),
            Channel.WEBHOOK: webhooks}
        return Dispatcher(self.db, senders, holder=self.holder)

    @cached_property
    def followers(self) -> tuple[Follower, ...]:
        """Who is told of everything that happens."""
        from oms.billing.follow import BillingFollower
        from oms.billing.paper import Letterhead, credit_document, invoice_document, quote_document
        from oms.erp.credited import ErpCreditFollower
        from oms.erp.port import Capability
        from oms.erp.returned import ErpReturnFollower
        from oms.notices.follow import NoticeFollower
        from oms.orders.company_money import CompanyMoneyFollower
        from oms.webhooks.fan_out import WebhookFollower

        s = self.settings
        house = Letterhead.of(s.company_name, s.company_address, s.company_vat_id, s.company_bank)
        documents: dict[NoticeKind, Document] = {
            NoticeKind.INVOICE: lambda db, number: invoice_document(db, self.blobs, number, house),
            NoticeKind.CREDIT_MEMO: lambda db, number: credit_document(db, self.blobs, number, house),
            NoticeKind.QUOTE: lambda db, number: quote_document(db, self.blobs, number, house)}
        notices = NoticeFollower(company_name=s.company_name, kinds=s.notices, documents=documents)
        billing = (BillingFollower(),) if s.bill_on_shipment else ()
        credits = (ErpCreditFollower(self.erp.system),) if Capability.PUSH_CREDIT in self.erp.capabilities else ()
        returns = (ErpReturnFollower(),) if Capability.PUSH_RETURN in self.erp.capabilities else ()
        return *billing, *credits, *returns, CompanyMoneyFollower(s.currency), WebhookFollower(), notices

    def unpack(self, content: bytes, *, is_mail: bool = False, own_addresses: tuple[str, ...] | None = None) -> Unpacked:
        """Take a message apart inside the sandbox; without `own_addresses` those of the settings are ours. Raises InputError
        (SandboxFailure)."""
        from app.unpacking import unpack_message
        from intake.unpack import UnpackOptions

        s = self.settings
        options = UnpackOptions(
            message_bytes=s.mail_max_bytes, parts=s.max_parts, depth=s.max_depth, members=s.max_members, ratio=s.max_ratio,
            unpacked_bytes=s.max_unpacked_bytes, own_servers=tuple(s.mail_servers), passwords=self._passwords(),
            own_addresses=s.own_addresses if own_addresses is None else own_addresses, is_mail=is_mail)
        return unpack_message(self.sandbox, self.reader.pages, content, options)

    def _passwords(self) -> tuple[str, ...]:
        return tuple(p.get_secret_value() for p in self.settings.document_passwords)

    def render_page(self, content: bytes, page: int, dpi: float, turn: int = 0) -> bytes:
        """A page as PNG, drawn inside the sandbox, turned as it was read. Raises SandboxFailure."""
        return self.reader.pages.render(content, page, dpi=round(dpi), turn=turn)

    def small_picture(self, content: bytes, side: int) -> bytes:
        """A small PNG of a picture file, made inside the sandbox. Raises InputError, SandboxFailure."""
        return self.reader.pages.thumbnail(content, side)

    def read_drawn(self, page: Page, drawn: Drawn) -> DrawnTable:
        """The rows of a table drawn on a page, made out inside the sandbox. Raises SandboxFailure."""
        return self.reader.pages.read_drawn(page, drawn)

    def close(self) -> None:
        """Let go of everything that was made."""
        for name in ("ocr", "sandbox", "db"):
            if (made := self.__dict__.get(name)) is not None:
                made.close()
