"""What the house is called and where it is: as administrators said on screen, else as the environment says."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import InputError
from models.tables.desk import HouseSettingRow
from runtime import audit
from runtime.clock import now
from runtime.settings import Settings
from runtime.zone import DEFAULT, check_zone, use_zone

NAME = "company"
FIELDS = ("company_name", "company_aliases", "company_address", "company_vat_id", "company_bank", "time_zone")
_LONGEST = 500


def adopt(db: Session, settings: Settings) -> bool:
    """Bring the settings of this process up to what was said on screen; returns whether anything was otherwise."""
    stmt = select(HouseSettingRow.content).where(HouseSettingRow.name == NAME).order_by(HouseSettingRow.id.desc()).limit(1)
    content = db.execute(stmt).scalar_one_or_none()
    said = json.loads(content) if content else {}
    other = {name: value for name, value in said.items() if name in FIELDS and getattr(settings, name) != value}
    for name, value in other.items():
        setattr(settings, name, value)
    use_zone(settings.time_zone)
    return bool(other)


def save_company(db: Session, typed: Mapping[str, str], *, actor: str) -> None:
    """Keep what the house is called; other names are separated by semicolons. Raises InputError without a name."""
    values: dict[str, object] = {name: typed.get(name, "").strip() for name in FIELDS}
    if not values["company_name"]:
        raise InputError("The company needs a name: orders that customers send are addressed to it.", code="missing_value")
    if any(len(str(value)) > _LONGEST for value in values.values()):
        raise InputError(f"Shorten it to {_LONGEST} characters a field.", code="too_long")
    values["time_zone"] = check_zone(str(values["time_zone"]) or DEFAULT)
    values["company_aliases"] = [part.strip() for part in str(values["company_aliases"]).split(";") if part.strip()]
    db.add(HouseSettingRow(name=NAME, content=json.dumps(values), made_by=actor, made_at=now()))
    db.flush()
    audit.record(db, actor=actor, action="house.changed", subject=NAME, content=values)
