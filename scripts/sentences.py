"""The sentences that the server makes for people, as patterns with named places, read from the code that makes them.

The English wording stands once, where the sentence is made, as an f-string: `f"{row_name(line)}: no quantity was found."` is the
pattern "{line}: no quantity was found.". What stands in a place may be words too ("Line 3", "pieces", a part that is not always
there): where the code says them, they are patterns of their own. Nothing is run; the source is read as a tree.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from matching.attributes import ATTRIBUTE_WORDS
from matching.change_diff import ChangeKind
from matching.identify import CodeTier
from matching.units import NAMES
from models.domain.items import ItemStatus
from models.domain.reading import DocumentType

ROOT = Path(__file__).parent.parent
PACKAGES = ("app", "review_ui", "extraction", "intake", "matching", "oms", "edi", "runtime", "models")
UNSEEN = (
    "app.api", "app.cli", "extraction.llm.client", "extraction.llm.frame", "extraction.model", "runtime.audit",
    "runtime.settings")
"""What only the command line, a program or whoever starts the server reads."""
PAPERS = "oms.papers"
"""What stands on papers is said to customers, in their language."""
SAID_BY = {
    "Choice": ((1, "label"), (3, "reason")), "Difference": ((2, "sentence"),), "Doubt": ((1, "sentence"),),
    "Drift": ((1, "sentence"),), "FieldChange": ((0, "name"),), "NeededHold": ((1, "sentence"),), "Problem": ((1, "sentence"),),
    "Twin": ((0, "label"),), "_Cue": ((1, "sort"),), "_differs": ((2, "what"),), "_each": ((4, "done"),),
    "_heard": ((0, "sort"),), "_undoable": ((1, "done"),)}
"""Which arguments of which calls people read: position and name."""
ALWAYS_SAID = ("sentence", "resolution", "note")
"""Arguments that people read, whatever is called."""
SAYING = {
    "extraction.fields.document_type": ("_spoken",), "extraction.no_order": ("_kind",),
    "matching.conflicts": ("_numbers_conflict", "_measure_conflict", "_marks_conflict"),
    "matching.change_diff": ("words", "_left"), "matching.checks.money": ("_ours",),
    "matching.exchanges": ("_instead", "unsaid"), "matching.facts": ("_changed_form",),
    "matching.score": ("reasons",), "oms.allocation.explain": (),
    "oms.fulfilment.decide": (), "oms.orders.checking.decide": (), "oms.returns.decide": (),
    "review_ui.presenters.fact_words": (),
    "review_ui.presenters.approval": ("_escape", "_threshold", "figures"),
    "review_ui.presenters.learned": ("_changed",), "review_ui.presenters.values": ("_found", "_sure", "note_text")}
"""Functions whose answers people read as they are; none named: all of the module."""
WEIGHED = ("matching.customer", "matching.ship_to")
"""Modules that give reasons beside their weights, in pairs."""
WORDS = (*ATTRIBUTE_WORDS, *(kind.words for kind in DocumentType), *ItemStatus, *ChangeKind, *CodeTier,
         *(tier.removeprefix("our ") for tier in CodeTier), *(word for pair in NAMES.values() for word in pair))
"""Words that stand in places, kept as data."""
ROOT_ERROR = "ServiceError"
DESCRIBING = ("Field", "Form", "Query", "N_", "compile")
"""Calls whose texts are no sentences of the server, or are translated with the screens."""
_SENTENCE = re.compile(r"(?:\S+ ){2}.*\S\.\s*\Z", re.S)


@dataclass(frozen=True)
class Module:
    """One source file: what its names stand for. `owner`: the function that a node stands in; `calls`: all calls by the name that
    is called; `local`: what names of a function are set to."""

    name: str
    tree: ast.Module
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    classes: list[ast.ClassDef] = field(default_factory=list)
    values: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    owner: dict[ast.AST, ast.FunctionDef] = field(default_factory=dict)
    calls: dict[str, list[ast.Call]] = field(default_factory=lambda: defaultdict(list))
    local: dict[ast.FunctionDef, dict[str, list[ast.expr]]] = field(default_factory=dict)


@cache
def module(name: str) -> Module | None:
    """A module of ours by its dotted name; None when there is none."""
    path = ROOT / f"{name.replace('.', '/')}.py"
    if not path.exists():
        path = path.with_suffix("") / "__init__.py"
    if not path.exists():
        return None
    found = Module(name, ast.parse(path.read_text(encoding="utf-8")))
    for node in ast.walk(found.tree):
        if isinstance(node, ast.FunctionDef):
            found.functions[node.name] = node
            found.owner.update(dict.fromkeys(ast.walk(node), node))       # inner functions come later, and win
        elif isinstance(node, ast.ClassDef):
            found.classes.append(node)
        elif isinstance(node, ast.Call):
            found.calls[_called(node)].append(node)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.imports.update({alias.asname or alias.name: (node.module, alias.name) for alias in node.names})
    for target, value in (pair for node in found.tree.body for pair in _assigned(node)):
        found.values[target] = value
    return found


@cache
def patterns() -> tuple[str, ...]:
    """Every pattern that the packages say, sorted; those that differ by the names of their places alone are one."""
    found = set(WORDS)
    seen: set[ast.expr] = set()
    for there in modules():
        for said in (*_said(there), *_refusals(there)):
            found |= set(_words(said, there, seen))
    said = {re.sub(r"\{\w+\}", "{}", text): text for text in sorted(found, reverse=True) if _is_said(text)}
    return tuple(sorted(said.values()))


def modules() -> Iterator[Module]:
    """All modules that say something to people."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if not name.startswith(UNSEEN) and (there := module(name)):
                yield there


