"""The pages a person can stand on, for what is looked at on every one of them."""

from __future__ import annotations

from review_ui.navigation import ROOMS

BESIDE = (
    "/mentions", "/account", "/account/keys", "/account/factor", "/setup", "/admin/tokens", "/admin/mailboxes",
    "/admin/retention",
    "/masterdata/items", "/masterdata/prices", "/masterdata/part-numbers", "/masterdata/imports?kind=items",
    "/masterdata/customer?no=C-1001", "/masterdata/item?sku=GLV-100-M", "/masterdata/customer/new",
    "/masterdata/item/new",
)


def slug(path: str) -> str:
    """A name for a page's files: "/admin/users" → "admin-users"."""
    return path.partition("?")[0].strip("/").replace("/", "-") or "queue"


def pages(ids: dict[str, int]) -> dict[str, str]:
    """Every page of navigation, a case, and the pages beside them: name → path."""
    found = {slug(path): path for path in (*(room.href for room in ROOMS), *BESIDE)}
    return found | {"case": f"/cases/{ids['doubtful']}"}
