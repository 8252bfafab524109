"""The table of keys: no two actions of a page share one, and a person's own keys hold to that too."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from review_ui.keymap import ACTIONS, BadKey, Where, keymap, moved_keys, parts


def test_no_two_actions_of_a_page_share_a_key() -> None:
    for one, other in combinations(ACTIONS, 2):
        if one.where is other.where or Where.EVERYWHERE in {one.where, other.where}:
            assert not one.all_keys & other.all_keys, (one.name, other.name)
    assert len({a.name for a in ACTIONS}) == len(ACTIONS)
    assert moved_keys({}) == {}


def test_a_moved_key_is_kept_and_its_twin_stays() -> None:
    moved = moved_keys({"approve": "q", "undo": "z"})
    assert moved == {"approve": "q"}
    table = {a.name: a for a in keymap(json.dumps({"keys": moved, "columns": ["price"]}))}
    assert table["approve"].keys == ("q", "ctrl+Enter") and table["undo"].keys == ("z",)
    assert {"q", "alt+q", "ctrl+Enter"} == table["approve"].all_keys


def test_two_keys_can_change_places() -> None:
    assert moved_keys({"approve": "z", "undo": "a"}) == {"approve": "z", "undo": "a"}


@pytest.mark.parametrize(("wanted", "said"), [
    ({"approve": "z"}, "“Z” would be the key of “Approve and open the next case” and of “Undo the last correction”"),
    ({"approve": "g"}, "“G” would be the key of “Go to the queue” and of"), ({"approve": "alt+z"}, "“Alt Z” would be"),
    ({"approve": "3"}, "“3” would be"), ({"approve": "ctrl+w"}, "cannot be the key"),
    ({"approve": "Escape"}, "cannot be the key"), ({"approve": "two letters"}, "cannot be the key"),
    ({"approve": "\x00"}, "cannot be the key"),
])
def test_a_key_that_cannot_be_is_refused_with_the_action_it_is_about(wanted: dict[str, str], said: str) -> None:
    with pytest.raises(BadKey) as refusal:
        moved_keys(wanted)
    assert said in refusal.value.sentence


def test_what_is_no_table_of_keys_leaves_ours() -> None:
    for kept in ("{}", "nonsense", "[]", '{"keys": []}', '{"keys": {"unknown": "q"}}'):
        assert keymap(kept) == ACTIONS


def test_keys_are_shown_as_they_are_printed() -> None:
    assert parts("ctrl+shift++") == ("Ctrl", "Shift", "+") and parts("alt+ArrowUp") == ("Alt", "↑")
    assert parts("+") == ("+",) and parts("a") == ("A",) and parts("ctrl+shift+-") == ("Ctrl", "Shift", "−")
