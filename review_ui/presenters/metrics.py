"""Metrics as figures, charts and a table that may leave the house. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

from oms.metrics.outlook import Outlook
from oms.metrics.service import Metrics
from review_ui.charts import Chart, over_time, percent, plain, ranked_bars
from review_ui.language import N_
from runtime.exports import safe_cell

SHOWN_WEEKS = 26
PERIODS = (30, 90, 365)


def figures(m: Metrics) -> tuple[tuple[str, str], ...]:
    """(what, how much) for the head of the page; the words are translated where they are shown."""
    return (
        (N_("New orders"), f"{m.new:,}"), (N_("Open now"), f"{m.open:,}"), (N_("Late now"), f"{m.late:,}"),
        (N_("Fulfilled"), f"{m.fulfilled:,}"),
        (N_("Fill rate"), _share(m.fill_rate)), (N_("Return rate"), _share(m.return_rate)),
        (N_("Order to shipment"), "–" if m.days_to_ship is None else f"{plain(round(m.days_to_ship, 1))} d"))


def flow_chart(m: Metrics) -> Chart:
    """Orders taken and shipments sent, by week."""
    return over_time(
        [week.monday.isoformat() for week in m.weeks],
        [(N_("Orders"), [week.new for week in m.weeks]), (N_("Shipments"), [week.shipped for week in m.weeks])])


def popular_chart(m: Metrics) -> Chart:
    """The items most wanted, in base units."""
    return ranked_bars([(item.sku, float(item.wanted)) for item in m.popular[:10]])


def outlook_chart(outlook: Outlook) -> Chart:
    """What was wanted, and what will be between which bounds."""
    history = outlook.history[-SHOWN_WEEKS:]
    ahead = len(outlook.forecast.mean)
    mondays = list(outlook.mondays[-SHOWN_WEEKS:])
    coming = range(1, ahead + 1)
    labels = [day.isoformat() for day in mondays] + [
        (mondays[-1] + timedelta(weeks=n)).isoformat() if mondays else f"+{n}" for n in coming]
    gap: list[float | None] = [None] * len(history)
    return over_time(labels, [
        (N_("Wanted"), [*history, *[None] * ahead]), (N_("Forecast"), [*gap, *outlook.forecast.mean]),
        (N_("At least"), [*gap, *outlook.forecast.low]), (N_("At most"), [*gap, *outlook.forecast.high])])


def as_csv(outlooks: Sequence[Outlook]) -> bytes:
    """The restock table; UTF-8 with a mark, so that spreadsheets read it, and no cell of it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("sku", "description", "unit", "position", "cover_days", "reorder_point", "order", "method"))
    for o in outlooks:
        writer.writerow([safe_cell(cell) for cell in (
            o.item.sku, o.item.description, o.item.base_uom, f"{o.item.position:f}",
            "" if o.item.cover_days is None else str(o.item.cover_days), f"{o.restock.point:f}", f"{o.restock.order:f}",
            o.forecast.method)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _share(rate: float | None) -> str:
    return "–" if rate is None else percent(rate)
