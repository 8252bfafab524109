"""Codecs only, pure: bytes ↔ domain for X12, EDIFACT, TRADACOMS and UBL."""
