"""The keys of all screens as one table: what acts, on which key, where. A person may move those that are not fixed.

A key is named as the browser sees it: "a", "?", "Enter", "shift+p", "ctrl+d", "alt+shift+ArrowUp". Single signs act outside text
fields; with Alt, or where the table says so, inside them too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from models.errors import InputError


class Where(StrEnum):
    """The pages on which an action is offered."""

    EVERYWHERE = "everywhere"
    LIST = "list"
    CASE = "case"
    RETURN = "return"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does. `keys`: the first is the one a person may move, the others stay as its twins.

    `in_fields`: its keys act while text is typed, too. `does` is English; it is translated where it is shown.
    """

    name: str
    does: str
    keys: tuple[str, ...]
    where: Where = Where.CASE
    in_fields: bool = False
    is_fixed: bool = False

    @property
    def all_keys(self) -> frozenset[str]:
        """Its keys, and those of single signs with Alt."""
        return frozenset(self.keys) | {f"alt+{key}" for key in self.keys if is_single(key)}


ACTIONS = (
    Action("help", "Show these keys", ("?",), Where.EVERYWHERE),
    Action("go-queue", "Go to the queue", ("g",), Where.EVERYWHERE),
    Action("go-mentions", "Go to the comments that mention you", ("shift+g",), Where.EVERYWHERE),
    Action("list-next", "Next", ("j", "ArrowDown"), Where.LIST),
    Action("list-previous", "Previous", ("k", "ArrowUp"), Where.LIST),
    Action("list-open", "Open", ("Enter",), Where.LIST),
    Action("list-search", "Search", ("/",), Where.LIST),
    Action("list-choose", "Choose the row, to do one thing to several", ("x",), Where.LIST),
    Action("list-leave", "Leave the search", ("Escape",), Where.LIST, in_fields=True, is_fixed=True),
    Action("release", "Release the order", ("a",), Where.ORDER),
    Action("hold", "Hold the order", ("h",), Where.ORDER),
    Action("shortage", "Decide about the next line that is short", ("d",), Where.ORDER),
    Action("note", "Write a note about the order", ("n",), Where.ORDER),
    Action("toggle-fact", "Take the chosen fact back, or bring it back", ("z",), Where.LIST),
    Action("scan", "Go to the scanner's field", ("s",), Where.LIST),
    Action("approve", "Approve and open the next case", ("a", "ctrl+Enter")),
    Action("approve-otherwise", "Approve in part, or with a reason", ("shift+a",)),
    Action("next-doubt", "Next question (saves the field)", ("Enter",), in_fields=True),
    Action("previous-doubt", "Previous question", ("shift+Enter",), in_fields=True),
    Action("take-candidate", "Take that answer", tuple("123456789"), is_fixed=True),
    Action("edit", "Edit the value in question", ("e",)),
    Action("postpone", "Look at this question later", ("l",)),
    Action("search", "Search items for the line (or customers, addresses)", ("/",)),
    Action("our-price", "Take our contract price for the line", ("p",)),
    Action("their-price", "Let the customer's price stand, with a reason", ("shift+p",)),
    Action("unit-reading", "The other reading of the line's unit", ("u",)),
    Action("other-reading", "The other reading of the value at hand", ("v",)),
    Action("confirm-line", "Everything on the line is right", ("y",)),
    Action("line-details", "All fields of the line, or only those of the table", ("o",)),
    Action("header-details", "The fields of the order that are empty", ("f",)),
    Action("leave-out", "Leave the line out: it is no order line", ("x",)),
    Action("add-line", "Add a line", ("n",)),
    Action("insert-row", "Insert a row below", ("i",)),
    Action("fill-down", "Fill the cell from the row above", ("ctrl+d",)),
    Action("fill-all", "Fill all rows below with this cell", ("ctrl+shift+d",)),
    Action("cell-above", "The cell above", ("ArrowUp",), in_fields=True, is_fixed=True),
    Action("cell-below", "The cell below", ("ArrowDown",), in_fields=True, is_fixed=True),
    Action("row-up", "Move the row up", ("alt+ArrowUp",)),
    Action("row-down", "Move the row down", ("alt+ArrowDown",)),
    Action("remove-row", "Delete the row", ("alt+Delete",)),
    Action("split-row", "Split the row in two", ("ctrl+shift+-",)),
    Action("merge-row", "Merge the next row into this one", ("ctrl+shift++",)),
    Action("column-up", "Shift the column up by a row", ("alt+shift+ArrowUp",)),
    Action("column-down", "Shift the column down by a row", ("alt+shift+ArrowDown",)),
    Action("column-left", "Swap the column with the one to its left", ("alt+shift+ArrowLeft",)),
    Action("column-right", "Swap the column with the one to its right", ("alt+shift+ArrowRight",)),
    Action("previous-word", "Previous word on the page", ("[",)),
    Action("next-word", "Next word on the page", ("]",)),
    Action("take-word", "Take the word at hand into the field", ("=",)),
    Action("lessons", "What approving would teach: the next lesson (Space declines it)", ("t",)),
    Action("draw-table", "Draw a table on the page, and take its rows", ("d",)),
    Action("undo", "Undo the last correction", ("z",)),
    Action("history", "History of the case", ("h",)),
    Action("ask-customer", "Ask the customer about what is open", ("c",)),
    Action("snooze", "Put the case off until later", ("s",)),
    Action("hand-on", "Give the case to somebody, or put a tag on it", ("w",)),
    Action("comment", "Comment on the case, or on the value at hand", ("m",)),
    Action("pin", "Comment on a place of the page, or on the word at hand", ("shift+m",)),
    Action("reject", "Reject, with a reason", ("r",)),
    Action("larger", "Larger page", ("+",)),
    Action("smaller", "Smaller page", ("-",)),
    Action("turn-page", "Turn the page a quarter to the right", ("shift+o",)),
    Action("next-page", "Next page", ("PageDown", ">")),
    Action("previous-page", "Previous page", ("PageUp", "<")),
    Action("judge", "Judge the units at hand: new, opened, damaged, defective, wrong item", tuple("12345"), Where.RETURN,
           is_fixed=True),
    Action("next-line", "Next line to inspect", ("j", "ArrowDown"), Where.RETURN),
    Action("withdraw", "Take the last judgement back", ("z",), Where.RETURN),
    Action("receive-all", "Everything came", ("r",), Where.RETURN),
    Action("close-return", "Close the return: stock and money move", ("c",), Where.RETURN),
    Action("leave-field", "Leave the field without saving", ("Escape",), in_fields=True, is_fixed=True),
)
_NAMES = {
    "ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→", "PageDown": "PgDn", "PageUp": "PgUp", "Escape": "Esc",
    "-": "−"}
