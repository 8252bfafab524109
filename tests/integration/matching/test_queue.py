"""The queue over both kinds of database: what comes first, what is found, what is put off, and who does what around cases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.indexing import index_words
from matching.cases import Cases
from matching.comments import Comments
from matching.handling import Handling
from matching.queue import Wanted, count_cases, count_views, find_cases, find_page, next_in_review
from models.domain.states import CaseState
from models.errors import InputError
from models.tables.audit import AuditEntryRow
from models.tables.cases import CaseRow
from models.tables.desk import CaseTagRow
from models.tables.partners import CustomerRow
from runtime import audit
from runtime.blobs import Blobs
from runtime.clock import now
from tests.integration.matching.desk import BOLTS, GLOVES, Desk, changed, line, reading

OFF = changed(BOLTS, unit_price="0.50", amount="50")
ODD = line(description="thing nobody has heard of", quantity=3, uom="pcs", unit_price="900", amount="2700")


def found(desk: Desk, **wanted: object) -> list[int]:
    with desk.db.read() as db:
        ids = find_cases(db, Wanted(**wanted), now(), limit=50)        # type: ignore[arg-type]
        assert count_cases(db, Wanted(**wanted), now()) == len(ids)    # type: ignore[arg-type]
        assert find_page(db, Wanted(**wanted), now(), limit=1) == (ids[:1], len(ids))      # type: ignore[arg-type]
        return ids


def put(desk: Desk, case_id: int, **values: object) -> None:
    with desk.db.write() as db:
        db.execute(update(CaseRow).where(CaseRow.id == case_id).values(values))


def test_what_a_wrong_decision_would_cost_comes_first_and_a_deadline_presses(desk: Desk) -> None:
    small, large = desk.case(reading(OFF, GLOVES)), desk.case(reading(ODD))
    assert found(desk) == [large, small]
    put(desk, small, cost=10.0, due_at=now() + timedelta(minutes=30))
    put(desk, large, cost=20.0, due_at=now() + timedelta(days=1))
    assert found(desk) == [small, large]
    put(desk, small, due_at=now() + timedelta(days=1))
    assert found(desk) == [large, small]
    put(desk, small, priority=1)
    assert found(desk) == [small, large]


def test_the_queue_is_sorted_by_any_column(desk: Desk) -> None:
    a, b = desk.case(reading(OFF, po="A-1")), desk.case(reading(OFF, po="B-1"))
    assert (found(desk, sort="po"), found(desk, sort="po", descending=False)) == ([b, a], [a, b])
    put(desk, b, due_at=now())
    assert found(desk, sort="due", descending=False) == found(desk, sort="due") == [b, a]      # what is never due comes last
    for sort in ("customer", "cost", "received", "state", "priority"):
        assert sorted(found(desk, sort=sort)) == [a, b]


def test_every_word_of_a_case_finds_it(desk: Desk, blobs: Blobs) -> None:
    one = desk.case(reading(OFF, po="PO-88/X"))
    two = desk.case(reading(ODD, po="QQ-1"))
    for case_id in (one, two, one):
        assert index_words(desk.db, blobs, case_id) > 5
    for text in ("po88", "hex BOLT", "HB-0840", "muster hex", "88 din"):
        assert found(desk, text=text) == [one], text
    assert sorted(found(desk, text="muster")) == [one, two] and found(desk, text=str(two)) == [two]
    for text in ("%", "zebra", "hex heard", "*"):
        assert found(desk, text=text) == []


def test_tags_and_comments_find_a_case_in_whatever_view_it_is(desk: Desk, blobs: Blobs) -> None:
    one, two = desk.case(reading(OFF, po="PO-88/X")), desk.case(reading(ODD, po="QQ-1"))
    index_words(desk.db, blobs, one)
    Handling(desk.review).tag([one], "Zebra fair", desk.ann)
    with desk.db.write() as db:
        Comments(db).add(one, desk.ann, "The Okapi house pays the freight.")
    for text in ("zebra", "okapi freight", "po88 okapi FAIR"):
        assert found(desk, text=text) == [one], text
    put(desk, one, state=CaseState.REJECTED)
    assert (found(desk, text="okapi"), found(desk, text="okapi", view="all")) == ([], [one])
    with desk.db.read() as db:
        views = count_views(db, now(), Wanted(text="okapi"))
        assert {view for view, count in views.items() if count} == {"aside", "all"}
        assert count_views(db, now())["all"] == 2
    assert sorted(found(desk, view="all")) == [one, two]


def test_the_queue_is_sorted_by_the_first_question(desk: Desk) -> None:
    cases = [desk.case(reading(asked, po=f"A-{n}")) for n, asked in enumerate((OFF, ODD, OFF))]
    with desk.db.read() as db:
        first = {case_id: Cases(db).doubts(case_id, 1)[0].sentence for case_id in cases}
    upwards, downwards = ([first[c] for c in found(desk, sort="question", descending=down)] for down in (False, True))
    assert first[cases[0]] == first[cases[2]] != first[cases[1]]
    assert upwards[1] == first[cases[0]] and upwards == downwards[::-1]


def test_what_is_put_off_comes_back_by_itself(desk: Desk) -> None:
    case_id, handling = desk.case(reading(OFF)), Handling(desk.review)
    assert handling.snooze([case_id], now() + timedelta(hours=1), desk.ann) == {case_id: None}
    assert (found(desk), found(desk, view="off")) == ([], [case_id])
    with desk.db.read() as db:
        views = count_views(db, now())
        assert (views["review"], views["off"]) == (0, 1)
        assert find_cases(db, Wanted(), now() + timedelta(hours=2), limit=5) == [case_id]
        assert next_in_review(db, but=0, user_id=desk.ann, now=now()) is None
    handling.snooze([case_id], None, desk.ann)
    assert found(desk) == [case_id]
    with pytest.raises(InputError, match="still to come"):
        handling.snooze([case_id], now() - timedelta(hours=1), desk.ann)


def test_putting_off_a_case_one_has_open_lets_go_of_it(desk: Desk) -> None:
    case_id = desk.case(reading(OFF))
    desk.review.claim(case_id, desk.ann)
    Handling(desk.review).snooze([case_id], now() + timedelta(hours=1), desk.ann)
    row = desk.row(case_id)
    assert (row.state, row.reviewer_id) == (CaseState.NEEDS_REVIEW, None)


def test_a_customer_who_does_not_answer_in_time_brings_the_case_back(desk: Desk) -> None:
    case_id = desk.case(reading(OFF))
    put(desk, case_id, state=CaseState.WAITING_FOR_CUSTOMER, snoozed_until=now() + timedelta(days=2))
    assert (found(desk), found(desk, view="waiting")) == ([], [case_id])
    put(desk, case_id, snoozed_until=now() - timedelta(minutes=1))
    assert found(desk) == [case_id]


def test_tags_priority_and_people_narrow_the_queue_and_are_recorded(desk: Desk) -> None:
    one, two, handling = desk.case(reading(OFF)), desk.case(reading(ODD)), Handling(desk.review)
    assert handling.tag([one], " new   customer ", desk.ann) == [one]
    assert handling.tag([one, two], "new customer", desk.ann) == [two]
    handling.untag([two], "new customer", desk.ann)
    assert found(desk, tag="new customer") == [one]
    assert handling.assign([one, two], desk.bob, desk.ann) == {one: None, two: None}
    handling.assign([two], None, desk.ann)
    assert found(desk, assigned_to=desk.bob) == [one]
    with desk.db.read() as db:
        assert next_in_review(db, but=0, user_id=desk.ann, now=now()) == two       # the other is Bob's
        assert next_in_review(db, but=two, user_id=desk.bob, now=now()) == one
    assert handling.prioritise([one], 2, desk.ann) == {one: 0}
    with desk.db.read() as db:
        actions = set(db.execute(select(AuditEntryRow.action).where(AuditEntryRow.subject == f"case:{one}")).scalars())
        assert {"case.tagged", "case.assigned", "case.prioritised"} <= actions and audit.verify(db) is not None
        assert db.execute(select(CaseTagRow.tag)).scalars().all() == ["new customer"]
    for wrong in (lambda: handling.tag([one], " ", desk.ann), lambda: handling.prioritise([one], 9, desk.ann),
                  lambda: handling.assign([one], 999, desk.ann)):
        with pytest.raises(InputError):
            wrong()


def test_what_nobody_reviews_is_left_out(desk: Desk) -> None:
    done, handling = desk.case(reading(BOLTS, GLOVES)), Handling(desk.review)
    put(desk, done, state=CaseState.HANDED_OVER)
    assert handling.snooze([done], now() + timedelta(hours=1), desk.ann) == {} and handling.tag([done], "x", desk.ann) == []
    assert handling.prioritise([done], 1, desk.ann) == {} and handling.assign([done], desk.bob, desk.ann) == {}


def test_a_case_is_taken_over_and_the_first_person_is_told(desk: Desk) -> None:
    case_id, handling = desk.case(reading(OFF)), Handling(desk.review)
    desk.review.claim(case_id, desk.ann)
    assert handling.take_over(case_id, desk.bob) == "Ann Ames"
    with pytest.raises(Exception, match="Bob Burr has case"):
        desk.review.correct(case_id, 1, "po_number", "X", desk.ann)
    assert handling.take_over(case_id, desk.bob) is None


def test_no_order_and_the_same_order_are_set_aside_and_come_back(desk: Desk) -> None:
    first, second, handling = desk.case(reading(OFF)), desk.case(reading(ODD)), Handling(desk.review)
    handling.set_aside(second, 1, desk.ann, duplicate_of=first)
    row = desk.row(second)
    assert (row.state, row.code, row.related_case_id) == (CaseState.DUPLICATE, "duplicate_of", first)
    desk.review.reopen(second, desk.ann)
    handling.set_aside(second, 1, desk.ann)
    assert desk.row(second).state is CaseState.NOT_AN_ORDER
    with pytest.raises(InputError, match="own duplicate"):
        handling.set_aside(first, 1, desk.ann, duplicate_of=first)
    with pytest.raises(InputError, match="no case"):
        handling.set_aside(first, 1, desk.ann, duplicate_of=999)
    assert desk.row(first).state is CaseState.NEEDS_REVIEW


def test_the_cut_off_of_a_customer_makes_a_case_due(desk: Desk) -> None:
    with desk.db.write() as db:
        db.execute(update(CustomerRow).values(cut_off="14:30"))
    row = desk.row(desk.case(reading(OFF)))
    assert row.due_at is not None and (row.due_at.hour, row.due_at.minute) == (14, 30)
    with desk.db.read() as db:
        assert Cases(db).get(row.id).due_at == row.due_at
