"""Changes of orders before the goods leave: decided in one pure place, applied in one transaction."""
