"""Import of master data: customers, items, prices, customer part numbers. Idempotent; bad rows are refused, the rest goes in."""

from matching.masterdata.customers import import_customers
from matching.masterdata.items import import_items
from matching.masterdata.part_numbers import import_part_numbers
from matching.masterdata.prices import import_prices

__all__ = ["import_customers", "import_items", "import_part_numbers", "import_prices"]
