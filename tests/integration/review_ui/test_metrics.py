"""The page of metrics."""

from __future__ import annotations

from sqlalchemy import update

from models.tables.orders import SalesOrderRow
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


def test_rates_are_listed_entered_and_corrected(desk: Desk, visit: Visit) -> None:
    vera, anna = visit("vera"), visit("anna")
    assert "No rate yet" in vera.get("/exchange-rates").text and "Keep the rate" not in vera.get("/exchange-rates").text
    with desk.db.write() as db:
        sell(db)
        db.execute(update(SalesOrderRow).values(currency="USD"))
    assert "Orders in USD that have no rate: 1." in anna.get("/exchange-rates").text
    rate = {"currency": "usd", "day": "2020-01-02", "rate": "0,91", "source": "Central bank"}
    saved = anna.post("/exchange-rates", data=rate).text
    assert "USD is worth 0.91 EUR from 2020-01-02 on." in saved and "have no rate" not in saved
    corrected = anna.post("/exchange-rates", data=rate | {"rate": "0.92", "source": "Our bank"}).text
    assert "Our bank" in corrected and "Central bank</td>" not in corrected and "Anna Approver" in corrected
    assert anna.post("/exchange-rates", data=rate | {"rate": "much"}).status_code == 422