def _is_said(text: str) -> bool:
    """False for what neither holds a word nor joins places, and for a code or a path that nobody reads."""
    plain = re.sub(r"\{\w+\}", " ", text)
    has_words = re.search(r"[^\W\d_]{2}|[?:→=(]", plain) is not None and plain != "?"
    return has_words and re.fullmatch(r"\s*\w+(?:[._]\w+)+\s*|[A-Z0-9]{2,3}", plain) is None


def _said(there: Module) -> Iterator[ast.expr]:
    saying = SAYING.get(there.name, ("",)) or there.functions
    for node, function in there.owner.items():
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None and function.name in saying:
            yield node.value
    for name, calls in there.calls.items():
        for call in calls:
            yield from (word.value for word in call.keywords if word.arg in ALWAYS_SAID)
            for place, argument in SAID_BY.get(name, ()):
                yield from _argument(call, place, argument)
            if name == "append" and ast.unparse(call.func) == "reasons.append":
                yield call.args[0]
    for node in there.owner:
        if isinstance(node, ast.AugAssign) and ast.unparse(node.target) == "reasons":
            yield node.value
    if there.name in WEIGHED:
        pairs = (node.elts for node in ast.walk(there.tree) if isinstance(node, ast.Tuple) and len(node.elts) == 2)
        yield from (reason for _, reason in pairs if isinstance(reason, ast.Constant | ast.JoinedStr | ast.IfExp | ast.BinOp))
    if not there.name.startswith(PAPERS):
        yield from _sentences(there)


def _sentences(there: Module) -> Iterator[ast.expr]:
    """Whatever is written as a whole sentence, outside docstrings and what describes a parameter."""
    unsaid: set[ast.AST] = set()
    for node in ast.walk(there.tree):
        if node in unsaid:
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            unsaid.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            unsaid.update(node.values)
        elif isinstance(node, ast.Call) and _called(node) in DESCRIBING:
            unsaid.update(ast.walk(node))
        text = _pattern(node) if isinstance(node, ast.JoinedStr) else node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and _SENTENCE.search(text) and isinstance(node, ast.expr):
            yield node


def _refusals(there: Module) -> Iterator[ast.expr]:
    """What the errors that are raised on purpose say: where they are raised, or in their own making."""
    errors = _errors()
    for error in errors & there.calls.keys():
        for call in there.calls[error]:
            yield from _argument(call, 0, "sentence")
    for made in there.classes:
        if made.name in errors:
            for node in ast.walk(made):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__":
                    yield from _argument(node, 0, "sentence")


@cache
def _errors() -> frozenset[str]:
    """The names of all classes of errors that bear a sentence."""
    bases = {made.name: {ast.unparse(base) for base in made.bases} for there in modules() for made in there.classes}
    found = grown = {ROOT_ERROR}
    while grown:
        grown = {name for name, above in bases.items() if above & found} - found
        found = found | grown
    return frozenset(found)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _argument(call: ast.Call, place: int, name: str) -> Iterator[ast.expr]:
    if place < len(call.args) and not any(isinstance(arg, ast.Starred) for arg in call.args):
        yield call.args[place]
    yield from (word.value for word in call.keywords if word.arg == name)


