"""Every page of navigation has its picture in the documentation, in light and dark."""

from tests.support.pages_of import pages
from tests.support.screenshots import FOLDER, THEMES, path_of


def test_every_page_has_its_pictures() -> None:
    names = {"sign-in", *pages({"doubtful": 1})}
    missing = [path_of(name, theme).name for name in sorted(names) for theme in THEMES if not path_of(name, theme).exists()]
    assert missing == [], "run make screenshots, and look at them"
    assert {path.name for path in FOLDER.glob("*.png")} == {path_of(name, theme).name for name in names for theme in THEMES}
