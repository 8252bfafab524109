"""Machinery every room uses: settings, database, blobs, audit, log, clock, sandbox, durable work."""