def _words(node: ast.expr, there: Module, seen: set[ast.expr]) -> Iterator[str]:
    """The patterns an expression may come to, and those of what stands in their places; `seen` are not looked at again."""
    if node in seen:
        return
    seen.add(node)
    match node:
        case ast.Constant(value=str() as text):
            count = itertools.count(1)
            yield re.sub(r"\{\}", lambda _: f"{{words{next(count)}}}", text)
        case ast.JoinedStr():
            yield _pattern(node)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as between), attr="join")):
            yield f"{{one}}{between}{{other}}"
    for said, where in _parts(node, there):
        yield from _words(said, where, seen)


def _parts(node: ast.expr, there: Module) -> Iterator[tuple[ast.expr, Module]]:
    """Where the words of an expression come from: its branches, the name's values, what a function returns."""
    match node:
        case ast.JoinedStr(values=parts):
            yield from ((part.value, there) for part in parts if isinstance(part, ast.FormattedValue))
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, op=ast.Add(), right=other):
            yield from ((one, there), (other, there))
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            yield from ((part, there) for part in parts)
        case ast.GeneratorExp(elt=one) | ast.ListComp(elt=one) | ast.NamedExpr(value=one) | ast.Starred(value=one):
            yield one, there
        case ast.Subscript(value=ast.Name() | ast.ListComp() as table):
            yield table, there
        case ast.Name():
            yield from _named(node, there)
        case ast.Call(func=ast.Attribute(attr="join" | "fromkeys") | ast.Name(id="tuple"), args=[one]):
            yield one, there
        case ast.Call(func=ast.Attribute(value=text, attr="format")):
            yield text, there
        case ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="get"), args=[_, *rest]):
            yield from ((part, there) for part in (table, *rest))
        case ast.Call(func=ast.Name(id=name)) if name not in DESCRIBING:
            yield from _returned(name, there)


def _named(name: ast.Name, there: Module) -> Iterator[tuple[ast.expr, Module]]:
    owner = there.owner.get(name)
    if owner is not None:
        values = list(_set_in(owner, there).get(name.id, ()))
        names = [argument.arg for argument in owner.args.args if argument.arg not in ("self", "cls")]
        if name.id in names:
            for call in there.calls.get(owner.name, ()):
                values += _argument(call, names.index(name.id), name.id)
        if values or name.id in names:
            yield from ((value, there) for value in values)
            return
    if name.id in there.values:
        yield there.values[name.id], there
    elif (found := _imported(name.id, there)) and found[1] in found[0].values:
        yield found[0].values[found[1]], found[0]


def _set_in(function: ast.FunctionDef, there: Module) -> dict[str, list[ast.expr]]:
    if function not in there.local:
        found = there.local[function] = defaultdict(list)
        for target, value in (pair for part in ast.walk(function) for pair in _assigned(part)):
            found[target].append(value)
    return there.local[function]


def _returned(name: str, there: Module) -> Iterator[tuple[ast.expr, Module]]:
    if name not in there.functions:
        found = _imported(name, there)
        if found is None or found[1] not in found[0].functions:
            return
        there, name = found
    function = there.functions[name]
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None and there.owner[node] is function:
            yield node.value, there


def _imported(name: str, there: Module) -> tuple[Module, str] | None:
    source, own = there.imports.get(name, ("", ""))
    found = module(source) if source else None
    return (found, own) if found else None


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value]):
            yield name, value
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            yield from ((n.id, v) for n, v in zip(names, values, strict=True) if isinstance(n, ast.Name))


def _pattern(node: ast.JoinedStr) -> str:
    names: list[str] = []
    text = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            name = _place(part.value)
            names.append(name)
            text += "{" + (f"{name}{count}" if (count := names.count(name)) > 1 else name) + "}"
    return text


def _place(node: ast.expr) -> str:
    """What to call a place: by what is said there."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=one, attr="value"):
            return _place(one)
        case ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Attribute(value=one), args=[]):
            return _place(one)
        case ast.Call(func=ast.Attribute(attr="join"), args=[one]) | ast.Call(args=[one, *_]) | ast.GeneratorExp(elt=one):
            return _place(one)
        case ast.IfExp(body=one) | ast.Subscript(value=one) | ast.BinOp(left=one) | ast.BoolOp(values=[one, *_]):
            return _place(one)
        case ast.JoinedStr(values=parts):
            return next((_place(p.value) for p in parts if isinstance(p, ast.FormattedValue)), "words")
    return "words"
