"""Orders merged into one and split into several. Lines move with what is reserved for them, and can come back."""
