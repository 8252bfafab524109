"""What a language model suggested is looked at by a person before it counts, whatever the customer's level. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from matching.wording import LEAST_VALUE, row_name
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence, Found, Origin
from models.domain.states import LineState

_WORDS = {"po_number": "PO number", "ship_to_text": "ship-to", "bill_to_text": "bill-to", "buyer_name": "buyer", "uom": "unit"}


def suggested(draft: Draft) -> Iterator[Doubt]:
    """One doubt that names every value of the draft that stands on a language model's word. None when there is none left: a
    value that a person typed or chose, and a line that was rejected, is settled."""
    named: list[str] = []
    proofs: list[Evidence] = []
    lines = [line for line in draft.lines if line.state is not LineState.REJECTED]
    holders: list[tuple[Draft | DraftLine, str]] = [(draft, ""), *((line, f" of {row_name(line)}") for line in lines)]
    for holder, of in holders:
        found = {f.name: value for f in fields(holder) if isinstance(value := getattr(holder, f.name), Found)}
        theirs = {name: value for name, value in found.items() if value.evidence.origin is Origin.SUGGESTED}
        if theirs:
            named.append(", ".join(_WORDS.get(name, name.replace("_", " ")) for name in theirs) + of)
            proofs += [value.evidence for value in theirs.values()]
    if named:
        sentence = f"A language model suggested {'; '.join(named)}. Compare that with the page before approving."
        yield Doubt(DoubtCode.POLICY, sentence, evidence=proofs[0], cost=LEAST_VALUE)
