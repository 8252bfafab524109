"""Pictures of every page in light and dark, for the documentation: `make screenshots`."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image

from review_ui.access import cookie_name
from tests.support.browser import chromium, new_context
from tests.support.desk import make_desk, serving, session_of
from tests.support.desk_house import furnish
from tests.support.desk_sales import sell_and_take_back
from tests.support.pages_of import pages

FOLDER = Path(__file__).parent.parent.parent / "docs" / "screenshots"
THEMES = ("light", "dark")
COLOURS = 256
"""Of a picture: as many as a palette holds; flat pages need no more, and the files stay small."""


def path_of(name: str, theme: str) -> Path:
    """Where the picture of a page lies."""
    return FOLDER / f"{name}-{theme}.png"


def main() -> None:
    """Draw every page anew."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        desk = make_desk(Path(folder))
        furnish(desk)
        sell_and_take_back(desk)
        with serving(desk.app) as address:
            for theme in THEMES:
                context = new_context(browser, address, width=1280, height=800, dark=theme == "dark")
                page = context.new_page()
                page.goto("/sign-in")
                _keep(page.screenshot(), path_of("sign-in", theme))
                cookie = {"name": cookie_name(desk.services), "value": session_of(desk, "adam"), "url": address}
                context.add_cookies([cookie])                          # type: ignore[list-item]
                for name, path in pages(desk.ids).items():
                    page.goto(path)
                    page.wait_for_timeout(300)                         # charts and lists have settled
                    if name == "case":                                 # the paper comes after the words
                        page.locator("#sheet .paper img").evaluate("picture => picture.decode()")
                    _keep(page.screenshot(), path_of(name, theme))
                context.close()
        desk.db.close()


def _keep(png: bytes, path: Path) -> None:
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


if __name__ == "__main__":
    main()
