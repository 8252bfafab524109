"""How far an installation is on its way from nothing to the first order read. Each step is done when the house shows it, so that
the wizard can be left and taken up again, and skips what is there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from intake.mail.boxes import mailboxes_in_force
from models.domain.states import CaseState, MessageState
from models.tables.cases import CaseRow
from models.tables.desk import HouseSettingRow
from models.tables.intake import MessageRow
from models.tables.items import ItemRow
from models.tables.partners import CustomerRow
from runtime.house import NAME
from runtime.seal import Seal
from runtime.settings import Settings

_UNNAMED = Settings.model_fields["company_name"].default


@dataclass(frozen=True, slots=True)
class Setup:
    """What is there. `newest_case`: the first order that can be looked at; `is_reading`: a message is on its way."""

    has_company: bool
    customers: int
    items: int
    mailboxes: tuple[str, ...]
    messages: int
    newest_case: int | None
    is_reading: bool

    @property
    def has_catalogue(self) -> bool:
        """True when orders can be matched to something."""
        return bool(self.items and self.customers)

    @property
    def has_source(self) -> bool:
        """True when orders come in, or came."""
        return bool(self.mailboxes or self.messages)

    @property
    def step(self) -> str:
        """The step to do next: company, catalogue, source, order or done."""
        for name, is_done in (
                ("company", self.has_company), ("catalogue", self.has_catalogue), ("source", self.has_source),
                ("order", self.newest_case is not None)):
            if not is_done:
                return name
        return "done"


def load_setup(db: Session, settings: Settings) -> Setup:
    """How far it is."""
    said = db.execute(select(exists().where(HouseSettingRow.name == NAME))).scalar_one()
    tables = (CustomerRow, ItemRow, MessageRow)
    count = {row: int(db.execute(select(func.count()).select_from(row)).scalar_one()) for row in tables}
    reading = select(exists().where(MessageRow.state.in_((MessageState.RECEIVED, MessageState.READING)))
                     | exists().where(CaseRow.state.in_((CaseState.RECEIVED, CaseState.READING, CaseState.MATCHING))))
    return Setup(
        bool(said) or settings.company_name != _UNNAMED, count[CustomerRow], count[ItemRow],
        tuple(box.user for box in mailboxes_in_force(db, settings, Seal(settings.data))), count[MessageRow],
        db.execute(select(func.max(CaseRow.id)).where(CaseRow.version > 0)).scalar_one(),
        bool(db.execute(reading).scalar_one()))
