"""Templates: one environment, autoescape on, and the frame every page shares."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context, new_context
from markupsafe import Markup

from matching.mentions import Mentions
from matching.units import unit_word
from models.domain.characters import visible
from models.domain.states import Role
from review_ui import formats
from review_ui.charts import short_label
from review_ui.headers import PAGE_HEADERS
from review_ui.keymap import keymap, parts
from review_ui.language import ENGLISH, choose, translations
from review_ui.navigation import ROOMS
from review_ui.presenters.badges import badge
from review_ui.presenters.message_words import message_word
from review_ui.sentences import told
from review_ui.state import services_of
from runtime.accounts import SignedIn
from runtime.clock import now
from runtime.zone import local

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)
THEMES = frozenset({"light", "dark"})


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits: "3 min", "2 h", "5 d"."""
    if moment is None:
        return "never"
    seconds = max(int((now - moment).total_seconds()), 0)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def show_marks(printed: Any) -> Any:
    """What a template prints, with marks that take no room written out (⟦U+202E⟧): a code that holds one is seen to."""
    return visible(printed) if type(printed) is str else printed


def _in_language(written: Callable[..., str]) -> Callable[..., str]:
    """A filter that writes as the language of the page has it."""
    return lambda *shown: written(*shown, language=_language.get())


def _worded(text: str, /, **places: Any) -> Markup:
    """A text of the screens in the language of the page, with what stands in its places escaped. Jinja's own takes ten times as
    long, and a long order names its fields some thousand times."""
    language = _language.get()
    return Markup(translations(language).gettext(text)) % places if places else _words(text, language)      # noqa: S704


@lru_cache(maxsize=10_000)
def _words(text: str, language: str) -> Markup:
    return Markup(translations(language).gettext(text)) % {}      # noqa: S704 - our own text, with “%%” for a percent sign


@cache
def _symbol(name: str) -> Markup:
    """A small picture that stands once in the page. A long order shows some thousands: a macro takes ten times as long."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>').format(name)


def _told(text: str) -> str:
    """What the server says in English, in the language of the page; as it is where that is not known."""
    return told(text, _language.get()) or text


def _stamp(moment: datetime | date | None, language: str) -> str:
    """A moment on the company's clocks, or a day."""
    return formats.stamp(local(moment) if isinstance(moment, datetime) else moment, language)


def _environment() -> Environment:
    env = Environment(
        extensions=["jinja2.ext.i18n"], loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
        undefined=StrictUndefined,
        finalize=show_marks, trim_blocks=True, lstrip_blocks=True, auto_reload=False)
    env.install_gettext_callables(                 # type: ignore[attr-defined]
        lambda text: translations(_language.get()).gettext(text),
        lambda one, many, n: translations(_language.get()).ngettext(one, many, n), newstyle=True)
    env.globals |= {"_": _worded, "gettext": _worded}
    env.filters |= {"file_size": formats.file_size, "unit": lambda *of: _told(unit_word(*of)),
                    "typed": formats.number, "iso": formats.stamp, "clock": lambda moment: f"{local(moment):%H:%M %Z}",
                    "short_label": short_label}
    env.filters |= {name: _in_language(written) for name, written in (
        ("number", formats.number), ("money", formats.money), ("grouped", formats.grouped), ("share", formats.share),
        ("stamp", _stamp), ("field", formats.field_text), ("localized", formats.localized))}
    env.filters |= {"told": _told, "message_word": message_word}
    env.tests["told"] = lambda text: told(text, _language.get()) is not None
    env.globals |= {"badge": badge, "ago": ago, "Role": Role, "timedelta": timedelta, "key_parts": parts, "symbol": _symbol,
                    "hint": _hint, "keycap": _keycap}
    return env


@pass_context
def _hint(context: Context, action: str) -> str:
    """The key of an action as the person has it, for a button's title: " (Shift A)"; empty where nobody is signed in."""
    return next((f" ({' '.join(parts(a.keys[0]))})" for a in context["keymap"] if a.name == action), "")


@pass_context
def _keycap(context: Context, action: str) -> Markup:
    """The same as it is printed on the keys."""
    found = next((parts(a.keys[0]) for a in context["keymap"] if a.name == action), ())
    return Markup("").join(Markup("<kbd>{}</kbd>").format(part) for part in found)


_templates = _environment()


@lru_cache(maxsize=15_000)
def draw(template: str, shown: Hashable, can_edit: bool, language: str) -> Markup:
    """A piece of a page that follows from these alone. It is drawn once: of a long order only the
    lines, and in them the cells, that changed are drawn anew."""
    found = _template(template)
    drawn = {**_words_of_all(), "shown": shown, "can_edit": can_edit, "language": language}
    context = new_context(_templates, found.name, found.blocks, drawn, shared=True)     # not `render`: it copies all globals anew
    return Markup(_templates.concat(found.root_render_func(context)))      # noqa: S704 - the template has escaped it


@cache
def _template(name: str) -> Template:
    return _templates.get_template(name)


@cache
def _words_of_all() -> dict[str, Any]:
    """What every template may name."""
    return dict(_templates.globals)


_templates.globals["draw"] = draw


def language_of(request: Request, user: SignedIn | None) -> str:
    """The language of a person's pages: the one they chose, else the first that their browser asks for and we speak."""
    return choose(user.language if user else None, request.headers.get("accept-language", ""))


def _frame(request: Request) -> dict[str, Any]:
    theme = request.cookies.get("ordermill_theme", "")
    user: SignedIn | None = getattr(request.state, "user", None)
    language = language_of(request, user)
    frame: dict[str, Any] = {
        "path": request.url.path, "user": user, "language": language, "navigation": ROOMS,
        "theme": theme if theme in THEMES else "",
        "warnings": (), "now": now(), "company": "", "unread_mentions": 0, "keymap": keymap(user.preferences) if user else (),
    }
    if hasattr(request.app.state, "ui"):       # an application of the API alone has none
        services = services_of(request)
        frame |= {"warnings": services.warnings(), "now": services.clock(), "company": services.settings.company_name}
        if user and "HX-Request" not in request.headers:        # a part of a page has no bar to show it in
            with services.db.read() as db:
                frame["unread_mentions"] = Mentions(db).count(user.user_id)
    return frame


def render(
    request: Request, template: str, /, *, status: int = 200, headers: dict[str, str] | None = None, **shown: Any,
) -> HTMLResponse:
    """A template as an answer, with the headers of every page."""
    frame = _frame(request) | {"status": status}
    _language.set(frame["language"])
    text = _templates.get_template(template).render(frame | shown)
    return HTMLResponse(text, status, {**PAGE_HEADERS, **(headers or {})})
