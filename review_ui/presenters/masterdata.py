"""The forms of master data: every column of an import as a labelled field, in the order people think of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.domain.items import ItemStatus, PriceKind
from models.domain.partners import AddressKind, ApprovalLevel, CodeKind, DateOrder, PackRule
from review_ui.language import N_


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. `kind`: text, number, date, area or choice; a choice's `options` are (value, word)."""

    column: str
    word: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading."""

    word: str
    fields: tuple[FormField, ...]


_YES_NO = (("yes", N_("yes")), ("no", N_("no")))
_EMPTY = ("", "–")
_APPROVAL = {
    ApprovalLevel.REVIEW_ALL: N_("look at every order"), ApprovalLevel.CONFIDENT: N_("approve orders that are sure"),
    ApprovalLevel.ALL_THAT_PASSES: N_("approve every order that passes the checks")}
_PACK = {PackRule.ASK: N_("ask"), PackRule.ROUND_UP: N_("round up to whole packs")}
_CODES = {
    CodeKind.PART_NUMBER: N_("their part number"), CodeKind.SKU: N_("our SKU"), CodeKind.GTIN: "GTIN",
    CodeKind.MPN: N_("the manufacturer's number")}
_DATES = {
    DateOrder.DAY_FIRST: N_("day, month, year"), DateOrder.MONTH_FIRST: N_("month, day, year"),
    DateOrder.YEAR_FIRST: N_("year, month, day")}
_STATUS = {
    ItemStatus.ACTIVE: N_("active"), ItemStatus.DISCONTINUED: N_("discontinued"), ItemStatus.BLOCKED: N_("blocked")}
_PRICES = {
    PriceKind.CONTRACT: N_("contract"), PriceKind.CUSTOMER: N_("customer"), PriceKind.PROMOTION: N_("promotion"),
    PriceKind.GROUP: N_("group"), PriceKind.LIST: N_("list")}
_ADDRESSES = {AddressKind.SHIP_TO: N_("ship to"), AddressKind.BILL_TO: N_("bill to")}
OUTCOMES = (N_("added"), N_("changed"), N_("removed"), N_("unchanged"))
"""What becomes of things of an import, whose names templates translate."""
KIND_WORDS = {
    "customers": N_("Customers"), "items": N_("Items"), "prices": N_("Prices"), "part-numbers": N_("Part numbers"),
    "substitutes": N_("Substitutes"), "minimums": N_("Minimums"), "closed-days": N_("Closed days"),
    "locations": N_("Locations"), "kits": N_("Kits"), "stock": N_("Stock"), "lots": N_("Lots"),
    "safety-stock": N_("Safety stock"), "supplies": N_("Incoming supplies"), "exchange-rates": N_("Exchange rates"),
    "orders": N_("Open orders")}
"""What an import may bring, in the order in which to import."""


def _options(words: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    return tuple((value.value, word) for value, word in words.items())


def _yes_no(column: str, word: str) -> FormField:
    return FormField(column, word, "choice", _YES_NO)


CUSTOMER = (
    Group(N_("Who they are"), (
        FormField("name", N_("Name"), is_needed=True), FormField("vat_id", N_("VAT number")), FormField("gln", "GLN"),
        FormField("group", N_("Price group")), FormField("email_domain", N_("Mail domain")),
        FormField("language", N_("Language (two letters)")), _yes_no("active", N_("Active")))),
    Group(N_("Terms of trade"), (
        FormField("currency", N_("Currency")), FormField("payment_terms", N_("Payment terms")),
        FormField("delivery_terms", N_("Delivery terms")), FormField("credit_limit", N_("Credit limit"), "number"),
        FormField("open_balance", N_("Open balance"), "number"), FormField("overdue", N_("Overdue"), "number"),
        FormField("order_minimum", N_("Least value of an order"), "number"))),
    Group(N_("How their orders are handled"), (
        FormField("approval", N_("Approval"), "choice", _options(_APPROVAL)),
        FormField("target_error_rate", N_("Target error rate (empty: the house's)"), "number"),
        FormField("price_tolerance", N_("Price tolerance in percent"), "number"),
        FormField("over_tolerance", N_("Percent that may be shipped beyond the order"), "number"),
        FormField("pack_rule", N_("Quantity that is no whole pack"), "choice", _options(_PACK)),
        FormField("code_preference", N_("Which number holds where two disagree"), "choice", (_EMPTY, *_options(_CODES))),
        FormField("date_order", N_("How they write dates"), "choice", (_EMPTY, *_options(_DATES))),
        FormField("cut_off", N_("Cut-off (14:30)")), _yes_no("ship_complete", N_("Ship complete only")),
        _yes_no("partial_release", N_("Clean lines may go while others are asked about")),
        _yes_no("merge_repeated_lines", N_("Merge repeated lines")))),
)
CONTACT = (
    FormField("contact_email", N_("Mail address"), is_needed=True), FormField("contact_name", N_("Name")),
    FormField("contact_phone", N_("Telephone")))
ADDRESS = (
    FormField("address_kind", N_("Kind"), "choice", _options(_ADDRESSES)),
    FormField("address_code", N_("Code"), is_needed=True), FormField("address_name", N_("Name")),
    FormField("street", N_("Street")), FormField("postcode", N_("Postcode")), FormField("city", N_("City"), is_needed=True),
    FormField("region", N_("Region")), FormField("country", N_("Country (two letters)"), is_needed=True),
    FormField("address_gln", "GLN"), FormField("transit_days", N_("Working days on the way"), "number"),
    FormField("latitude", N_("Latitude (degrees)")), FormField("longitude", N_("Longitude (degrees)")),
    _yes_no("ship_to_default", N_("Usual address")))
ITEM = (
    Group(N_("What it is"), (
        FormField("description", N_("Description"), "area", is_needed=True),
        FormField("base_uom", N_("Base unit"), is_needed=True), FormField("mpn", N_("Manufacturer's number")),
        FormField("brand", N_("Brand")), FormField("manufacturer", N_("Manufacturer")),
        FormField("product_line", N_("Product line")), FormField("attributes", N_("Attributes (name: value; …)"), "area"))),
    Group(N_("How it is sold"), (
        FormField("status", N_("Status"), "choice", _options(_STATUS)), FormField("superseded_by", N_("Successor (SKU)")),
        FormField("order_multiple", N_("Sold in multiples of"), "number"),
        FormField("order_minimum", N_("Least quantity"), "number"),
        FormField("lead_time_days", N_("Lead time in working days"), "number"),
        _yes_no("backorder", N_("May be ordered while there is none")),
        FormField("available_from", N_("Available from"), "date"))),
    Group(N_("Weight and customs"), (
        FormField("weight", N_("Weight of a base unit in kg"), "number"),
        FormField("tariff_code", N_("Tariff code")), FormField("origin_country", N_("Country of origin (two letters)")),
        FormField("catch_weight", N_("Catch weight of a base unit"), "number"),
        FormField("catch_weight_uom", N_("Unit of the catch weight")),
        FormField("catch_weight_tolerance", N_("Tolerance of the catch weight in percent"), "number"))),
)
PRICE = (
    FormField("kind", N_("Kind"), "choice", (_EMPTY, *_options(_PRICES))), FormField("customer_no", N_("Customer number")),
    FormField("group", N_("Price group")), FormField("reference", N_("Contract or promotion")),
    FormField("uom", N_("Unit"), is_needed=True), FormField("price", N_("Price"), "number", is_needed=True),
    FormField("price_unit", N_("… for so many units"), "number"), FormField("currency", N_("Currency"), is_needed=True),
    FormField("min_quantity", N_("From this quantity on"), "number"), FormField("valid_from", N_("First day"), "date"),
    FormField("valid_to", N_("Last day"), "date"))

NUMBERS = frozenset(
    f.column for fields in (*(g.fields for g in (*CUSTOMER, *ITEM)), ADDRESS, PRICE) for f in fields if f.kind == "number")
"""Columns whose fields hold a number, as the language of the page writes it."""

ITEM_WORDS = {"substitutes": N_("Offered instead"), "quantity": N_("Base units in one kit"), "picture": N_("Picture")}
"""What the history of an item calls what stands in no form of fields."""


def words_of(groups: Sequence[Group], *more: Sequence[FormField]) -> dict[str, str]:
    """The label of each column, for the history."""
    return {f.column: f.word for fields in (*(g.fields for g in groups), *more) for f in fields}
