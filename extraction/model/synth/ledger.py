"""The table of a statement of account: invoices with dates, amounts and a running balance, which no order line is."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.conventions import Conventions
from extraction.model.synth.form_table import Column, FormLine, Row
from extraction.model.synth.orders import Order
from extraction.model.synth.papers import number_labels


def ledger(rng: random.Random, order: Order, con: Conventions) -> tuple[tuple[Column, ...], tuple[FormLine, ...], Decimal]:
    """Columns, rows and the balance."""
    language = order.customer.language
    columns = (
        Column("date", (labels("order_date", language)[0],), "left", "left"),
        Column("code", (rng.choice(number_labels("invoice", language)),), "left", "left"),
        Column("due", tuple(words.phrases(language, "col_due")), "left", "left"),
        Column("amount", (labels("lines.amount", language)[0],), "right", "right"),
        Column("balance", tuple(words.phrases(language, "col_balance")), "right", "right"),
    )
    lines, balance = [], Decimal(0)
    for _ in range(rng.randrange(2, 14)):
        day = order.order_date - timedelta(days=rng.randrange(10, 120))
        amount = Decimal(rng.randrange(2000, 900000)) / 100
        balance += amount
        texts = {"date": con.date(day), "code": f"{rng.randrange(10**6):06d}", "due": con.date(day + timedelta(days=30)),
                 "amount": con.money(amount), "balance": con.money(balance)}
        lines.append(FormLine("note", (Row({key: ((text, None),) for key, text in texts.items()}),)))
    return columns, tuple(lines), balance
