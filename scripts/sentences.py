"""The sentences that the server makes for people, as patterns with named places, read from the code that makes them.

The English wording stands once, where the sentence is made, as an f-string: `f"{row_name(line)}: no quantity was found."` is the
pattern "{line}: no quantity was found.". What stands in a place may be words too ("Line 3", "pieces", a part that is not always
there): where the code says them, they are patterns of their own. Nothing is run; the source is read as a tree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from matching.change_diff import ChangeKind
from matching.identify import CodeTier
from matching.units import NAMES
from models.domain.items import ItemStatus

ROOT = Path(__file__).parent.parent
SAID_BY = {
    "Doubt": ((1, "sentence"),), "Choice": ((1, "label"), (3, "reason")), "Problem": ((1, "sentence"),),
    "Twin": ((0, "label"),), "FieldChange": ((0, "name"),)}
"""Which arguments of which calls people read: position and name."""
SAYING = {
    "matching.change_diff": ("words", "_left"), "matching.facts": ("_changed_form",), "matching.score": ("reasons",)}
"""Functions whose answers people read, where a sentence takes them over as they are."""
WORDS = (*ItemStatus, *ChangeKind, *CodeTier, *(tier.removeprefix("our ") for tier in CodeTier),
         *(word for pair in NAMES.values() for word in pair))
"""Words that stand in places, kept as data."""


@dataclass(frozen=True)
class Module:
    """One source file: what its names stand for. `owner`: the function that a node stands in."""

    name: str
    tree: ast.Module
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    owner: dict[ast.AST, ast.FunctionDef] = field(default_factory=dict)


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
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.imports.update({alias.asname or alias.name: (node.module, alias.name) for alias in node.names})
    for target, value in (pair for node in found.tree.body for pair in _assigned(node)):
        found.values[target] = value
    return found


def patterns(packages: Iterable[str] = ("extraction", "matching")) -> list[str]:
    """Every pattern that these packages say, sorted; those that differ by the names of their places alone are one."""
    found = set(WORDS)
    seen: set[ast.expr] = set()
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            there = module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            assert there is not None
            for said in _said(there):
                found |= set(_words(said, there, seen))
    return sorted({re.sub(r"\{\w+\}", "{}", text): text for text in sorted(found, reverse=True) if _is_said(text)}.values())


def _is_said(text: str) -> bool:
    """False for what neither holds a word nor joins places, and for a code or a path that nobody reads."""
    plain = re.sub(r"\{\w+\}", " ", text)
    has_words = re.search(r"[^\W\d_]{2}|[?:→=(]", plain) is not None and plain != "?"
    return has_words and re.fullmatch(r"\s*\w+(?:[._]\w+)+\s*|[A-Z0-9]{2,3}", plain) is None


def _said(there: Module) -> Iterator[ast.expr]:
    for node, function in there.owner.items():
        if function.name in SAYING.get(there.name, ()) and isinstance(node, ast.Return) and node.value is not None:
            yield node.value
    for node in ast.walk(there.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for place, name in SAID_BY.get(node.func.id, ()):
                yield from _argument(node, place, name)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "reasons.append":
            yield node.args[0]
        elif isinstance(node, ast.AugAssign) and ast.unparse(node.target) == "reasons":
            yield node.value


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
            yield text
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
        case ast.Subscript(value=ast.Name() as table):
            yield table, there
        case ast.Name():
            yield from _named(node, there)
        case ast.Call(func=ast.Attribute(attr="join") | ast.Name(id="tuple"), args=[one]):
            yield one, there
        case ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="get"), args=[_, *rest]):
            yield from ((part, there) for part in (table, *rest))
        case ast.Call(func=ast.Name(id=name)):
            yield from _returned(name, there)


def _named(name: ast.Name, there: Module) -> Iterator[tuple[ast.expr, Module]]:
    owner = there.owner.get(name)
    if owner is not None:
        values = [value for part in ast.walk(owner) for target, value in _assigned(part) if target == name.id]
        names = [argument.arg for argument in owner.args.args]
        if name.id in names:
            for call in ast.walk(there.tree):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == owner.name:
                    values += _argument(call, names.index(name.id), name.id)
        if values or name.id in names:
            yield from ((value, there) for value in values)
            return
    if name.id in there.values:
        yield there.values[name.id], there
    elif (found := _imported(name.id, there)) and found[1] in found[0].values:
        yield found[0].values[found[1]], found[0]


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
