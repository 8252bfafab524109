"""The REST API of master data: customers, items, prices and part numbers, one at a time; tables of them go by imports."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Header, Query, Request
from pydantic import BaseModel, Field

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import After, Key, Limit
from app.api.idempotent import answer_once
from app.api.problems import READ_REFUSALS, REFUSALS
from matching.masterdata import edit, lists, records
from matching.masterdata.lists import CustomerListed, ItemListed, PartNumberListed, PriceListed
from matching.masterdata.records import CustomerRecord, Edit, ItemRecord

router = APIRouter(tags=["master data"])
_READ = [allow("masterdata:read")]
_CHANGE = REFUSALS | {404: READ_REFUSALS[404]}
Writer = Annotated[Client, allow("masterdata:write")]
Text = Annotated[str, Query(max_length=200)]
Columns = Annotated[dict[str, str], Body(description="Values by the column names of an import; the others stay.")]
Seen = Annotated[str | None, Header(alias="If-Match", description="`seen` of the record to change: no other is overwritten.")]


class NewCustomer(BaseModel):
    """A customer that is not there yet."""

    customer_no: str = Field(max_length=64)
    columns: dict[str, str]


class NewItem(BaseModel):
    """An item that is not there yet."""

    sku: str = Field(max_length=64)
    columns: dict[str, str]


class PartNumberIn(BaseModel):
    """What a customer calls an item."""

    customer_no: str
    part_number: str
    sku: str


@router.get("/customers", responses=READ_REFUSALS, dependencies=_READ)
def customers(request: Request, text: Text = "", after: Text = "", limit: Limit = 100) -> list[CustomerListed]:
    """Customers by number, beyond `after`; `text`: part of name, number, group, domain or a contact's address."""
    with rooms_of(request).db.read() as db:
        return lists.list_customers(db, text=text, after=after, limit=limit)


@router.post("/customers", status_code=201, responses=REFUSALS)
def new_customer(request: Request, wanted: NewCustomer, client: Writer, key: Key = None) -> CustomerRecord:
    """Add a customer."""
    def work() -> CustomerRecord:
        edit.edit_customer(rooms_of(request).db, wanted.customer_no, wanted.columns, actor=client.name, is_new=True)
        return customer(request, wanted.customer_no)

    return answer_once(request, client, key, wanted.model_dump_json(), CustomerRecord, work)


@router.get("/customers/{customer_no:path}", responses=READ_REFUSALS, dependencies=_READ)
def customer(request: Request, customer_no: str) -> CustomerRecord:
    """A customer with contacts and addresses; values in the words of an import file."""
    with rooms_of(request).db.read() as db:
        return records.load_customer(db, customer_no)


@router.put("/customers/{customer_no:path}", responses=_CHANGE)
def change_customer(
    request: Request, customer_no: str, columns: Columns, client: Writer, seen: Seen = None
) -> CustomerRecord:
    """Change columns of a customer, one contact and one address among them."""
    edit.edit_customer(rooms_of(request).db, customer_no, columns, actor=client.name, seen=seen)
    return customer(request, customer_no)


@router.get("/items", responses=READ_REFUSALS, dependencies=_READ)
def items(request: Request, text: Text = "", after: Text = "", limit: Limit = 100) -> list[ItemListed]:
    """Items by SKU, beyond `after`; with `text` the items most like it, the likeliest first."""
    rooms = rooms_of(request)
    with rooms.db.read() as db:
        if text.strip():
            return lists.find_items(db, rooms.matcher.made_index(), text, limit=limit)
        return lists.list_items(db, after=after, limit=limit)


@router.post("/items", status_code=201, responses=REFUSALS)
def new_item(request: Request, wanted: NewItem, client: Writer, key: Key = None) -> ItemRecord:
    """Add an item."""
    def work() -> ItemRecord:
        edit.edit_item(rooms_of(request).db, wanted.sku, wanted.columns, actor=client.name, is_new=True)
        return item(request, wanted.sku)

    return answer_once(request, client, key, wanted.model_dump_json(), ItemRecord, work)


@router.get("/items/{sku:path}", responses=READ_REFUSALS, dependencies=_READ)
def item(request: Request, sku: str) -> ItemRecord:
    """An item with units, prices, part numbers and substitutes; values in the words of an import file."""
    with rooms_of(request).db.read() as db:
        return records.load_item(db, sku)


@router.put("/items/{sku:path}", responses=_CHANGE)
def change_item(request: Request, sku: str, columns: Columns, client: Writer, seen: Seen = None) -> ItemRecord:
    """Change columns of an item; its units stay."""
    edit.edit_item(rooms_of(request).db, sku, columns, actor=client.name, seen=seen)
    return item(request, sku)


@router.put("/item-units/{sku:path}", responses=_CHANGE)
def change_units(
    request: Request, sku: str, units: list[dict[str, str]], client: Writer, seen: Seen = None
) -> ItemRecord:
    """Make these the units of an item: uom, factor (base units in one of it) and uom_gtin; the base unit stays."""
    edit.edit_units(rooms_of(request).db, sku, units, actor=client.name, seen=seen)
    return item(request, sku)


@router.get("/prices", responses=READ_REFUSALS, dependencies=_READ)
def prices(
    request: Request, sku: Text = "", customer_no: Text = "", group: Text = "", after: After = 0,
    limit: Limit = 100,
) -> list[PriceListed]:
    """Prices by id, beyond `after`."""
    with rooms_of(request).db.read() as db:
        return lists.list_prices(db, sku=sku, customer_no=customer_no, group=group, after=after, limit=limit)


@router.put("/prices", status_code=204, responses=REFUSALS)
def change_price(request: Request, columns: Columns, client: Writer) -> None:
    """Add a price, or change the one of the same kind, owner, reference, item, unit, currency, quantity and first day."""
    edit.edit_price(rooms_of(request).db, columns, actor=client.name)


@router.get("/part-numbers", responses=READ_REFUSALS, dependencies=_READ)
def part_numbers(
    request: Request, customer_no: Text = "", sku: Text = "", text: Text = "", after_customer: Text = "", after: Text = "",
    limit: Limit = 100,
) -> list[PartNumberListed]:
    """Part numbers by customer and number, beyond the number `after` of `after_customer`; `text` is one number."""
    with rooms_of(request).db.read() as db:
        return lists.list_part_numbers(
            db, customer_no=customer_no, sku=sku, text=text, after=(after_customer, after), limit=limit)


@router.put("/part-numbers", status_code=204, responses=REFUSALS)
def change_part_number(request: Request, wanted: PartNumberIn, client: Writer) -> None:
    """Say what a customer means by a part number."""
    edit.edit_part_number(
        rooms_of(request).db, wanted.customer_no, wanted.part_number, wanted.sku, actor=client.name)


@router.delete("/part-numbers", status_code=204, responses=_CHANGE)
def remove_part_number(
    request: Request, customer_no: Annotated[str, Query()], part_number: Annotated[str, Query()], client: Writer
) -> None:
    """Forget what a customer calls an item."""
    with rooms_of(request).db.write() as db:
        edit.remove_part_number(db, customer_no, part_number, actor=client.name)


@router.get("/master-data/edits", responses=READ_REFUSALS, dependencies=_READ)
def edits(request: Request, about: Annotated[str, Query(description="customer:C-1001 or item:A-1")]) -> list[Edit]:
    """What people and programs changed of one thing, the newest first."""
    with rooms_of(request).db.read() as db:
        return records.history(db, about)
