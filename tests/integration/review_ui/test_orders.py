"""The pages of orders and exceptions: found, changed, held, released; what is refused is said."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from models.domain.order_work import ExceptionKind, HoldKind
from models.tables.exceptions import ExceptionRow
from models.tables.orders import OrderHoldRow, OrderLineRow, SalesOrderRow
from models.tables.people import UserRow
from oms.exceptions import open_exception
from oms.orders.holds import place_hold
from oms.orders.service import accept_order
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.orders import draft, open_case, open_shop

FRAGMENT = {"HX-Request": "true"}
ONE = "/orders/SO-000001"


@pytest.fixture
def house(desk: Desk) -> Desk:
    """Two accepted orders; of the first, a line is short."""
    with desk.db.write() as db:
        shop = open_shop(db, [[12], [9]])
        for lines in ([(0, 10), (1, 20)], [(0, 1)]):
            accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, lines), approved_by="Ann")
    return desk


def post(client: Any, path: str, status: int = 200, **data: Any) -> str:
    answer = client.post(path, data=data, headers=FRAGMENT)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def test_the_list_is_searched_and_filtered(house: Desk, visit: Visit) -> None:
    client = visit("vera")
    page = client.get("/orders").text
    assert "SO-000001" in page and "SO-000002" in page
    assert "SO-000001" in client.get("/orders/rows?text=so-1", headers=FRAGMENT).text
    for narrow in ("view=cancelled", "held=true", "tag=rush", "text=nothing-like-it"):
        assert "Nothing fits these filters" in client.get(f"/orders?{narrow}").text, narrow
    assert "/orders/all/hold" not in page and "data-choose" not in page             # who may change nothing chooses nothing
    chooser = visit("anna").get("/orders").text
    assert chooser.index("data-choose-all") < chooser.index('value="SO-000001"') and chooser.count("data-needs-chosen") == 4
    assert chooser.index("/orders/all/hold") < chooser.index('value="SO-000001"')   # in reach without going down the list


def test_several_orders_are_done_at_once_and_a_refusal_stops_no_other(house: Desk, visit: Visit) -> None:
    client = visit("anna")
    assert "Choose at least one" in post(client, "/orders/all/tag", 422, reason="rush")
    assert "2 tagged" in post(client, "/orders/all/tag?view=open", orders=["SO-000001", "SO-000002"], reason="Rush")
    held = post(client, "/orders/all/hold", orders=["SO-000001"], reason="The buyer is on holiday.")
    assert "1 held" in held and held.count("The buyer is on holiday.") == 1          # the list itself says why
    told = post(client, "/orders/all/release", orders=["SO-000001", "SO-000002"])
    assert "1 released" in told and "The buyer is on holiday." in told
    assert "1 cancelled" in post(client, "/orders/all/cancel", orders=["SO-000002"], reason="Not wanted.")
    assert "SO-000002" in client.get("/orders?tag=rush&view=cancelled").text


def test_what_was_done_to_several_is_taken_back(house: Desk, visit: Visit) -> None:
    clerk, approver = visit("carl"), visit("anna")
    both = ["SO-000001", "SO-000002"]

    def undo(client: Any, shown: str, status: int = 200) -> str:
        (action,), (value,) = (re.findall(f'name="{name}" value="([^"]*)"', shown) for name in ("action", "value"))
        entries = re.findall(r'name="entry" value="([^"]+)"', shown)
        return post(client, "/orders/all/undo", status, action=action, value=value, entry=entries)

    post(clerk, "/orders/SO-000002/tags", word="rush")
    assert "2 as before" not in undo(clerk, post(clerk, "/orders/all/tag", orders=both, reason="Rush"))
    assert [("SO-000001" in page, "SO-000002" in page) for page in (clerk.get("/orders?tag=rush").text,)] == [(False, True)]
    held = post(clerk, "/orders/all/hold", orders=both, reason="Wait.")
    assert "0 as before" in undo(approver, held) and "2 as before" in undo(clerk, held)
    assert "Nothing fits" in clerk.get("/orders?held=true").text
    released = post(approver, "/orders/all/release", orders=both)
    assert "0 as before" in undo(clerk, released) and "2 as before" in undo(approver, released)
    assert "SO-000001" in clerk.get("/orders?view=accepted").text
    assert 'name="entry"' not in post(approver, "/orders/all/cancel", orders=both, reason="Not wanted.")


def test_a_view_of_orders_is_kept(house: Desk, visit: Visit) -> None:
    client = visit("anna")
    kept = {"page": "orders", "name": "Held ones", "query": "held=true"}
    assert client.post("/views", data=kept, headers=FRAGMENT).headers["HX-Redirect"] == "/orders?held=true"
    assert '<a href="/orders?held=true">Held ones</a>' in client.get("/orders").text
    assert "Held ones" not in client.get("/").text


def test_a_line_is_changed_and_cancelled_on_the_page(house: Desk, visit: Visit) -> None:
    client = visit("anna")
    shown = post(client, f"{ONE}/line", revision=1, position=1, quantity="8,5", price="3", day="2031-06-01", reason="By phone.")
    assert "Changed, revision: 2" in shown and "By phone." in shown
    german = " ".join(client.get(ONE, headers={"accept-language": "de"}).text.split())
    assert "Geändert, Revision: 2" in german
    assert "<div>Position 1, Menge: 10 → 8,5</div>" in german and re.search(r"vor \d+ s", german)
    assert "you saw revision 1, now it is 2" in post(client, f"{ONE}/line", 409, revision=1, position=1, quantity="5", reason="x")
    assert "is no number" in post(client, f"{ONE}/line", 422, revision=2, position=1, quantity="many", reason="x")
    assert "may be 1000 or 1.000" in post(client, f"{ONE}/line", 422, revision=2, position=1, quantity="1,000", reason="x")
    post(client, f"{ONE}/line", revision=2, position=2, cancels="true", reason="Not needed.")
    post(client, f"{ONE}/delivery", revision=3, day="2031-07-01", address="Gate 4", terms="30 days net", reason="Moved.")
    with house.db.read() as db:
        lines = db.execute(select(OrderLineRow).where(OrderLineRow.order_id == 1).order_by(OrderLineRow.position)).scalars().all()
        assert [(float(x.quantity), float(x.unit_price), float(x.cancelled)) for x in lines] == [(8.5, 3, 0), (20, 2.5, 20)]
        order = db.execute(select(SalesOrderRow).where(SalesOrderRow.id == 1)).scalar_one()
        assert (order.revision, order.ship_to_text, order.payment_terms) == (4, "Gate 4", "30 days net")


def test_holds_notes_tags_and_the_way_to_release(house: Desk, visit: Visit) -> None:
    clerk, approver = visit("carl"), visit("anna")
    assert "The limit is used up." in post(clerk, f"{ONE}/holds", kind="credit", reason="The limit is used up.", owner="Credit")
    assert "data-release" not in approver.get(ONE).text
    assert "The limit is used up." in post(approver, f"{ONE}/release", 409)
    with house.db.read() as db:
        hold = db.execute(select(OrderHoldRow.id)).scalar_one()
    assert "data-release" in post(approver, f"{ONE}/holds/{hold}/release", reason="Paid.")
    assert "Rings before." in post(clerk, f"{ONE}/notes", text="Rings before.")
    assert "&#34; onclick=" in post(clerk, f"{ONE}/tags", word='" onclick=x')
    assert "onclick" not in post(clerk, f"{ONE}/tags/remove", word='" onclick=x')
    assert "Released" in post(approver, f"{ONE}/release")
    done = post(approver, f"{ONE}/cancel", revision=1, reason="Not wanted.")
    assert "Cancelled" in done and f'hx-post="{ONE}/cancel"' not in done


def test_a_clerk_writes_a_draft_and_a_quote_and_an_approver_accepts_it(house: Desk, visit: Visit) -> None:
    clerk, approver = visit("carl"), visit("anna")
    assert 'hx-post="/orders"' in clerk.get("/orders/new").text
    wanted = {"customer": "C-1", "lines": "WID-1 3 2.50\nWID-2; 1; CT; 24", "until": "2999-01-31"}
    made = clerk.post("/orders", data=wanted, headers=FRAGMENT)
    one = made.headers["HX-Redirect"]
    assert (made.status_code, one) == (204, "/orders/SO-000003")
    assert "Row 1" in post(clerk, "/orders", 422, customer="C-1", lines="WID-1")
    assert f'hx-post="{one}/accept"' not in clerk.get(one).text
    shown = post(clerk, f"{one}/lines", revision=1, lines="WID-1 2 2.50")
    assert "36.50" in shown and "Remove the line" in shown
    assert "Written as a draft" in shown and "Taken over" not in shown
    assert "Remove the line" in post(clerk, f"{one}/line", revision=2, position=1, removes="true")
    assert "Quoted" in post(clerk, f"{one}/quote", until="2999-02-01")
    assert "Draft" in post(clerk, f"{one}/revise")
    assert "PO number is missing" in post(approver, f"{one}/accept", 422)
    assert "Accepted" in post(approver, f"{one}/accept", po_number="PO 12")
    assert "Only an approver" in post(clerk, f"{one}/line", 403, revision=6, position=2, quantity="9", reason="x")


def test_orders_are_merged_split_and_parted_on_the_page(house: Desk, visit: Visit) -> None:
    client = visit("anna")
    assert 'name="orders" value="SO-000002"' in client.get(ONE).text
    merged = post(client, f"{ONE}/merge", orders=["SO-000002"], reason="One delivery.")
    assert "from SO-000002" in merged and "Part them again" in merged
    assert "Merged" in client.get("/orders/SO-000002").text
    parted = post(client, f"{ONE}/give-back", order="SO-000002", reason="Two after all.")
    assert "from SO-000002" not in parted
    split = post(client, f"{ONE}/split", position=["1", "2"], quantity=["4", ""], reason="The rest comes later.")
    assert 'href="/orders/SO-000003"' in split
    assert "from SO-000001" in client.get("/orders/SO-000003").text
    assert "only a part" in post(client, f"{ONE}/split", 422, position=["1"], quantity=["99"], reason="x")


def test_a_rule_is_saved_and_its_holds_are_released_by_the_right_role(house: Desk, visit: Visit) -> None:
    admin, approver = visit("adam"), visit("anna")
    assert 'name="released_by"' in admin.get("/orders/rules").text
    assert approver.get("/orders/rules").status_code == 403
    rule = {"kind": "stock", "on": "true", "limit": "0", "owner": "Purchasing", "released_by": "admin"}
    assert "Saved" in post(admin, "/orders/rules", **rule)
    shown = post(approver, f"{ONE}/line", revision=1, position=2, quantity="21", reason="One more.")
    assert "line 2 (WID-2) lacks 12" in shown and "Purchasing decides" in shown
    assert "Ask Purchasing" in post(approver, f"{ONE}/holds/1/release", 403, reason="They wait.")
    assert "They wait." in post(admin, f"{ONE}/holds/1/release", reason="They wait.")


def test_exceptions_are_given_settled_and_taken_up_again(house: Desk, visit: Visit) -> None:
    with house.db.write() as db:
        found = open_exception(
            db, kind=ExceptionKind.COMPLIANCE, key="listed:1", code="listed", sentence="The name is on a list.", order_id=1)
    client = visit("anna")
    assert "The name is on a list." in client.get(ONE).text
    assert "blocks the order" in client.get("/exceptions").text
    assert "No exception fits" in client.get("/exceptions?view=mine").text
    with house.db.read() as db:
        anna = db.execute(select(UserRow.id).where(UserRow.login == "anna")).scalar_one()
    post(client, f"/exceptions/{found}/assign", assignee=anna)
    assert "The name is on a list." in client.get("/exceptions?view=mine").text
    assert "how it was settled" in post(client, f"/exceptions/{found}/resolve", 422)
    assert "Nothing is out of order" in post(client, f"/exceptions/{found}/waive", reason="Another person of that name.")
    assert "Another person of that name." in client.get("/exceptions?view=closed").text
    post(client, f"/exceptions/{found}/reopen?view=closed")
    with house.db.read() as db:
        assert db.execute(select(ExceptionRow.state)).scalar_one() == "open"


def test_an_exception_of_a_hold_leads_to_the_hold(house: Desk, visit: Visit) -> None:
    with house.db.write() as db:
        place_hold(db, 1, kind=HoldKind.ADDRESS, sentence="There is no address to ship to.", by="ordermill")
        (found,) = db.execute(select(ExceptionRow.id)).scalars()
    client = visit("anna")
    page = client.get("/exceptions").text
    assert f'href="{ONE}">' in page and "Release the hold" in page and f"/exceptions/{found}/resolve" not in page
    assert "release the hold on the order" in post(client, "/exceptions/all/resolve", chosen=[found], reason="Fine.")


def test_a_rule_for_exceptions_is_tried_on_what_is_open_then_saved_and_taken_away(house: Desk, visit: Visit) -> None:
    def opened(key: str) -> tuple[int | None, str | None, bool]:
        with house.db.write() as db:
            row = db.get_one(ExceptionRow, open_exception(
                db, kind=ExceptionKind.PRICE, key=key, code="x", sentence="The ERP makes it 12.00."))
            return row.assignee_id, row.team, row.is_blocking

    assert opened("p:1") == (None, None, True)
    admin = visit("adam")
    assert 'href="/exceptions/rules"' in admin.get("/exceptions").text
    with house.db.read() as db:
        anna, name = db.execute(select(UserRow.id, UserRow.name).where(UserRow.login == "anna")).one()
    rule = {"kind": "price", "hours": "6", "assignee": str(anna), "team": "Pricing", "escalate_to": "Heads"}
    tried = post(admin, "/exceptions/rules", is_trial="true", **rule)
    assert "Nothing is saved yet" in tried and f"<td>{name}</td>" in tried and "The ERP makes it 12.00." in tried
    assert 'value="Heads"' in tried                          # what was typed stands there still
    assert opened("p:2") == (None, None, True)
    assert "Saved. It holds" in post(admin, "/exceptions/rules", **rule)
    assert opened("p:3") == (anna, "Pricing", False) and opened("p:1") == (None, None, True)
    assert "Write between 1 and 8,760 hours" in post(admin, "/exceptions/rules", 422, **rule | {"hours": "0"})
    assert "not here any more" in post(admin, "/exceptions/rules", 404, **rule | {"assignee": "999"})
    assert "Nothing of this kind is open" in post(admin, "/exceptions/rules", is_trial="true", **rule | {"kind": "address"})
    assert "as delivered holds again" in post(admin, "/exceptions/rules/remove", kind="price")
    assert opened("p:4") == (None, None, True)


def test_several_exceptions_are_given_and_settled_at_once_and_that_is_taken_back(house: Desk, visit: Visit) -> None:
    with house.db.write() as db:
        for n in (1, 2):
            open_exception(db, kind=ExceptionKind.COMPLIANCE, key=f"x:{n}", code="listed", sentence=f"Name no. {n} is on a list.")
        ids = [str(i) for i in db.execute(select(ExceptionRow.id).where(ExceptionRow.key.startswith("x:"))).scalars()]
        anna = db.execute(select(UserRow.id).where(UserRow.login == "anna")).scalar_one()
    clerk = visit("carl")

    def undo(shown: str) -> str:
        (action,) = re.findall('name="action" value="([^"]*)"', shown)
        return post(clerk, "/exceptions/all/undo", action=action, entry=re.findall(r'name="entry" value="([^"]+)"', shown))

    page = clerk.get("/exceptions").text
    assert page.count("data-needs-chosen") == 2 and "data-choose" not in visit("vera").get("/exceptions").text
    assert "Choose at least one exception" in post(clerk, "/exceptions/all/assign", 422, assignee=anna)
    given = post(clerk, "/exceptions/all/assign", chosen=ids, assignee=anna)
    assert "2 assigned" in given and "Name no. 2" in visit("anna").get("/exceptions?view=mine").text
    assert "2 as before" in undo(given) and "No exception fits" in visit("anna").get("/exceptions?view=mine").text
    grouped = post(clerk, "/exceptions/all/assign", chosen=ids, group="Credit desk")
    with house.db.read() as db:
        teams = select(ExceptionRow.team).where(ExceptionRow.key.startswith("x:"))
        assert db.execute(teams).scalars().all() == ["Credit desk"] * 2
    assert "2 as before" in undo(grouped)
    with house.db.read() as db:
        assert db.execute(teams).scalars().all() == [None] * 2
    assert "how it was settled" in post(clerk, "/exceptions/all/resolve", chosen=ids)
    settled = post(clerk, "/exceptions/all/resolve", chosen=ids, reason="Asked them.")
    assert "2 resolved" in settled and "Name no. 1" not in settled
    assert "is on a list" in undo(settled)
    accepted = post(visit("anna"), "/exceptions/all/waive", chosen=[*ids, "999"], reason="Another person.")
    assert "2 accepted" in accepted and "There is no exception 999" in accepted
