"""The README tells the truth: commands and settings as they are, no path that does not exist."""

import re
from pathlib import Path

import app

ROOT = Path(app.__file__).parent.parent


def test_commands_and_settings_in_the_readme_are_up_to_date() -> None:
    from scripts.document import documented

    readme = (ROOT / "README.md").read_text()
    assert documented(readme) == readme, "run: python scripts/document.py"


def test_links_of_the_documentation_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {target}" for page in pages for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()]
    assert broken == []


def test_lock_files_name_no_host() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in path.read_text()
        assert "--hash=sha256:" in path.read_text()
