"""Mails to customers: what one is, and the sender that carries it."""
