"""The error tree. Each error carries a stable code and a sentence that says what to do next.

ServiceError
├── InputError      the sender's document or request is at fault  → 4xx, or the document goes to review
├── ConflictError   someone else moved first                      → 409, reload and look again
├── TransientError  may work later (IMAP down, ERP 503)           → the work is tried again with backoff
└── DefectError     our bug; never caught, always alerts          → 500
"""


class ServiceError(Exception):
    """Root of everything Ordermill raises on purpose. `code` is stable; `sentence` is for people."""

    code = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class InputError(ServiceError):
    """The bytes, document or request we were given cannot be used as they are."""

    code = "bad_input"


class NotFound(InputError):
    """The thing asked for does not exist, or not for this user."""

    code = "not_found"


class Forbidden(InputError):
    """The user is known but may not do this."""

    code = "forbidden"


class ConflictError(ServiceError):
    """Somebody else moved first; look again before deciding."""

    code = "conflict"


class TransientError(ServiceError):
    """Worth trying again later without changing anything."""

    code = "try_again"


class DefectError(ServiceError):
    """A promise of our own code is broken."""

    code = "defect"
