"""Order lines in running text: "20 x KX-4 hinge", "- Hinge (KX-4): 20 pcs", "two boxes of blue gloves and 3 rolls of tape"."""

from extraction.lines.prose.answered import Answer, answered, numbered_goods
from extraction.lines.prose.delimited import read_delimited
from extraction.lines.prose.read import Said, read_prose, speech_of, spoken_language
from extraction.lines.prose.subject import read_subject

__all__ = [
    "Answer", "Said", "answered", "numbered_goods", "read_delimited", "read_prose", "read_subject", "speech_of",
    "spoken_language",
]
