"""The comments of a case as people see them: what each is pinned to has the name that the page shows."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from matching.cases import Cases
from matching.comments import Comments
from matching.mentions import Mentions
from review_ui.presenters.history import line_names, word


def load_comments(db: Session, case_id: int, user_id: int) -> dict[str, Any]:
    """`comments`, oldest first; `places`: (line's number or "", what the field is called) by the path a comment is pinned to;
    `new_mentions`: the ids of those that mention this person and are not read yet."""
    comments = Comments(db).of_case(case_id)
    paths = {c.path for c in comments if c.path}
    has_lines = any("." in path for path in paths) and Cases(db).get(case_id).version
    names = line_names(Cases(db).draft(case_id)) if has_lines else {}
    places = {path: (names.get(path.split(".")[1], "") if path.count(".") == 2 else "", word(path)) for path in paths}
    return {"comments": comments, "places": places, "new_mentions": Mentions(db).of_case(user_id, case_id)}
