"""What an API token may be allowed to do: `noun:read` to look, `noun:write` to change."""

from __future__ import annotations

SCOPES = (
    "intake:write", "intake:read", "cases:read", "cases:write", "cases:approve", "orders:read", "orders:write",
    "exceptions:read", "exceptions:write", "learned:read", "learned:write", "policy:read",
    "masterdata:read", "masterdata:write", "webhooks:read", "webhooks:write", "letters:read",
    "letters:write",
    "returns:read", "returns:write", "billing:read", "billing:write", "metrics:read",
    "fulfilment:read", "fulfilment:write",
    "stock:read", "stock:write", "retention:read", "retention:write",
    "erp:read", "erp:write",
)
