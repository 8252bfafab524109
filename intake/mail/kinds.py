"""What a mail is before anybody reads it. Wrongly ignoring an order is worse than reading an answer, so weak signs need company.

"Auto-Submitted: auto-generated", null return paths and "Precedence: bulk" are no verdicts: purchasing systems send orders so.
"""

from __future__ import annotations

import re

from intake.mail.headers import Headers
from models.domain.messages import MailKind

OWN_MARK = "x-ordermill"
"""Header that every mail Ordermill sends carries."""

_AUTOMATIC_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply")
_AUTOMATIC_SUBJECT = re.compile(
    r"\s*(re:|aw:)?\s*(auto(matic|matische|matisch)?[ -:]*(reply|response|antwort)|automatic reply|out of (the )?office|"
    r"abwesenheit|abwesend|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|"
    r"risposta automatica|fuori ufficio|automatisch antwoord|afwezig|odpowiedź automatyczna|autosvar)", re.IGNORECASE)
_DAEMONS = ("mailer-daemon", "postmaster", "mail-daemon")


def classify(headers: Headers, *, own_addresses: frozenset[str], has_attachment: bool) -> MailKind:
    """The kind of a mail by its headers. `own_addresses` in lower case; `has_attachment`: a file that is no picture."""
    sender = headers.address("from")[1] or ""
    if headers.get(OWN_MARK) is not None or sender in own_addresses:
        return MailKind.OWN
    media_type, parameters = headers.parameters("content-type")
    if media_type == "multipart/report":
        is_receipt = parameters.get("report-type", "").lower() == "disposition-notification"
        return MailKind.AUTO_REPLY if is_receipt else MailKind.BOUNCE
    has_null_path = (headers.get("return-path") or "").strip() == "<>"
    if has_null_path and sender.partition("@")[0] in _DAEMONS:
        return MailKind.BOUNCE
    if _is_auto_reply(headers, has_null_path=has_null_path, has_attachment=has_attachment):
        return MailKind.AUTO_REPLY
    return MailKind.ORDINARY


def _is_auto_reply(headers: Headers, *, has_null_path: bool, has_attachment: bool) -> bool:
    if headers.parameters("auto-submitted")[0].startswith("auto-replied"):
        return True
    if any((headers.get(name) or "no").strip().lower() != "no" for name in _AUTOMATIC_HEADERS):
        return True
    precedence = (headers.get("precedence") or "").strip().lower()
    if precedence == "auto_reply":
        return True
    looks_so = _AUTOMATIC_SUBJECT.match(headers.text("subject") or "") is not None
    hints = has_null_path or precedence in ("bulk", "junk") or headers.get("x-auto-response-suppress") is not None \
        or headers.get("auto-submitted") not in (None, "no")
    return looks_so and hints and not has_attachment
