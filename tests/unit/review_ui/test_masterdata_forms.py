"""Every column of an import has its field in the forms, so that nothing can be imported that cannot be seen."""

from __future__ import annotations

import pytest

from matching.masterdata.customers import FIELDS as CUSTOMER_FIELDS
from matching.masterdata.edit import ADDRESS_COLUMNS, CONTACT_COLUMNS, PRICE_COLUMNS
from matching.masterdata.records import ITEM_COLUMNS
from review_ui.presenters import masterdata as forms


@pytest.mark.parametrize(("columns", "shown"), [
    ([f.column for f in CUSTOMER_FIELDS], [f.column for g in forms.CUSTOMER for f in g.fields]),
    (ITEM_COLUMNS, [f.column for g in forms.ITEM for f in g.fields]),
    (CONTACT_COLUMNS, [f.column for f in forms.CONTACT]),
    (ADDRESS_COLUMNS, [f.column for f in forms.ADDRESS]),
    (PRICE_COLUMNS, ["sku", *(f.column for f in forms.PRICE)]),
], ids=["customer", "item", "contact", "address", "price"])
def test_every_column_has_one_field(columns: list[str], shown: list[str]) -> None:
    assert sorted(columns) == sorted(shown)
