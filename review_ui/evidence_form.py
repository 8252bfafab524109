"""The places a person pointed at on the page, as the page's script sends them."""

from __future__ import annotations

import math

from matching.comments import Pin
from models.domain.evidence import Evidence, Origin, PageKind, Place
from models.errors import InputError

MOST_PLACES = 200


class BadPlaces(InputError):
    """The places do not have the form that the viewer sends."""

    code = "bad_places"

    def __init__(self) -> None:
        super().__init__("The place on the page could not be understood. Reload the page and click the word again.")


def _place(text: str, kind: PageKind) -> tuple[int, Place]:
    document, page, *edges = text.split()
    left, top, right, bottom = (float(edge) for edge in edges)
    if int(page) < 0 or not all(map(math.isfinite, (left, top, right, bottom))):
        raise ValueError(text)
    return int(document), Place(int(page), (left, top, right, bottom), kind)


def parse_pin(place: str, kind: str) -> Pin | None:
    """The place a comment is pinned to: "document page left top right bottom"; None when it is empty. Raises BadPlaces."""
    if not place:
        return None
    try:
        return Pin(*_place(place, PageKind(kind)))
    except ValueError:
        raise BadPlaces from None


def parse_places(places: str, kind: str, text: str, person: str) -> Evidence | None:
    """Proof of a value taken from the page: `places` is "document page left top right bottom", joined by ";".

    None when nothing was pointed at. Raises BadPlaces.
    """
    if not places:
        return None
    try:
        found = [_place(part, PageKind(kind)) for part in places.split(";")]
    except ValueError:
        raise BadPlaces from None
    documents = {document for document, _ in found}
    if len(documents) != 1 or len(found) > MOST_PLACES:
        raise BadPlaces
    return Evidence(
        Origin.TYPED, text=text, places=tuple(place for _, place in found), document_id=documents.pop(), person=person)
