"""Settings are environment variables `ORDERMILL_*` (and a `.env` file), typed and checked at start."""

from __future__ import annotations

from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.domain.messages import own_domains_of
from models.domain.outbox import NoticeKind
from models.domain.partners import PriceRule
from models.domain.states import Role
from runtime.zone import zone_names


class TlsMode(StrEnum):
    """How a connection to a mail server is protected."""

    TLS = "tls"              # TLS from the first byte
    STARTTLS = "starttls"    # upgraded before signing in; refused when the server cannot
    NONE = "none"            # plain text; for loopback only


class AuthMode(StrEnum):
    """How to sign in to a mailbox."""

    PASSWORD = "password"    # noqa: S105 - the name of a method, not a secret
    XOAUTH2 = "xoauth2"


class SandboxMode(StrEnum):
    """How document parsers are walled in."""

    AUTO = "auto"                  # bubblewrap where it works, else kernel limits; refuses to start without either
    BUBBLEWRAP = "bubblewrap"
    KERNEL = "kernel"              # rlimits + seccomp (+ Landlock where the kernel offers it)
    NONE = "none"                  # no wall at all; the UI warns on every page


class OcrProfile(StrEnum):
    """Which text recognition reads pictures."""

    ACCURATE = "accurate"          # RapidOCR, with Tesseract as witness for what matters; about 1.2 GB a worker
    LIGHT = "light"                # Tesseract alone, for machines without the memory
    NONE = "none"                  # pictures stay unread


class ErpAdapter(StrEnum):
    """How orders reach the ERP."""

    FILE = "file"                  # JSON lines, appended
    JSONL = "jsonl"                # a file for each message, in a folder or by SFTP
    CSV = "csv"
    UBL = "ubl"
    TRYTON = "tryton"
    REST = "rest"                  # any server with a REST interface; a mapping says what its calls are


AS_FILES = frozenset({ErpAdapter.JSONL, ErpAdapter.CSV, ErpAdapter.UBL})
"""Adapters that write a file for each message."""


