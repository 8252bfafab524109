"""What a reviewer does, in terms of the matching room."""

from __future__ import annotations

from models.domain.evidence import Evidence
from review_ui.services import Services
from runtime.accounts import SignedIn


def claim(services: Services, case_id: int, user: SignedIn) -> None:
    """Take the case, or hold it for longer. Raises ConflictError naming who has it."""


def release(services: Services, case_id: int, user: SignedIn) -> None:
    """Let go."""


def correct(
    services: Services, case_id: int, version: int, path: str, value: str, user: SignedIn, evidence: Evidence | None,
) -> None:
    """Set one value."""


def undo(services: Services, case_id: int, version: int, user: SignedIn) -> None:
    """Take the last correction back."""


def approve(services: Services, case_id: int, version: int, user: SignedIn) -> None:
    """Approve."""


def reject(services: Services, case_id: int, version: int, reason: str, user: SignedIn) -> None:
    """Reject."""


def reopen(services: Services, case_id: int, user: SignedIn) -> None:
    """Reopen."""