_FORM = re.compile(
    r"(ctrl\+)?(alt\+)?(shift\+)?([^\s\x00-\x1f]|Enter|Delete|Insert|Home|End|Page(Up|Down)|Arrow(Up|Down|Left|Right)|F\d{1,2})")
_BROWSERS_OWN = frozenset({"ctrl+t", "ctrl+n", "ctrl+w", "ctrl+shift+t", "ctrl+shift+n", "ctrl+shift+w", "ctrl+r", "F5", "F12"})


class BadKey(InputError):
    """A key that cannot be given to an action."""

    code = "bad_key"


def is_single(key: str) -> bool:
    """True of a key without Ctrl or Alt that writes a sign: it cannot act while text is typed."""
    return len(key.removeprefix("shift+")) == 1


def parts(key: str) -> tuple[str, ...]:
    """What is printed on the keys to press together: ("Ctrl", "Shift", "−")."""
    modifiers, plain = [], key
    while (found := re.match(r"(ctrl|alt|shift)\+(?=.)", plain)) is not None:
        modifiers.append(found[1].capitalize())
        plain = plain[found.end():]
    return (*modifiers, _NAMES.get(plain, plain.upper() if len(plain) == 1 else plain))


def _moved(preferences: str) -> Mapping[str, str]:
    try:
        moved = json.loads(preferences).get("keys", {})
    except (ValueError, AttributeError):
        return {}
    return moved if isinstance(moved, dict) else {}


def keymap(preferences: str) -> tuple[Action, ...]:
    """The table as a person has it; `preferences` is the JSON kept with the user."""
    moved = _moved(preferences)
    return tuple(
        replace(a, keys=(str(moved[a.name]), *a.keys[1:])) if a.name in moved and not a.is_fixed else a for a in ACTIONS)


def moved_keys(wanted: Mapping[str, str]) -> dict[str, str]:
    """What is kept of a filled-in table {action: key}: the keys that differ from ours.

    Raises BadKey naming the action for a key that is none, that the browser keeps for itself, or that two actions would share.
    """
    chosen = {a.name: wanted.get(a.name, a.keys[0]).strip() or a.keys[0] for a in ACTIONS if not a.is_fixed}
    for action in (a for a in ACTIONS if a.name in chosen):
        key = chosen[action.name]
        if not _FORM.fullmatch(key) or key in _BROWSERS_OWN:
            raise BadKey(f"“{key}” cannot be the key of “{action.does}”: press another one.")
    table = [replace(a, keys=(chosen[a.name], *a.keys[1:])) if a.name in chosen else a for a in ACTIONS]
    for one, other, key in _shared(table):
        raise BadKey(f"“{' '.join(parts(key))}” would be the key of “{one.does}” and of “{other.does}”. Change one of them.")
    return {a.name: chosen[a.name] for a in ACTIONS if a.name in chosen and chosen[a.name] != a.keys[0]}


def _shared(table: list[Action]) -> Iterator[tuple[Action, Action, str]]:
    for place, one in enumerate(table):
        for other in table[place + 1:]:
            if one.where is other.where or Where.EVERYWHERE in {one.where, other.where}:
                yield from ((one, other, key) for key in sorted(one.all_keys & other.all_keys, key=len))