class MailboxSettings(BaseModel):
    """One mailbox to poll."""

    name: str = Field("mail", description="what the mailbox is called in the UI and in the database; do not change it later")
    host: str = Field(description="IMAP server")
    port: int = Field(993, ge=1, le=65535)
    user: str
    password: SecretStr = Field(SecretStr(""), description="password, or the access token with XOAUTH2")
    auth: AuthMode = AuthMode.PASSWORD
    token_command: str | None = Field(None, description="program that prints a fresh XOAUTH2 access token")
    folder: str = "INBOX"
    done_folder: str = "Ordermill/Done"
    tls: TlsMode = TlsMode.TLS


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(env_prefix="ORDERMILL_", env_file=".env", extra="ignore")

    data: Path = Field(Path("ordermill-data"), description="folder for the SQLite database, the blobs and the search index")
    database_url: str | None = Field(
        None, description="sqlite:///FILE or postgresql://USER@HOST/NAME; default: SQLite in the data folder")
    company_name: str = Field("Our company", description="the supplier on every order received: your company's name")
    company_aliases: list[str] = Field([], description="other names customers write it with, as a JSON list")
    company_address: str = Field("", description="your address as invoices print it; a semicolon ends a line")
    company_vat_id: str = Field("", description="your VAT number, for invoices")
    company_bank: str = Field("", description="where customers pay to, for invoices: bank, IBAN, BIC")
    time_zone: str = Field(
        "UTC", description="where you work, as an IANA name such as Europe/Berlin: cut-offs, days and times follow its clocks")
    currency: str = Field("EUR", pattern="^[A-Z]{3}$", description="house currency (ISO 4217)")

    host: str = Field("127.0.0.1", description="address the web server listens on")
    port: int = Field(8080, ge=0, le=65535, description="port the web server listens on")
    base_url: str | None = Field(
        None, description="address people reach the UI at, when behind a proxy; https:// makes cookies Secure")
    oidc_issuer: str | None = Field(
        None, description="OpenID Connect provider people may sign in with, by its issuer address; empty: passwords only")
    oidc_client_id: str = Field("", description="what that provider calls this installation")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="secret agreed with that provider")
    oidc_name: str = Field("company account", description="what the button calls that sign-in")
    oidc_new_role: Role | None = Field(
        None, description="role of people who come from there for the first time; empty: only people whose mail address is known")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_json: bool = Field(False, description="log JSON lines instead of readable text")

    mail_host: str | None = Field(None, description="IMAP server of the order mailbox; empty: no mailbox is polled")
    mail_port: int = Field(993, ge=1, le=65535)
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_auth: AuthMode = AuthMode.PASSWORD
    mail_token_command: str | None = None
    mail_folder: str = "INBOX"
    mail_done_folder: str = "Ordermill/Done"
    mail_tls: TlsMode = TlsMode.TLS
    mail_servers: list[str] = Field(
        [], description="names (authserv-ids) in the Authentication-Results headers of your own mail server, as a JSON list; "
        "forged senders are then asked about")
    mail_poll_every_s: int = Field(60, ge=1, le=3600, description="seconds between polls beside IDLE")
    mailboxes: list[MailboxSettings] = Field(
        [], description="further mailboxes, as a JSON list of {name, host, port, user, password, folder, done_folder, tls, auth}")

    smtp_host: str | None = Field(None, description="SMTP server for acknowledgements; empty: they stay in the outbox")
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: TlsMode = TlsMode.STARTTLS
    smtp_from: str = Field("orders@localhost", description="sender of acknowledgements")

    notices: list[NoticeKind] = Field(
        list(NoticeKind), description="letters customers get after the acknowledgement, as a JSON list; [] sends none")

    bill_on_shipment: bool = Field(False, description="write an invoice for every shipment that leaves; off where the ERP does")

    folder_watch: Path | None = Field(None, description="folder to watch for order files; empty: none")

    erp_adapter: ErpAdapter = Field(
        ErpAdapter.FILE, description="ERP adapter: file (JSON lines), jsonl, csv, ubl, tryton or rest")
    erp_file: Path | None = Field(None, description="file the file adapter appends to; default: erp.jsonl in the data folder")
    erp_folder: Path | None = Field(
        None,
        description="folder of the adapters jsonl, csv and ubl; default: erp in the data folder, unless ORDERMILL_ERP_URL is set")
    erp_url: str | None = Field(
        None, description="address of the ERP's server: https://HOST:PORT, or sftp://HOST:PORT/FOLDER with jsonl, csv and ubl")
    erp_host_key: str = Field("", description="public key of the SFTP server, as in known_hosts: ssh-ed25519 AAAA…")
    erp_database: str = Field("", description="Tryton: name of its database")
    erp_user: str = Field("", description="user of the ERP that orders are entered as")
    erp_password: SecretStr = Field(SecretStr(""), description="password of that user")
    erp_mapping: Path | None = Field(
        None, description="rest: JSON file that says which calls are made, and what fields are called there")
    erp_token_url: str = Field("", description="rest: where OAuth 2 client credentials are turned into a token; empty: Basic")
    erp_scope: str = Field("", description="rest: OAuth 2 scope asked for")
    erp_timeout: float = Field(60.0, gt=0, le=150, description="seconds one call to the ERP may take")
    erp_units: dict[str, str] = Field(
        {}, description='UN/ECE codes of the ERP\'s own units, as JSON: {"Box of 10": "XBX"}')
    erp_charge_item: str = Field(
        "", max_length=64, description="tryton: code of the product that charges and discounts of an order are entered as; "
        "empty: lines without a product")
    erp_pull_every_s: int = Field(
        300, ge=0, le=86_400, description="seconds between pulls from the ERP; 0: only when asked by hand")
    erp_compare_every_s: int = Field(
        86_400, ge=0, le=2_592_000, description="seconds between comparisons of our orders with the ERP's sales; 0: only by hand")

    webhook_private: bool = Field(False, description="webhooks may go to addresses of your own network, and over plain http")

    gs1_company_prefix: str = Field(
        "2000000", pattern="^[0-9]{4,12}$",
        description="your GS1 company prefix, which the SSCC of parcels begin with; the default is for use inside the house only")

    upload_max_bytes: int = Field(25 * 2**20, ge=1024, description="largest file taken by upload or folder")
    mail_max_bytes: int = Field(50 * 2**20, ge=1024, description="largest mail taken apart; larger ones are kept and shown")
    max_parts: int = Field(100, ge=1, description="documents of one message")
    max_depth: int = Field(5, ge=1, description="containers in containers")
    max_members: int = Field(500, ge=1, description="files of one archive")
    max_ratio: int = Field(100, ge=1, description="unpacked over packed size of one file of an archive")
    max_unpacked_bytes: int = Field(200_000_000, ge=1024, description="bytes all parts of a message unpack to")
    max_pages: int = Field(200, ge=1, description="pages of one document")
    max_pixels: int = Field(100_000_000, ge=10_000, description="pixels of one page or picture")
    max_rows: int = Field(200_000, ge=1, description="rows of one workbook, or lines of one text")
    max_words: int = Field(500_000, ge=1, description="words of one document, or filled cells of one workbook")
    document_passwords: list[SecretStr] = Field(
        [], description="passwords tried on protected PDF and Office files and archives, as a JSON list")
    ocr: OcrProfile = Field(OcrProfile.ACCURATE, description="text recognition: accurate, light or none")

    llm_url: str | None = Field(
        None, description="OpenAI-compatible server, up to and with /v1; empty: no language model is asked")
    llm_key: SecretStr = Field(SecretStr(""), description="key of that server; empty: none is sent")
    llm_model: str = Field("", description="name of the model, as that server calls it")
    llm_timeout: float = Field(30.0, gt=0, le=600, description="seconds one question may take")
    llm_max_characters: int = Field(12_000, ge=200, le=400_000, description="characters of a document that are shown")
    llm_max_tokens: int = Field(1_500, ge=50, le=32_000, description="tokens of an answer")
    llm_per_document: int = Field(2, ge=1, le=20, description="questions about one document")
    llm_per_day: int = Field(2_000, ge=1, description="questions one process asks in a day (UTC)")

    sandbox: SandboxMode = SandboxMode.AUTO
    sandbox_cpu_s: int = Field(30, ge=1, le=600)
    sandbox_wall_s: int = Field(60, ge=1, le=1200)
    sandbox_memory_mb: int = Field(1024, ge=128)
    sandbox_output_mb: int = Field(200, ge=1)

    workers: int = Field(2, ge=1, le=64, description="documents read at the same time in one process")
    price_tolerance: float = Field(2.0, ge=0, le=100, description="percent a price may deviate, for customers without their own")
    line_confidence: float = Field(0.9, ge=0, le=1, description="probability below which a value is asked about")
    price_rule: PriceRule = Field(
        PriceRule.ASK, description="whose price holds where an order's deviates by more than the tolerance: ask, ours or theirs")
    takes_successors: bool = Field(False, description="put the successor of an item in its place without asking")
    promise_hours: int = Field(
        0, ge=0, le=8760, description="give back what an accepted order has reserved when nobody releases it for so many hours; "
        "0: never")
    same_goods_days: int = Field(
        7, ge=0, le=365, description="ask about the same goods under another PO number within so many days; 0: never")
    target_error_rate: float | None = Field(
        None, gt=0, lt=1, description="share of lines approved unseen that may be wrong, as 0.001; empty: no promise is made")
    sample_share: float = Field(
        0.05, gt=0, le=1, description="with a target, the share of orders looked at though they would go through")

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in zone_names():
            raise ValueError(f"there is no time zone {name!r}; write it as Europe/Berlin")
        return name

    @model_validator(mode="after")
    def _mailbox_is_whole(self) -> Self:
        if self.mail_host and not self.mail_user:
            raise ValueError("ORDERMILL_MAIL_HOST is set but ORDERMILL_MAIL_USER is empty.")
        names = [box.name for box in self.all_mailboxes()]
        if len(names) != len(set(names)):
            raise ValueError("Two mailboxes have the same name; give each its own.")
        return self

    @model_validator(mode="after")
    def _language_model_is_whole(self) -> Self:
        if not self.llm_url:
            return self
        at = urlsplit(self.llm_url)
        if at.scheme not in {"http", "https"} or not at.hostname or at.username or at.query or at.fragment:
            raise ValueError("ORDERMILL_LLM_URL must look like https://HOST/v1; the key goes into ORDERMILL_LLM_KEY.")
        if not self.llm_model:
            raise ValueError("ORDERMILL_LLM_URL is set but ORDERMILL_LLM_MODEL is empty.")
        return self

    @model_validator(mode="after")
    def _erp_is_whole(self) -> Self:
        if self.erp_adapter is ErpAdapter.TRYTON and not (self.erp_url and self.erp_database and self.erp_user):
            raise ValueError(
                "ORDERMILL_ERP_ADAPTER is tryton; set ORDERMILL_ERP_URL, ORDERMILL_ERP_DATABASE and ORDERMILL_ERP_USER.")
        if self.erp_adapter is ErpAdapter.TRYTON and self.bill_on_shipment:
            raise ValueError(
                "Tryton writes the invoices, and they are booked here; set ORDERMILL_BILL_ON_SHIPMENT=false, or each is there "
                "twice.")
        if self.erp_adapter is ErpAdapter.REST and not (self.erp_url and self.erp_mapping):
            raise ValueError("ORDERMILL_ERP_ADAPTER is rest; set ORDERMILL_ERP_URL and ORDERMILL_ERP_MAPPING.")
        if not self.erp_url:
            return self
        is_files = self.erp_adapter in AS_FILES
        at, schemes = urlsplit(self.erp_url), {"sftp"} if is_files else {"http", "https"}
        if at.scheme not in schemes or not at.hostname or at.username or at.query or at.fragment:
            example = "sftp://HOST:PORT/FOLDER" if is_files else "https://HOST:PORT"
            raise ValueError(f"ORDERMILL_ERP_URL must look like {example}; user and password have settings of their own.")
        if is_files and not (self.erp_host_key and self.erp_user):
            raise ValueError("Orders go out by SFTP; set ORDERMILL_ERP_USER and ORDERMILL_ERP_HOST_KEY.")
        return self

    @model_validator(mode="after")
    def _sign_in_provider_is_whole(self) -> Self:
        if not self.oidc_issuer:
            return self
        at = urlsplit(self.oidc_issuer)
        is_safe = at.scheme == "https" or (at.scheme == "http" and at.hostname in {"127.0.0.1", "localhost", "::1"})
        if not is_safe or at.username or at.query or at.fragment:
            raise ValueError("ORDERMILL_OIDC_ISSUER must look like https://HOST/PATH, without query and password.")
        if not self.oidc_client_id:
            raise ValueError("ORDERMILL_OIDC_ISSUER is set but ORDERMILL_OIDC_CLIENT_ID is empty.")
        return self

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data / 'ordermill.db'}"

    def all_mailboxes(self) -> list[MailboxSettings]:
        """The mailbox of the `ORDERMILL_MAIL_*` variables, if any, and the further ones."""
        if not self.mail_host:
            return list(self.mailboxes)
        first = MailboxSettings(
            name="mail", host=self.mail_host, port=self.mail_port, user=self.mail_user, password=self.mail_password,
            auth=self.mail_auth, token_command=self.mail_token_command, folder=self.mail_folder,
            done_folder=self.mail_done_folder, tls=self.mail_tls,
        )
        return [first, *self.mailboxes]

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """The addresses of the settings that we read and write mail under, in lower case; `runtime.own_mail` knows all."""
        boxes = (box.user for box in self.all_mailboxes() if "@" in box.user)
        return tuple(sorted({address.lower() for address in (parseaddr(self.smtp_from)[1], *boxes)}))

    @property
    def own_domains(self) -> tuple[str, ...]:
        """The domains colleagues write from, as far as these addresses tell."""
        return own_domains_of(self.own_addresses)

    @property
    def own_names(self) -> tuple[str, ...]:
        """Every name customers write our company with."""
        return (self.company_name, *self.company_aliases)
