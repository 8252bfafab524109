"""How mail programs and people mark quotes, forwards, closings and small print, in English, German, French, Spanish, Dutch,
Italian and Polish. Patterns only; `mail_parts` says what follows from them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LABELS: Mapping[str, str] = {
    "from": r"from|von|de|da|van|od|expéditeur|remitente|mittente|afzender|nadawca",
    "date": r"sent|date|gesendet|datum|envoyé(?: le)?|enviado(?: el)?|fecha|verzonden|inviato|data|wysłan[oey]",
    "to": r"to|an|à|a|para|per|aan|naar|do|destinataire|destinatario|adresat",
    "subject": r"subject|betreff|objet|asunto|onderwerp|oggetto|temat",
    "other": r"b?cc|kopie|copie|copia|kopia|dw|udw|reply-to|antwort an|importance|wichtigkeit|importancia|priorità|priority|"
             r"attachments?|anlagen?|anhänge|pièces jointes|adjuntos|allegati|bijlagen|załączniki",
}
_LABEL = re.compile(
    r"^\*?\s*(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items()) + r")\s*\*?\s*:\*?\s*(?P<value>.*)$",
    re.IGNORECASE)

_RULE = r"^[-_=*~\s]*"
_END = r"[-_=*~:\s]*$"
FORWARDED = re.compile(
    _RULE + r"(?:(?:begin(?: of)?\s+)?forwarded message|(?:anfang der\s+)?weitergeleiteten? (?:e-?mail|nachricht)|"
    r"(?:début du\s+)?message (?:transféré|réexpédié)|(?:inicio del\s+)?mensaje reenviado|(?:begin\s+)?doorgestuurd bericht|"
    r"(?:inizio(?: del)?\s+)?messaggio inoltrato|(?:początek\s+)?(?:przekazan[ae]j? wiadomoś\w+|wiadomoś\w+ przekazan\w+)|"
    r"(?:forwarded|weitergeleitet|transféré|reenviado|inoltrato) (?:by|von|par|por|da)\b.{1,80}?"
    r"(?:\b(?:on|am|le|el|il)\b.{4,40})?)"
    + _END, re.IGNORECASE)
"""A line that says: what follows was passed on."""

ORIGINAL = re.compile(
    _RULE + r"(?:original (?:message|appointment)|(?:ursprüngliche|original)[ -]?nachricht|message d['’]origine|message initial|"
    r"mensaje original|oorspronkelijk bericht|messaggio originale|(?:oryginalna wiadomość|wiadomość oryginalna))" + _END,
    re.IGNORECASE)
"""A line that says: what follows was answered (or, by some programs, passed on)."""

_WROTE = r"(?:wrote|schrieb|a écrit|escribió|schreef|ha scritto|napisał(?:\(?a\)?)?|pisze)"
WROTE = re.compile(rf"^(?:on|am|le|el|il|op|dnia|w dniu)\b.{{6,200}}\b{_WROTE}\b[^:]{{0,100}}:\s*$", re.IGNORECASE)
"""The line above a quote: "On 3 May 2026 Ann wrote:"; programs wrap it."""

NAME_WROTE = re.compile(rf"^.{{4,160}}\b{_WROTE}\b(?:\s+(?:on|am|le|el|il|op)\b[^:]{{6,60}}(?::\d\d)?)?\s*:\s*$", re.IGNORECASE)
"""The same with the name first: "Ann <ann@buyer.example> wrote:"."""

ADDRESS = re.compile(r"[\w.+'’-]+@[\w-]+(?:\.[\w-]+)+")

_REPLY = re.compile(r"^\s*(?:re|aw|antw(?:ort)?|sv|r|rif|odp|rép)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_PASSED_ON = re.compile(r"^\s*(?:fwd?|wg|tr|rv|i|doorst|pd)\s*:", re.IGNORECASE)

CLOSING = re.compile(
    r"^(?:--\s*$|"
    r"(?:(?:many |with |best |kind(?:est)? |warm(?:est)? )*(?:regards|wishes|thanks)|thank you|cheers|"
    r"yours (?:\w+ ?){1,2}|sincerely(?: yours)?)"
    r"(?: (?:a lot|so much|very much|in advance|again|and (?:(?:best|kind) )?regards))?[\s,.!]*(?-i:[A-Z][\w.'’-]+[\s,.]*){0,3}$|"
    r"(?:mit )?(?:freundlichen?|besten?|herzlichen?|vielen?|schönen?|liebe) (?:grüßen?|gruß|grüssen?|gruss)\b.{0,30}$|"
    r"(?:gruß|gruss|grüße|grüsse)\b.{0,20}$|danke(?: schön| sehr)?[\s,.!]*$|"
    r"(?:vielen |besten )?dank(?: im voraus| und .{3,30})?[\s,.!]*$|(?:mfg|lg|vg|hochachtungsvoll)[\s,.!]*$|"
    r"(?:bien )?cordialement|(?:meilleures |sincères )?salutations|bien à vous|merci(?: d['’]avance| beaucoup)?[\s,.!]*$|"
    r"veuillez agréer|"
    r"(?:un |cordiales |atentos )?saludos?\b|atentamente|(?:muchas )?gracias(?: de antemano)?[\s,.!]*$|"
    r"met (?:vriendelijke|hartelijke) groet|(?:vriendelijke |hartelijke )?groet(?:en|jes)?[\s,.!]*(?:\w+\s*){0,2}$|"
    r"(?:alvast )?(?:hartelijk )?bedankt[\s,.!]*$|mvg[\s,.!]*$|"
    r"(?:cordiali |distinti |cari )saluti|saluti[\s,.!]*$|(?:mille )?grazie(?: mille| in anticipo)?[\s,.!]*$|in fede[\s,.!]*$|"
    r"z (?:poważaniem|wyrazami szacunku)|(?:serdecznie )?pozdrawiam(?:y)?\b|(?:serdecznie )?dziękuję(?: z góry)?[\s,.!]*$)",
    re.IGNORECASE)
"""The line a letter ends with. Thanks for something is no closing: that is how letters begin."""

SMALL_PRINT = re.compile(
    r"\b(?:this (?:e-?mail|message|communication)\b.{0,80}\b(?:confidential|privileged|intended (?:only|solely|for the))|"
    r"(?:e-?mail|message) (?:and|including) (?:any|its|all) attachments?\b|confidentiality (?:notice|note)|disclaimer\s*:|"
    r"(?:please )?(?:consider|think of) the environment|diese (?:e-?mail|nachricht)\b.{0,80}\b(?:vertraulich|bestimmt)|"
    r"vertraulichkeits?hinweis|umwelt\b.{0,60}\b(?:drucken|ausdruck)|"
    r"ce (?:message|courriel|mail)\b.{0,80}\b(?:confidentiel|destin)|avant d['’]imprimer|"
    r"este (?:mensaje|correo)\b.{0,80}\b(?:confidencial|destinad|dirigid)|aviso (?:legal|de confidencialidad)|"
    r"antes de imprimir|(?:dit (?:e-?mail)?bericht|deze e-?mail)\b.{0,80}\b(?:vertrouwelijk|bestemd)|"
    r"(?:questo messaggio|questa e-?mail|il presente messaggio|la presente e-?mail)\b.{0,80}\b(?:riservat|confidenzial|destinat)|"
    r"prima di stampare|(?:niniejsz[ay]|ta) wiadomość\b.{0,80}\b(?:poufn|przeznaczon)|klauzula (?:poufności|informacyjna))|"
    r"^(?:sent from my|get outlook for|von meinem \w+ gesendet|gesendet mit|outlook für|envoyé de(?:puis)? mon|enviado desde mi|"
    r"(?:verzonden|verstuurd) vanaf mijn|inviato da(?:l mio)? \w*phone|wysłane z)\b", re.IGNORECASE)
"""The first line of a disclaimer, or what a telephone adds."""

CONTACT = re.compile(
    r"(?:\b(?:tel|phone|fon|telefon|teléfono|téléphone|telefono|mobile|mobil|móvil|cell|cellulare|gsm|kom|fax)\b\.?\s*[:.]?\s*[+(]?\d|"
    r"^(?:t|m|f|e|w|d)\s*[.:|]\s*(?:[+(]?\d|\S+@|www)|\bwww\.|https?://|[\w.+-]+@[\w-]+\.\w|"
    r"\b(?:hrb?\s*\d|amtsgericht|geschäftsführer(?:in)?|registered (?:office|in)|company (?:no|number|reg)|siret|siren|rcs\b|kvk|"
    r"registro mercantil|reg\.? imprese|krs\b|regon)\b)", re.IGNORECASE)
"""What stands in the contact block of a signature."""

AFTERTHOUGHT = re.compile(r"^(?:p\.?\s?s\.?|n\.?b\.?|post ?scriptum)\s*[:.\-–]?\s+\S", re.IGNORECASE)
"""What people add below their name belongs to the letter."""


def label_of(text: str) -> tuple[str, str] | None:
    """(kind, value) when the line is a field of a mail's header as programs quote it: from, date, to, subject, other."""
    found = _LABEL.match(text)
    if not found:
        return None
    kind = next(kind for kind in _LABELS if found[kind] is not None)
    return kind, found["value"].strip()


def is_reply(subject: str | None) -> bool:
    """True when the subject says that the mail answers another."""
    return bool(_REPLY.match(subject or ""))


def is_forward(subject: str | None) -> bool:
    """True when the subject says that the mail passes another on."""
    return bool(_PASSED_ON.match(subject or ""))
