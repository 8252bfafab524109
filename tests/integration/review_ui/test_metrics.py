"""The page of metrics."""

from __future__ import annotations

from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.shipments import sell


def test_the_page_shows_charts_with_their_figures_as_tables(desk: Desk, visit: Visit) -> None:
    vera = visit("vera")
    assert "No orders in this period" in vera.get("/metrics").text
    with desk.db.write() as db:
        sell(db)
    page = vera.get("/metrics?days=1096").text
    assert page.count("<svg class=\"chart") >= 2 and "WID-1" in page and "Reorder point" in page
    assert vera.get("/metrics?days=1096&sku=NOPE").status_code == 404
    answer = vera.get("/metrics.csv?days=1096")
    assert answer.headers["content-type"].startswith("text/csv") and "WID-1" in answer.text
