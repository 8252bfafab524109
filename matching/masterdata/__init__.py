"""Import of master data. Idempotent; bad rows are refused, the rest goes in; what changed is told."""

from matching.masterdata.closed_days import import_closed_days
from matching.masterdata.customers import import_customers
from matching.masterdata.items import import_items
from matching.masterdata.minimums import import_minimums
from matching.masterdata.part_numbers import import_part_numbers
from matching.masterdata.prices import import_prices
from matching.masterdata.substitutes import import_substitutes

__all__ = [
    "import_closed_days", "import_customers", "import_items", "import_minimums", "import_part_numbers", "import_prices",
    "import_substitutes",
]
