"""What the styles of an HTML document make of its text: enough of CSS to tell what a person does not see. Pure.

Rules of <style> elements (selectors of tags, classes and ids, also inside each other) and inline styles, with the weights of
CSS 2.1, 6.4. Rules for other media than the screen, and for special widths, do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import html

_RULES = 1_000                 # of one document that count
_NESTING = 3                   # groups of rules in groups
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_PLAIN_MEDIA = re.compile(r"@media\s+(?:only\s+)?(?:all|screen)\s*\Z", re.IGNORECASE)
_PART = re.compile(r"([#.]?)((?:[\w-]|[^\x00-\x7f])+|\*)")
_COMPOUND = re.compile(r"(?:\*|[\w-]|[#.]|[^\x00-\x7f])+\Z")
_KNOWN = frozenset({
    "display", "visibility", "opacity", "font-size", "color", "background", "background-color", "background-image",
    "text-indent", "position", "left", "top", "margin-left", "margin-top", "height", "max-height", "width", "max-width",
    "overflow", "mso-hide", "clip", "clip-path", "text-decoration", "text-decoration-line", "white-space",
})
_NUMBER = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|%|in|cm|mm)?\Z")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+%?))?\s*\)")
_NAMES = {
    "white": (255, 255, 255), "black": (0, 0, 0), "red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255),
    "yellow": (255, 255, 0), "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192), "navy": (0, 0, 128),
    "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255),
}
_ALIKE = 12                    # of 255, in each colour: so near to what is behind it nobody reads a text
_UNLIKE = (-255, -255, -255)   # a colour by a name that is not listed: none of those above
_TINY = 2.0                    # pixels a letter must have to be seen
_FAR = -400.0                  # pixels from which on text lies outside every window
_PIXELS = {"px": 1.0, "": 1.0, "pt": 4 / 3, "in": 96.0, "cm": 37.8, "mm": 3.78, "em": 16.0, "rem": 16.0}

Colour = tuple[int, int, int]
Compound = tuple[str, frozenset[str], frozenset[str]]
"""Tag ("" for any), classes, ids."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the text of an element looks, as far as it is inherited; and `display`, its own, "" where no style names one.

    `behind` is None over a picture.
    """

    is_gone: bool = False          # nothing inside can be seen, whatever it says itself
    is_invisible: bool = False     # until something inside is made visible again
    size: float = 16.0             # pixels
    colour: Colour | None = (0, 0, 0)
    behind: Colour | None = (255, 255, 255)
    is_struck: bool = False
    is_kept: bool = False          # line breaks and blanks are shown as they are
    display: str = ""

    @property
    def is_hidden(self) -> bool:
        """True when a person does not see the text."""
        return self.is_gone or self.is_invisible or self.size < _TINY or self.colour is None or (
            self.behind is not None and all(abs(a - b) <= _ALIKE for a, b in zip(self.colour, self.behind, strict=True)))


@dataclass(frozen=True, slots=True)
class _Rule:
    selector: tuple[Compound, ...]         # outermost first
    values: Mapping[str, str]
    weight: tuple[int, int, int, int]      # ids, classes, tags, order


@dataclass(slots=True)
class StyleSheet:
    """The rules of a document that can hide text, by what their innermost element must have."""

    rules: dict[str, list[_Rule]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: html.HtmlElement) -> StyleSheet:
        """The rules of all <style> elements."""
        sheet = cls()
        kept: dict[tuple[Compound, ...], dict[str, str]] = {}
        for element in root.iter("style"):
            for selectors, body in _blocks(_COMMENT.sub(" ", element.text or "")):
                values = _declarations(body)
                for selector in selectors.split(",") if values else ():
                    if (compounds := _selector(selector)) and (compounds in kept or len(kept) < _RULES):
                        before = kept.pop(compounds, {})
                        kept[compounds] = before | values | _important(before)
        for order, (compounds, values) in enumerate(kept.items()):
            rule = _Rule(compounds, values, _weight(compounds, order))
            sheet.rules.setdefault(_key(compounds[-1]), []).append(rule)
        return sheet

    def look(self, element: html.HtmlElement, above: Look) -> Look:
        """How an element looks inside one that looks like `above`."""
        above = replace(above, display="") if above.display else above
        if not self.rules and not element.attrib:
            return above
        keys = ["", _tag(element), *(f".{c}" for c in _classes(element)), f"#{element.get('id') or ''}"]
        found = [rule for key in keys for rule in self.rules.get(key, ()) if _matches(rule.selector, element)]
        values = _attributes(element)
        for rule in sorted(found, key=lambda r: r.weight):
            values |= rule.values
        inline = _declarations(element.get("style") or "")
        values |= inline
        for rule in sorted(found, key=lambda r: r.weight):
            values |= _important(rule.values)
        values |= _important(inline)
        return _inside(above, {k: v.replace("!important", "").strip() for k, v in values.items()}) if values else above


def _important(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if "!important" in value}


def _blocks(css: str, nesting: int = 0) -> Iterable[tuple[str, str]]:
    """(selectors, declarations) of the rules that hold on every screen."""
    at = 0
    while (opened := css.find("{", at)) >= 0:
        head = css[at:opened].rpartition(";")[2].strip()
        closed = css.find("}", opened)
        if head.startswith("@") and not head.lower().startswith(("@font-face", "@page")):
            closed = _end_of_group(css, opened)
            if _PLAIN_MEDIA.match(head) and nesting < _NESTING:
                yield from _blocks(css[opened + 1:closed], nesting + 1)
        elif not head.startswith("@"):
            yield head, css[opened + 1:closed if closed >= 0 else len(css)]
        if closed < 0:
            return
        at = closed + 1


def _end_of_group(css: str, opened: int) -> int:
    depth = 0
    for brace in re.finditer(r"[{}]", css[opened:]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return opened + brace.start()
    return len(css)


def _declarations(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        if colon and (name := name.strip().lower()) in _KNOWN:
            found[name] = value.strip().lower()
    return found


def _selector(text: str) -> tuple[Compound, ...]:
    """The compounds of a selector, outermost first; () for one that depends on more than tags, classes and ids."""
    words = text.replace(">", " ").split()
    if not words or len(words) > 8 or not all(_COMPOUND.match(word) for word in words):
        return ()
    return tuple(_compound(word) for word in words)


def _compound(word: str) -> Compound:
    parts = _PART.findall(word)
    tag = next((name.lower() for sign, name in parts if not sign and name != "*"), "")
    return tag, frozenset(n for s, n in parts if s == "."), frozenset(n for s, n in parts if s == "#")


def _key(compound: Compound) -> str:
    tag, classes, ids = compound
    return f"#{min(ids)}" if ids else f".{min(classes)}" if classes else tag


def _weight(compounds: Sequence[Compound], order: int) -> tuple[int, int, int, int]:
    return (
        sum(len(ids) for _, _, ids in compounds), sum(len(classes) for _, classes, _ in compounds),
        sum(bool(tag) for tag, _, _ in compounds), order)


def _matches(selector: Sequence[Compound], element: html.HtmlElement) -> bool:
    if not _is(element, selector[-1]):
        return False
    wanted = list(selector[:-1])
    for ancestor in element.iterancestors() if wanted else ():
        if _is(ancestor, wanted[-1]):
            wanted.pop()
            if not wanted:
                break
    return not wanted


def _is(element: html.HtmlElement, compound: Compound) -> bool:
    tag, classes, ids = compound
    return (not tag or tag == _tag(element)) and classes <= set(_classes(element)) and ids <= {element.get("id")}


def _tag(element: html.HtmlElement) -> str:
    return element.tag if isinstance(element.tag, str) else ""


def _classes(element: html.HtmlElement) -> list[str]:
    return (element.get("class") or "").split()


def _attributes(element: html.HtmlElement) -> dict[str, str]:
    """What old attributes say, in the words of CSS; styles win over them."""
    given = {"background-color": element.get("bgcolor"), "background-image": element.get("background"),
             "color": element.get("color") if element.tag == "font" else element.get("text") if element.tag == "body" else None,
             "display": "none" if element.get("hidden") is not None else None}
    return {name: value.strip().lower() for name, value in given.items() if value}


def _inside(above: Look, values: Mapping[str, str]) -> Look:
    visibility = values.get("visibility")
    decoration = values.get("text-decoration", "") + values.get("text-decoration-line", "")
    return replace(
        above, is_gone=above.is_gone or _is_gone(values),
        is_invisible=visibility in ("hidden", "collapse") if visibility and visibility != "inherit" else above.is_invisible,
        size=_size(values.get("font-size"), above.size), colour=_colour(values.get("color"), above.colour),
        behind=_behind(values, above.behind), is_struck=above.is_struck or "line-through" in decoration,
        is_kept=values["white-space"].startswith(("pre", "break")) if "white-space" in values else above.is_kept,
        display=values.get("display", ""))


def _is_gone(values: Mapping[str, str]) -> bool:
    """True when nothing of the element can be on the screen."""
    if values.get("display") == "none" or values.get("mso-hide") == "all":
        return True
    opacity = _NUMBER.match(values.get("opacity", "1"))
    if opacity and float(opacity[1]) / (100 if opacity[2] == "%" else 1) <= 0.05:
        return True
    is_clipped = values.get("overflow", "") in ("hidden", "clip")
    flat = any(_pixels(values.get(side)) == 0 for side in ("height", "max-height", "width", "max-width"))
    away = values.get("position") in ("absolute", "fixed", "relative") and any(
        (_pixels(values.get(side)) or 0) <= _FAR for side in ("left", "top"))
    shifted = any((_pixels(values.get(name)) or 0) <= _FAR for name in ("text-indent", "margin-left", "margin-top"))
    clip = values.get("clip", "").replace(" ", ",")
    hole = bool(re.match(r"rect\((?:[01](?:px)?,+){3}[01](?:px)?\)", clip)) or bool(
        re.match(r"inset\((?:50|100)%|circle\(0|polygon\(0(?:px)?\s0(?:px)?\)", values.get("clip-path", "")))
    return (is_clipped and flat) or away or hole or shifted


def _pixels(value: str | None) -> float | None:
    found = _NUMBER.match(value or "")
    return float(found[1]) * _PIXELS.get(found[2] or "", 16.0) if found and found[2] != "%" else None


def _size(value: str | None, above: float) -> float:
    found = _NUMBER.match(value or "")
    if not found:
        return 16.0 if value in ("medium", "large", "larger", "x-large", "small", "x-small", "xx-small", "initial") else above
    if found[2] in ("%", "em"):
        return above * float(found[1]) / (100 if found[2] == "%" else 1)
    return float(found[1]) * _PIXELS[found[2] or ""]


def _colour(value: str | None, above: Colour | None) -> Colour | None:
    """The colour named, None for a transparent one, the one above for a name nobody knows."""
    if not value or value in ("inherit", "currentcolor"):
        return above
    if value == "transparent":
        return None
    if value in _NAMES:
        return _NAMES[value]
    if found := _RGB.match(value):
        alpha = found[4]
        if alpha and float(alpha.rstrip("%")) == 0:
            return None
        return int(found[1]) & 255, int(found[2]) & 255, int(found[3]) & 255
    digits = value.lstrip("#")
    if re.fullmatch(r"[0-9a-f]{3,8}", digits) and len(digits) in (3, 4, 6, 8):
        whole = digits if len(digits) >= 6 else "".join(2 * d for d in digits)
        return int(whole[0:2], 16), int(whole[2:4], 16), int(whole[4:6], 16)
    return _UNLIKE


def _behind(values: Mapping[str, str], above: Colour | None) -> Colour | None:
    """The colour behind the text; None over a picture, where nothing can be said."""
    image, short = values.get("background-image", "none"), values.get("background", "")
    if image != "none" or "url(" in short or "gradient" in short:
        return None
    named = values.get("background-color") or next((w for w in re.findall(r"rgba?\([^)]*\)|\S+", short) if _is_colour(w)), None)
    if not named or named in ("transparent", "inherit", "initial", "none"):
        return above
    found = _colour(named, above)
    return None if found == _UNLIKE else found or above


def _is_colour(word: str) -> bool:
    return word in _NAMES or word.startswith(("#", "rgb")) or (word.isalpha() and word not in (
        "none", "repeat", "scroll", "fixed", "center", "top", "left", "right", "bottom", "inherit", "initial", "transparent"))
