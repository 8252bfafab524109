"""Every page of navigation has its picture in the documentation, in light and dark."""

from tests.support.pages_of import FILES, PARTS, UNSIGNED, pages, route_of, routes
from tests.support.screenshots import FOLDER, THEMES, path_of

NEEDS_A_FILE = {"/masterdata/imports/{job_id}"}
"""A page that is there once somebody uploaded something."""


def test_every_page_there_is_has_its_place_in_the_list() -> None:
    listed = {route_of(path) for path in pages({"doubtful": 1}).values()}
    assert set(routes()) - FILES - PARTS - UNSIGNED - NEEDS_A_FILE == listed


def test_every_page_has_its_pictures() -> None:
    names = {"sign-in", *pages({"doubtful": 1})}
    missing = [path_of(name, theme).name for name in sorted(names) for theme in THEMES if not path_of(name, theme).exists()]
    assert missing == [], "run make screenshots, and look at them"
    assert {path.name for path in FOLDER.glob("*.png")} == {path_of(name, theme).name for name in names for theme in THEMES}
