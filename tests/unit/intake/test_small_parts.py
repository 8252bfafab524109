"""Pure pieces: what to fetch next, UID sets, labels, charsets, when a file is complete."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.charset import decode_text
from intake.folder import Look
from intake.labels import LENGTH, clean_text, file_label
from intake.mail.acknowledge import parse_uid_set
from intake.mail.seen import CONNECTION_LOST, TRIES, TRIES_OF_A_BROKEN_LINE, is_given_up, plan_fetches

uids = st.sets(st.integers(1, 50))


failures = st.dictionaries(st.integers(1, 50), st.tuples(st.integers(1, 30), st.sampled_from(["body_missing", CONNECTION_LOST])))


@given(uids, uids, failures)
def test_every_unknown_mail_is_planned_once_unless_it_is_given_up(
    on_server: set[int], known: set[int], failed: dict[int, tuple[int, str]],
) -> None:
    plan = plan_fetches(sorted(on_server), dict.fromkeys(known, True), failed)
    assert len(plan) == len(set(plan))
    assert set(plan) == {uid for uid in on_server - known if uid not in failed or not is_given_up(*failed[uid])}
    fresh = [uid for uid in plan if uid not in failed]
    assert plan[:len(fresh)] == sorted(fresh)                    # what failed before never holds up what is new


def test_a_broken_line_gets_more_tries_than_an_answer() -> None:
    assert [is_given_up(TRIES + n, "body_missing") for n in (-1, 0)] == [False, True]
    assert [is_given_up(TRIES_OF_A_BROKEN_LINE + n, CONNECTION_LOST) for n in (-1, 0)] == [False, True]


@pytest.mark.parametrize(("text", "expected"), [
    ("304", {304}), ("304,319:321", {304, 319, 320, 321}), ("5:3", {3, 4, 5}), ("", set()), ("*", set()), ("1:*", set()),
    ("x,7", {7}), ("1:4294967295", set(range(1, 100_002))),
])
def test_uid_sets(text: str, expected: set[int]) -> None:
    assert parse_uid_set(text) == expected


@pytest.mark.parametrize(("name", "label"), [
    ("po.pdf", "po.pdf"), ("../../etc/passwd", "passwd"), ("C:\\orders\\po.pdf", "po.pdf"), ("a\x00b\n c.pdf", "a b c.pdf"),
    ("\u202efdp.exe", "fdp.exe"), ("folder/", "folder"), ("", None), (None, None), ("\ud800", None), ("/", None),
    ("x" * 400 + ".pdf", "x" * 251 + ".pdf"),
])
def test_names_become_labels(name: str | None, label: str | None) -> None:
    assert file_label(name) == label


@given(st.text(alphabet=st.characters(), max_size=400))
def test_any_name_becomes_a_label_a_database_can_hold(name: str) -> None:
    label = file_label(name)
    assert label is None or (0 < len(label) <= LENGTH and "\0" not in label and "/" not in label)
    assert label is None or label.encode()
    assert clean_text(clean_text(name)) == clean_text(name)


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "us-ascii", "gb2312", "utf-16", "zlib", "x-unknown", "\0"]))
def test_any_bytes_become_text(data: bytes, charset: str | None) -> None:
    assert isinstance(decode_text(data, charset), str)


@given(st.text(max_size=200).filter(lambda text: not text.startswith("\ufeff")))
def test_utf_8_is_read_as_such_whatever_latin_charset_is_declared(text: str) -> None:
    for declared in (None, "utf-8", "UTF8", "us-ascii", "iso-8859-1"):
        assert decode_text(text.encode("utf-8", "ignore"), declared) == text.encode("utf-8", "ignore").decode()


def test_a_file_is_complete_when_nothing_changed_for_long_enough() -> None:
    first = Look(size=10, modified_ns=5, seen_ns=0)
    assert first.is_complete(Look(10, 5, 100), settle_ns=100)
    assert not first.is_complete(Look(10, 5, 99), settle_ns=100)
    assert not first.is_complete(Look(11, 5, 200), settle_ns=100)
    assert not first.is_complete(Look(10, 6, 200), settle_ns=100)
