"""ANSI X12: the 850 purchase order and the 860 purchase order change."""
