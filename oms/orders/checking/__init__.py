"""Holds the house's own rules place on orders, when they are accepted and when they are changed."""
