"""The papers of fulfilment, as sheets: pick list, packing slip, delivery note, customs declaration, commercial invoice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from models.domain.money import minor_digits, round_money
from models.errors import InputError
from oms.fulfilment.repository import FulfilmentSummary, ParcelDetail, PickedLine, ShareDetail, ShipmentDetail
from oms.papers.label import Label
from oms.papers.parts import Column
from oms.papers.sheet import Sheet
from oms.papers.words import day, kilograms, money, number, sscc_text

ZERO = Decimal(0)
_DECLARED = (
    "I certify that the particulars given in this declaration are correct and that this item does not contain any dangerous "
    "article or articles prohibited by legislation or by postal or customs regulations.")


class CustomsIncomplete(InputError):
    """Items lack what customs asks for."""

    code = "customs_incomplete"


def pick_list(company: str, number_: str, work: Sequence[tuple[FulfilmentSummary, Sequence[ShareDetail]]]) -> Sheet:
    """What to take from the shelves of one location, by SKU; `number_` is the wave's, or the one fulfilment order's."""
    entries = sorted(
        ((share.sku, fo.number, fo, share) for fo, shares in work for share in shares if share.to_pick > 0), key=lambda e: e[:2])
    rows = [
        (share.sku, f"{share.description}\n{_tracking(share)}".strip(), f"{fo.number}\n{fo.customer}",
         f"{number(share.to_pick)} {share.uom}", "____") for _, _, fo, share in entries]
    first = work[0][0]
    return Sheet(
        "Pick list", number_, company,
        facts=[
            ("Location", f"{first.location} {first.location_name}"), ("Fulfilment orders", str(len(work))),
            ("Lines", str(len(rows))), ("Ship by", day(min((fo.ship_by for fo, _ in work if fo.ship_by), default=None)))],
        columns=[
            Column("Item", 4), Column("Description", 8), Column("For", 5), Column("Take", 3, is_number=True),
            Column("Done", 1.4, is_number=True)],
        rows=rows, signatures=["Picked by", "Date and time"])


def packing_slip(company: str, shipment: ShipmentDetail) -> Sheet:
    """What is in which parcel; it travels inside."""
    parcels = _parcel_names(shipment)
    rows = [
        (str(x.position), _item(x), _goods(x), f"{number(x.quantity)} {x.uom}", parcels.get(x.parcel_id or 0, "–"))
        for x in shipment.lines]
    weights = [p.weight for p in shipment.parcels if p.weight is not None and p.pallet_id is None]
    return Sheet(
        "Packing slip", shipment.summary.number, company, facts=_facts(shipment), parties=_parties(shipment),
        columns=[
            Column("#", 1, is_number=True), Column("Item", 4), Column("Description", 9), Column("Quantity", 3, is_number=True),
            Column("Parcel", 3)],
        rows=rows, totals=[("Gross weight", kilograms(sum(weights, ZERO)))] if weights else [],
        notes=[("Parcels", "\n".join(f"{parcels[p.id]}: {sscc_text(p.sscc)}" for p in shipment.parcels))] if parcels else [])


def delivery_note(company: str, shipment: ShipmentDetail) -> Sheet:
    """What the customer signs for."""
    rows = [(str(x.position), _item(x), _goods(x), f"{number(x.quantity)} {x.uom}") for x in shipment.lines]
    notes = [("Notes", shipment.to.notes)] if shipment.to.notes else []
    return Sheet(
        "Delivery note", shipment.summary.number, company, facts=_facts(shipment), parties=_parties(shipment),
        columns=[
            Column("#", 1, is_number=True), Column("Item", 4), Column("Description", 11), Column("Delivered", 3, is_number=True)],
        rows=rows, notes=notes, signatures=["Received complete and undamaged by", "Date"])


def customs_declaration(company: str, shipment: ShipmentDetail) -> Sheet:
    """The particulars of form CN 23 of the Universal Postal Union. Raises CustomsIncomplete."""
    _check_customs(shipment)
    rows = [
        (x.description, number(x.quantity), kilograms(_net(x)), _value(x, shipment), x.tariff_code or "", x.origin or "")
        for x in shipment.lines]
    return Sheet(
        "Customs declaration CN 23", shipment.summary.number, company,
        facts=[("Category of item", "Sale of goods"), *_facts(shipment)[:3]], parties=_parties(shipment),
        columns=[
            Column("Detailed description of contents", 8), Column("Quantity", 2.4, is_number=True),
            Column("Net weight", 3, is_number=True), Column("Value", 4, is_number=True), Column("HS tariff number", 3.4),
            Column("Origin", 2)],
        rows=rows, totals=_customs_totals(shipment), notes=[("Declaration", _DECLARED)],
        signatures=["Sender’s signature", "Date"])


def commercial_invoice(company: str, shipment: ShipmentDetail) -> Sheet:
    """What customs values the goods by; no request for payment. Raises CustomsIncomplete."""
    _check_customs(shipment)
    currency = shipment.to.currency
    rows = [
        (str(x.position), f"{x.description}\n{x.sku}", f"{x.tariff_code}\n{x.origin}", f"{number(x.quantity)} {x.uom}",
         number(round(x.unit_price, 4)), _value(x, shipment)) for x in shipment.lines]
    return Sheet(
        "Commercial invoice", shipment.summary.number, company,
        facts=[*_facts(shipment), ("Delivery terms", shipment.to.delivery_terms or ""), ("Currency", currency)],
        parties=_parties(shipment),
        columns=[
            Column("#", 1, is_number=True), Column("Goods", 8), Column("Tariff, origin", 3.4),
            Column("Quantity", 3, is_number=True), Column("Unit value", 3, is_number=True), Column("Value", 4, is_number=True)],
        rows=rows, totals=_customs_totals(shipment), notes=[("Declaration", "For customs purposes only. " + _DECLARED)],
        signatures=["Signature", "Date"])


def labels(company: str, shipment: ShipmentDetail) -> list[Label]:
    """One for each parcel, and for each pallet. Raises InputError for a shipment in which nothing is packed."""
    if not shipment.parcels:
        raise InputError(
            f"Nothing of {shipment.summary.number} is packed yet; pack it, then print its labels.", code="not_packed")
    s, to = shipment.summary, shipment.to
    sender = "\n".join(dict.fromkeys([company, *to.sender.splitlines()]))
    many = len(shipment.parcels)
    return [
        Label(sender, to.address, "\n".join(filter(None, (s.carrier, s.service, s.tracking_number))), [
            ("Shipment", s.number), ("Order", s.order_no), ("Your order", to.po_number), ("Parcel", f"{n} of {many}"),
            ("Weight", kilograms(parcel.weight)), ("Packed", day(s.shipped_at or s.created_at))], parcel.sscc)
        for n, parcel in enumerate(shipment.parcels, 1)]


def _facts(shipment: ShipmentDetail) -> list[tuple[str, str]]:
    s, to = shipment.summary, shipment.to
    carriage = " ".join(filter(None, (s.carrier, s.service)))
    return [
        ("Order", s.order_no), ("Your order", to.po_number), ("Date", day(s.shipped_at or s.created_at)),
        ("Carrier", "\n".join(filter(None, (carriage, s.tracking_number))))]


def _parties(shipment: ShipmentDetail) -> list[tuple[str, str]]:
    return [("Ship to", shipment.to.address), ("From", shipment.to.sender)]


def _parcel_names(shipment: ShipmentDetail) -> dict[int, str]:
    return {parcel.id: _parcel_name(n, parcel) for n, parcel in enumerate(shipment.parcels, 1)}


def _parcel_name(place: int, parcel: ParcelDetail) -> str:
    return f"{parcel.kind.value.capitalize()} {place}"


def _item(x: PickedLine) -> str:
    return f"{x.sku}\n{x.customer_part_number or ''}".strip()


def _goods(x: PickedLine) -> str:
    lot = f"Lot {x.lot}" + (f", expires {day(x.expires_on)}" if x.expires_on else "") if x.lot else ""
    return f"{x.description}\n{lot}".strip()


def _tracking(share: ShareDetail) -> str:
    return "" if share.tracking == "none" else f"Scan the {share.tracking} number."


def _net(x: PickedLine) -> Decimal:
    return (x.weight or ZERO) * x.quantity


def _worth(x: PickedLine, shipment: ShipmentDetail) -> Decimal:
    return round_money(x.unit_price * x.quantity, shipment.to.currency)


def _value(x: PickedLine, shipment: ShipmentDetail) -> str:
    return money(_worth(x, shipment), shipment.to.currency, minor_digits(shipment.to.currency))


def _customs_totals(shipment: ShipmentDetail) -> list[tuple[str, str]]:
    currency = shipment.to.currency
    total = sum((_worth(x, shipment) for x in shipment.lines), ZERO)
    gross = [p.weight for p in shipment.parcels if p.weight is not None and p.pallet_id is None]
    return [
        ("Net weight", kilograms(sum((_net(x) for x in shipment.lines), ZERO))),
        *([("Gross weight", kilograms(sum(gross, ZERO)))] if gross else []),
        ("Total value", money(total, currency, minor_digits(currency)))]


def _check_customs(shipment: ShipmentDetail) -> None:
    lacking = sorted({x.sku for x in shipment.lines if not (x.tariff_code and x.origin and x.weight)})
    if lacking:
        raise CustomsIncomplete(
            f"Customs asks for tariff code, origin and weight; {', '.join(lacking)} lacks one of them. Complete the item, then "
            "print again.")
