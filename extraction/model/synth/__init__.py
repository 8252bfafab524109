"""Generated orders with their truth: an invented company, what its customers order, and the papers they send it on."""
