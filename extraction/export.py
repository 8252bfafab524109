"""A reading as the JSON that `ordermill read --json` prints: plain values, ISO dates, confidence and problems beside them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from models.domain.evidence import Evidence, Found
from models.domain.reading import Reading, ReadingLine

HEADER_FIELDS = (
    "po_number",
    "order_date",
    "requested_date",
    "urgency",
    "currency",
    "buyer_name",
    "supplier_name",
    "ship_to",
    "bill_to",
    "payment_terms",
    "total",
)
LINE_FIELDS = ("line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount")


def reading_to_json(reading: Reading, *, file: str, seconds: float, evidence: bool = False) -> dict[str, Any]:
    """One order as plain JSON values. `evidence` adds for each value the text as printed and where it stands."""
    header = {name: getattr(reading.header, name) for name in HEADER_FIELDS}
    kind = reading.doc_type.value
    out: dict[str, Any] = {"file": file, "doc_type": kind.broad.value, "kind": kind.value}
    out |= {name: _value(found) for name, found in header.items()}
    out["lines"] = [{name: _value(getattr(line, name)) for name in LINE_FIELDS} for line in reading.lines]
    out["confidence"] = {
        "doc_type": reading.doc_type.confidence,
        **{name: found.confidence for name, found in header.items() if found},
        "lines": [_per_field(line, lambda f: f.confidence) | {"line": round(line.sure, 4)} for line in reading.lines],
    }
    out["problems"] = [{"code": p.code, "message": p.message} for p in reading.problems]
    out["seconds"] = round(seconds, 3)
    if evidence:
        out["evidence"] = {
            **{name: _proof(found.evidence) for name, found in header.items() if found},
            "lines": [_per_field(line, lambda f: _proof(f.evidence)) for line in reading.lines],
        }
    return out


def _per_field(line: ReadingLine, take: Any) -> dict[str, Any]:
    return {name: take(found) for name in LINE_FIELDS if (found := getattr(line, name))}


def _value(found: Found[Any] | None) -> Any:
    if found is None:
        return None
    if isinstance(found.value, Decimal):
        return int(found.value) if found.value == found.value.to_integral_value() else float(found.value)
    return found.value.isoformat() if isinstance(found.value, date) else found.value


def _proof(evidence: Evidence) -> dict[str, Any]:
    places = [{"page": p.page, "box": [round(x, 2) for x in p.box], "kind": p.kind.value} for p in evidence.places]
    return {"origin": evidence.origin.value, "text": evidence.text, "places": places} | (
        {"note": evidence.note} if evidence.note else {}
    )
