"""How one document looks: typeface, sizes, colours, margins, and how it breaks over pages."""

from __future__ import annotations

import random
from dataclasses import dataclass

from extraction.model.synth.form_parts import Form
from extraction.model.synth.pdf.fonts import draw_face
from extraction.model.synth.pdf.sheet import BLACK, ORDERS, Color

ACCENTS: tuple[Color, ...] = ((0.1, 0.25, 0.5), (0.5, 0.1, 0.1), (0.1, 0.4, 0.25), (0.3, 0.3, 0.3), (0.7, 0.4, 0), BLACK, BLACK)


@dataclass(frozen=True, slots=True)
class Look:
    """Sizes and margins in points. `word_order` is the order of the text layer, `drift` how far typed columns wander."""

    font: str
    bold: str
    size: float
    title_size: float
    name_size: float
    accent: Color
    label_color: Color
    margin: float
    leading: float
    padding: float
    word_order: str
    drift: float
    repeat_header: bool
    carry_forward: bool
    keep_rows: bool
    title_spacing: float
    boxed_parties: bool
    turned: bool


def draw_look(rng: random.Random, form: Form) -> Look:
    """Draw the looks of one document; typed and run-together tables are in fixed pitch more often."""
    typed = form.layout.row_shape in {"typed", "run_together"}
    font, bold = draw_face(rng, "pl" if form.other == "pl" else form.language, mono=rng.random() < (0.8 if typed else 0.08))
    mono = font in {"Courier", "cascadia", "ubuntm"}
    size = rng.choice((7.0, 7.5, 8.0, 8.0, 8.5, 9.0, 9.0, 10.0)) - (1 if mono else 0)
    accent = rng.choice(ACCENTS)
    return Look(
        font, bold, size, rng.choice((size + 2, 14.0, 18.0, 24.0)), rng.choice((size, 12.0, 15.0, 20.0)), accent,
        accent if rng.random() < 0.25 else BLACK, rng.uniform(18, 62), rng.uniform(1.16, 1.45), rng.uniform(2, 5),
        rng.choices(ORDERS, (9, 2, 1, 1, 0.5))[0], rng.uniform(2, 8) if form.layout.row_shape == "typed" else 0.0,
        rng.random() < 0.75, rng.random() < 0.2, rng.random() < 0.85, 3.0 if rng.random() < 0.08 else 0.0,
        form.layout.header in {"boxes", "form", "cards"} or rng.random() < 0.15, rng.random() < 0.02,
    )
