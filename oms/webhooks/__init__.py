"""Webhooks per the Standard Webhooks specification: signed, repeated until taken, never into our own network."""
