"""The parties of an X12 order: N1 with N2, N3 and N4. Numbers in brackets are ASC X12 data elements. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edi.build import OrderBuilder, less_sure
from edi.segments import Segment, joined, text_at
from models.domain.evidence import Found

_BUYER, _SHIP_TO, _BILL_TO, _SUPPLIER = ("BY", "BS"), ("ST", "BS"), ("BT",), ("SU", "VN", "SE")     # [98] entity
_ASSIGNED_BY_SELLER = "91"                                 # [66] identification code qualifier
_ADDRESS = {"N1": (2,), "N2": (1, 2), "N3": (1, 2), "N4": (1, 2, 3, 4)}
_STAND_IN = 0.8                                            # confidence of a value from the party that usually has the same
_CODE_ONLY = 0.9                                           # confidence of a place known by its code alone

Group = list[Segment]
_Take = Callable[[Group], Found[str] | None]


def read_parties(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Fill names and addresses. Without a BT party the buyer gets the bill, without a named buyer who gets the bill bought."""
    groups = _groups(segments)
    put = builder.header.put
    put("ship_to", _first(groups, _SHIP_TO, _address) or less_sure(_first(groups, _SHIP_TO, _code), _CODE_ONLY))
    put("bill_to", _first(groups, _BILL_TO, _address) or less_sure(_first(groups, _BUYER, _full_address), _STAND_IN))
    put("buyer_name", _first(groups, _BUYER, _name) or less_sure(_first(groups, (*_BILL_TO, "SO"), _name), _STAND_IN))
    put("supplier_name", _first(groups, _SUPPLIER, _name))
    put("customer_account", _first(groups, (*_BUYER, *_BILL_TO, "SO"), _account))


def _groups(segments: Sequence[Segment]) -> list[Group]:
    groups: list[Group] = []
    for segment in segments:
        if segment.tag == "N1":
            groups.append([segment])
        elif groups and segment.tag in _ADDRESS:
            groups[-1].append(segment)
    return groups


def _first(groups: Sequence[Group], entities: Sequence[str], take: _Take) -> Found[str] | None:
    """What the first party of the first entity that has it says."""
    for entity in entities:
        for group in groups:
            if group[0].get(1) == entity and (found := take(group)):
                return found
    return None


def _name(group: Group) -> Found[str] | None:
    return text_at(group[0], 2)


def _code(group: Group) -> Found[str] | None:
    return text_at(group[0], 4)


def _account(group: Group) -> Found[str] | None:
    return text_at(group[0], 4) if group[0].get(3) == _ASSIGNED_BY_SELLER else None


def _address(group: Group) -> Found[str] | None:
    return joined((segment, element, 0) for segment in group for element in _ADDRESS[segment.tag])


def _full_address(group: Group) -> Found[str] | None:
    """An address with at least a street or town; a bare name sends no bill anywhere."""
    return _address(group) if len(group) > 1 else None
