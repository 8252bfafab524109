"""The parties of an EDIFACT order: NAD with what follows it. Numbers in brackets are UN/EDIFACT data elements. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

from edi.build import OrderBuilder, less_sure
from edi.segments import Segment, joined, text_at
from models.domain.evidence import Found

_BUYER, _SHIP_TO, _BILL_TO, _SUPPLIER = ("BY", "OB"), ("DP", "ST"), ("IV",), ("SU", "SE")      # [3035] party function
_VAT, _ACCOUNT = {"VA"}, {"IT", "ADE", "AVU"}              # [1153] reference
_STAND_IN = 0.8                                            # confidence of a value from the party that usually has the same
_CODE_ONLY = 0.9                                           # confidence of a place known by its number alone

Group = list[Segment]
_Take = Callable[[Group], Found[str] | None]


def read_parties(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Fill names and addresses. Without an invoicee the buyer gets the bill, without a named buyer the invoicee bought."""
    groups = _groups(segments)
    put = builder.header.put
    put("ship_to", _first(groups, _SHIP_TO, _address) or less_sure(_first(groups, _SHIP_TO, _number), _CODE_ONLY))
    put("bill_to", _first(groups, _BILL_TO, _address) or less_sure(_first(groups, _BUYER, _full_address), _STAND_IN))
    put("buyer_name", _first(groups, _BUYER, _name) or less_sure(_first(groups, (*_BILL_TO, *_SHIP_TO), _name), _STAND_IN))
    put("supplier_name", _first(groups, _SUPPLIER, _name))
    put("vat_id", _first(groups, (*_BUYER, *_BILL_TO), lambda group: _reference(group, _VAT)))
    put("customer_account", _first(groups, (*_BUYER, *_BILL_TO), lambda group: _reference(group, _ACCOUNT)))
    before = list(takewhile(lambda segment: segment.tag != "NAD", segments))
    put("customer_account", _reference(before, _ACCOUNT))
    put("contact", _first(groups, (*_BUYER, *_SHIP_TO), _contact))


def _groups(segments: Sequence[Segment]) -> list[Group]:
    groups: list[Group] = []
    for segment in segments:
        if segment.tag == "NAD":
            groups.append([segment])
        elif groups:
            groups[-1].append(segment)
    return groups


def _first(groups: Sequence[Group], functions: Sequence[str], take: _Take) -> Found[str] | None:
    """What the first party of the first function that has it says."""
    for function in functions:
        for group in groups:
            if group[0].get(1) == function and (found := take(group)):
                return found
    return None


def _name(group: Group) -> Found[str] | None:
    """[C080] the structured name, else the first line of the unstructured name and address [C058]."""
    return joined(((group[0], 4, c) for c in range(5)), " ") or text_at(group[0], 3)


def _number(group: Group) -> Found[str] | None:
    return text_at(group[0], 2)


def _address(group: Group) -> Found[str] | None:
    return joined((group[0], element, c) for element in range(3, 10) for c in range(5))


def _full_address(group: Group) -> Found[str] | None:
    """An address with at least a street or town; a bare name sends no bill anywhere."""
    return _address(group) if any(group[0].get(element) for element in (5, 6)) or group[0].get(3, 1) else None


def _reference(group: Group, codes: set[str]) -> Found[str] | None:
    return next((text_at(s, 1, 1) for s in group if s.tag == "RFF" and s.get(1) in codes), None)


def _contact(group: Group) -> Found[str] | None:
    return next((text_at(s, 2, 1) or text_at(s, 2) for s in group if s.tag == "CTA"), None)
