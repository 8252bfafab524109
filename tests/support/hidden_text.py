"""PDFs in which a false order hides behind a true one, one trick each; and honest PDFs that look suspicious.

Every page shows `SHOWN`; a hidden page also holds `TRAP` in its text layer, where no person sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from extraction.formats.mupdf import pymupdf

SHOWN = ("Purchase", "order", "4711", "Quantity", "12", "pieces")
TRAP = "TRAP-900"
OVERTYPED = "REAL-12"                 # printed over the trap by one trick
_WIDTH, _HEIGHT = 400, 300
_X, _Y = 60, 150                       # where the trap stands

_HONEST = b"BT /F1 11 Tf 60 250 Td (Purchase order 4711) Tj 0 -20 Td (Quantity 12 pieces) Tj ET\n"
_TRAP = b"(TRAP-900) Tj"
_AT = b"BT /F1 11 Tf 60 150 Td "
_PLAIN = _AT + _TRAP + b" ET\n"
_BOX = b"55 145 80 18 re f\n"


@dataclass(frozen=True, slots=True)
class Trick:
    """Page contents and what they need: resources (PDF source), further objects that `{0}`, `{1}` … in them refer to."""

    contents: bytes
    resources: str = ""
    objects: tuple[tuple[str, bytes | None], ...] = ()
    catalog: str = ""
    after: Callable[[object], None] | None = None


def document(trick: Trick) -> bytes:
    """One page with the honest words and the trick."""
    with pymupdf.open() as made:
        page = made.new_page(width=_WIDTH, height=_HEIGHT)
        font = _object(made, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>", None)
        numbers: list[str] = []
        for source, stream in trick.objects:
            numbers.append(f"{_object(made, _filled(source, numbers), stream)} 0 R")
        body = made.get_new_xref()
        made.update_object(body, "<<>>")
        made.update_stream(body, _HONEST + trick.contents)
        made.xref_set_key(page.xref, "Contents", f"{body} 0 R")
        resources = _filled(trick.resources, numbers)
        made.xref_set_key(page.xref, "Resources", f"<</Font<</F1 {font} 0 R>>{resources}>>")
        if trick.catalog:
            made.xref_set_key(made.pdf_catalog(), "OCProperties", _filled(trick.catalog, numbers))
        if trick.after:
            trick.after(made[0])
        return bytes(made.tobytes())


def _object(made: pymupdf.Document, source: str, stream: bytes | None) -> int:
    xref = int(made.get_new_xref())
    made.update_object(xref, source)
    if stream is not None:
        made.update_stream(xref, stream)
    return xref


def _filled(source: str, numbers: list[str]) -> str:
    for n, number in enumerate(numbers):
        source = source.replace(f"{{{n}}}", number)
    return source


def _painted(colour: bytes, before: bytes = b"") -> Trick:
    return Trick(before + colour + b"\n" + _PLAIN)


def _covered(cover: bytes, resources: str = "", *objects: tuple[str, bytes | None]) -> Trick:
    return Trick(_PLAIN + cover, resources, objects)


def _state(keys: str, contents: bytes = b"/G gs " + _PLAIN) -> Trick:
    return Trick(b"q " + contents + b" Q\n", f"/ExtGState<</G<<{keys}>>>>")


def _form(stream: bytes, contents: bytes, keys: str = "", resources: str = "") -> Trick:
    source = f"<</Type/XObject/Subtype/Form/BBox[0 0 {_WIDTH} {_HEIGHT}]{keys}{_FONTS}>>"
    return Trick(contents, "/XObject<</X {0}>>" + resources, ((source, stream),))


def _picture(grey: int, width: int = 4) -> tuple[str, bytes]:
    source = f"<</Type/XObject/Subtype/Image/Width {width}/Height 4/ColorSpace/DeviceGray/BitsPerComponent 8>>"
    return source, bytes([grey] * (4 * width))


def _layer(off: str, contents: bytes, resources: str) -> Trick:
    return Trick(contents, resources, (("<</Type/OCG/Name(Draft)>>", None),), f"<</OCGs[{{0}}]/D<<{off}>>>>")


def _annotated(add: Callable[[object], None], contents: bytes = b"") -> Trick:
    return Trick(contents, after=add)


_FONTS = "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
_IMAGE_BOX = b"q 80 0 0 18 55 145 cm /I Do Q\n"
_WHITE_FORM = _PLAIN.replace(b"BT", b"1 g BT")
_SHADING = "/Shading<</S<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 1 0]/Extend[true true]/Function" \
           "<</FunctionType 2/Domain[0 1]/C0[1]/C1[1]/N 1>>>>>>"
_TILE = ("<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<<>>>>",
         b"1 g 0 0 9 9 re f")
_TYPE3 = ("<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 45/LastChar 90/Widths["
          + "600 " * 46 + "]/Encoding<</Type/Encoding/Differences[45/a" + "/a" * 45 + "]>>/CharProcs<</a {0}>>/ToUnicode {1}>>")
_SAME = b"1 begincodespacerange <00><ff> endcodespacerange 1 beginbfrange <2d><5a><002d> endbfrange"
_CMAP = b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap " + _SAME + b" endcmap end end"


def _free_text(page: object, **options: object) -> None:
    page.add_freetext_annot((_X, 130, _X + 90, 150), TRAP, fontsize=11, **options)  # type: ignore[attr-defined]


def _white_note(page: object) -> None:
    _free_text(page, text_color=(1, 1, 1))


def _covering_note(page: object) -> None:
    page.add_freetext_annot((50, 130, 150, 165), " ", fill_color=(1, 1, 1))  # type: ignore[attr-defined]


def _covering_square(page: object) -> None:
    square = page.add_rect_annot((50, 130, 150, 165))  # type: ignore[attr-defined]
    square.set_colors(stroke=(1, 1, 1), fill=(1, 1, 1))
    square.update()


def _cropped(page: object) -> None:
    page.set_cropbox((0, 0, _WIDTH, 140))  # type: ignore[attr-defined]


TRICKS: dict[str, Trick] = {
    # not painted
    "invisible": Trick(_AT + b"3 Tr " + _TRAP + b" 0 Tr ET"),
    "clip only": Trick(b"q " + _AT + b"7 Tr " + _TRAP + b" ET Q"),
    "invisible in a form": _form(_AT + b"3 Tr " + _TRAP + b" ET", b"/X Do"),
    "clear": _state("/ca 0/CA 0"),
    "almost clear": _state("/ca .04"),
    "faint": _state("/ca .11"),
    "clear outline": _state("/CA 0", b"/G gs " + _AT + b"1 Tr " + _TRAP + b" ET"),
    "clear form": _form(_PLAIN, b"q /G gs /X Do Q", "/Group<</S/Transparency>>", "/ExtGState<</G<</ca 0>>>>"),
    "masked": Trick(
        b"q /G gs " + _PLAIN + b" Q", "/ExtGState<</G<</SMask<</Type/Mask/S/Luminosity/G {0}>>>>>>",
        ((f"<</Type/XObject/Subtype/Form/BBox[0 0 {_WIDTH} {_HEIGHT}]/Group<</S/Transparency/CS/DeviceGray>>>>",
          b"0 g 0 0 400 300 re f"),)),
    "blank glyphs": Trick(
        b"BT /T 11 Tf 60 150 Td " + _TRAP + b" ET", "/Font<</T {2}>>",
        (("<<>>", b"600 0 d0"), ("<<>>", _CMAP), (_TYPE3, None))),
    # too small
    "tiny": Trick(b"BT /F1 0.5 Tf 60 150 Td " + _TRAP + b" ET"),
    "scaled down": Trick(b"BT /F1 11 Tf .03 0 0 .03 60 150 Tm " + _TRAP + b" ET"),
    "space scaled down": Trick(b"q .03 0 0 .03 0 0 cm BT /F1 11 Tf 2000 5000 Td " + _TRAP + b" ET Q"),
    "squeezed": Trick(_AT + b"1 Tz " + _TRAP + b" ET"),
    "flattened": Trick(b"BT /F1 11 Tf 1 0 0 .02 60 150 Tm " + _TRAP + b" ET"),
    # in the colour of the paper
    "white": _painted(b"1 g"),
    "white in RGB": _painted(b"1 1 1 rg"),
    "white in CMYK": _painted(b"0 0 0 0 k"),
    "white ink by name": Trick(
        b"/W cs 0 scn " + _PLAIN,
        "/ColorSpace<</W[/Separation/Spot/DeviceGray<</FunctionType 2/Domain[0 1]/C0[1]/C1[0]/N 1>>]>>"),
    "nearly white": _painted(b".93 .95 .94 rg"),
    "pale yellow": _painted(b"1 1 .93 rg"),
    "white outline": Trick(b"1 G " + _AT + b"1 Tr " + _TRAP + b" ET"),
    "white both": Trick(b"1 G 1 g " + _AT + b"2 Tr " + _TRAP + b" ET"),
    "white pattern": Trick(b"/Pattern cs /P scn " + _PLAIN, "/Pattern<</P {0}>>", (_TILE,)),
    "white in a form": _form(_WHITE_FORM, b"/X Do"),
    "white twice nested": Trick(
        b"/Y Do", "/XObject<</Y {1}>>",
        ((f"<</Type/XObject/Subtype/Form/BBox[0 0 400 300]{_FONTS}>>", _WHITE_FORM),
         ("<</Type/XObject/Subtype/Form/BBox[0 0 400 300]/Resources<</XObject<</X {0}>>>>>>", b"/X Do"))),
    "black on black": _painted(b"0 g", b"0 g " + _BOX),
    "blue on blue": _painted(b"0 0 .5 rg", b"0 0 .52 rg " + _BOX),
    "grey on grey": _painted(b".5 g", b".52 g " + _BOX),
    "white on a white box on a grey page": _painted(b"1 g", b".8 g 0 100 400 100 re f 1 g " + _BOX),
    "black on a black circle": _painted(b"0 g", b"0 g 40 155 m 40 220 180 220 180 155 c 180 90 40 90 40 155 c f "),
    "white on a white picture": Trick(_IMAGE_BOX + b"1 g " + _PLAIN, "/XObject<</I {0}>>", (_picture(255),)),
    "black on a black picture": Trick(_IMAGE_BOX + b"0 g " + _PLAIN, "/XObject<</I {0}>>", (_picture(0),)),
    "white on a white shading": Trick(b"q " + _BOX.replace(b"f\n", b"W n ") + b"/S sh Q 1 g " + _PLAIN, _SHADING),
    "white on an inline picture": _painted(
        b"1 g", b"q 80 0 0 18 55 145 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q "),
    "white note": _annotated(_white_note),
    # painted over
    "under a white box": _covered(b"1 g " + _BOX),
    "under a black box": _covered(b"0 g " + _BOX),
    "under two boxes": _covered(b"1 g 55 145 40 18 re f 95 145 40 18 re f"),
    "under a polygon": _covered(b"1 g 50 140 m 140 140 l 150 155 l 140 170 l 50 170 l f"),
    "under a circle": _covered(b"1 g 40 155 m 40 220 180 220 180 155 c 180 90 40 90 40 155 c f"),
    "under a thick line": _covered(b"1 G 20 w 50 154 m 150 154 l S"),
    "under a line of a thick state": Trick(_PLAIN + b"/G gs 1 G 50 154 m 150 154 l S", "/ExtGState<</G<</LW 20>>>>"),
    "under a scaled line": _covered(b"q 20 0 0 20 0 0 cm 1 G 1 w 2.5 7.7 m 7.5 7.7 l S Q"),
    "under a picture": _covered(_IMAGE_BOX, "/XObject<</I {0}>>", _picture(230)),
    "under an inline picture": _covered(b"q 80 0 0 18 55 145 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xe0 EI Q"),
    "under a picture mask": _covered(
        b"q 1 g 80 0 0 18 55 145 cm /I Do Q", "/XObject<</I {0}>>",
        ("<</Type/XObject/Subtype/Image/Width 8/Height 1/ImageMask true/BitsPerComponent 1>>", b"\x00")),
    "under a shading": _covered(b"q " + _BOX.replace(b"f\n", b"W n ") + b"/S sh Q", _SHADING),
    "under a pattern": _covered(b"/Pattern cs /P scn " + _BOX, "/Pattern<</P {0}>>", _TILE),
    "under a form": Trick(_PLAIN + b"/X Do", "/XObject<</X {0}>>",
                          (("<</Type/XObject/Subtype/Form/BBox[0 0 400 300]>>", b"1 g " + _BOX),)),
    "under an almost opaque box": Trick(_PLAIN + b"/G gs 1 g " + _BOX, "/ExtGState<</G<</ca .97>>>>"),
    "under a letter": _covered(b"1 g BT /Z 60 Tf 45 135 Td (nn) Tj ET",
                               "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
                               "/Z<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>>>"),
    "overtyped": _covered(b"1 g " + _BOX + b"0 g " + _AT + b"(REAL-12) Tj ET"),
    "under a note": _annotated(_covering_note, _PLAIN),
    "under a drawn square": _annotated(_covering_square, _PLAIN),
    # clipped away
    "clipped": Trick(b"q 300 200 50 50 re W n " + _PLAIN + b" Q"),
    "clipped by nothing": Trick(b"q 0 0 0 0 re W n " + _PLAIN + b" Q"),
    "clipped to a sliver": Trick(b"q 50 150 100 .6 re W n " + _PLAIN + b" Q"),
    "clipped to a corner": Trick(b"q 50 140 m 70 140 l 50 170 l h W n " + _PLAIN + b" Q"),
    "clipped by even-odd": Trick(b"q 0 0 400 300 re 50 140 100 30 re W* n " + _PLAIN + b" Q"),
    "clipped to its upper edge": Trick(b"q 50 158.5 100 40 re W n " + _PLAIN + b" Q"),
    "clipped to the tops of its letters": Trick(b"q 50 156 100 40 re W n " + _PLAIN + b" Q"),
    "clipped to boxes elsewhere": Trick(b"q 50 190 20 4 re 300 200 9 9 re W n " + _PLAIN + b" Q"),
    "clipped while scaled": Trick(b"q .1 0 0 .1 0 0 cm 3000 2000 500 500 re W n 10 0 0 10 0 0 cm " + _PLAIN + b" Q"),
    "clipped behind a comment": Trick(b"q 300 200 50 50 re % 0 0 400 300 re\nW n " + _PLAIN + b" Q"),
    "clipped behind a string": Trick(b"q 300 200 50 50 re W n BT /F1 11 Tf 300 20 Td (Q q 0 0 400 300 re W n) Tj ET "
                                     + _PLAIN + b" Q"),
    "on a box that is clipped away": Trick(b"q 300 200 50 50 re W n 0 g " + _BOX + b"Q 1 g " + _PLAIN),
    "clipped by letters": Trick(b"q BT /F1 11 Tf 300 40 Td 7 Tr (o) Tj ET " + _PLAIN + b" Q"),
    "outside its form": Trick(
        b"/X Do", "/XObject<</X {0}>>",
        ((f"<</Type/XObject/Subtype/Form/BBox[200 200 300 300]{_FONTS}>>", _PLAIN),)),
    # off the page
    "left of the page": Trick(b"BT /F1 11 Tf -90 150 Td " + _TRAP + b" ET"),
    "right of the page": Trick(b"BT /F1 11 Tf 450 150 Td " + _TRAP + b" ET"),
    "above the page": Trick(b"BT /F1 11 Tf 60 500 Td " + _TRAP + b" ET"),
    "below the page": Trick(b"BT /F1 11 Tf 60 -40 Td " + _TRAP + b" ET"),
    "far away": Trick(b"BT /F1 11 Tf 60 -30000 Td " + _TRAP + b" ET"),
    "risen away": Trick(_AT + b"4000 Ts " + _TRAP + b" ET"),
    "outside the crop box": Trick(_PLAIN.replace(b"60 150", b"60 20"), after=_cropped),
    # layers that are off
    "layer off": _layer("/OFF[{0}]", b"/OC /L BDC " + _PLAIN + b" EMC", "/Properties<</L {0}>>"),
    "all layers off": _layer("/BaseState/OFF", b"/OC /L BDC " + _PLAIN + b" EMC", "/Properties<</L {0}>>"),
    "layer of a membership off": Trick(
        b"/OC /L BDC " + _PLAIN + b" EMC", "/Properties<</L {1}>>",
        (("<</Type/OCG/Name(Draft)>>", None), ("<</Type/OCMD/OCGs[{0}]>>", None)), "<</OCGs[{0}]/D<</OFF[{0}]>>>>"),
    "form on a layer that is off": Trick(
        b"/X Do", "/XObject<</X {1}>>",
        (("<</Type/OCG/Name(Draft)>>", None),
         (f"<</Type/XObject/Subtype/Form/OC {{0}}/BBox[0 0 400 300]{_FONTS}>>", _PLAIN)), "<</OCGs[{0}]/D<</OFF[{0}]>>>>"),
    # mixed away
    "multiplied white": _state("/BM/Multiply", b"/G gs 1 g " + _PLAIN),
    "darkened white": _state("/BM/Darken", b"/G gs 1 g " + _PLAIN),
    "screened black": _state("/BM/Screen", b"1 g " + _BOX + b"/G gs 0 g " + _PLAIN),
    "lightened black": _state("/BM/Lighten", b"1 g " + _BOX + b"/G gs 0 g " + _PLAIN),
    "dodged": _state("/BM/ColorDodge", b"1 g " + _BOX + b"/G gs 0 g " + _PLAIN),
    "added difference": _state("/BM/Difference", b"1 g " + _BOX + b"/G gs 0 g " + _PLAIN),
}
"""Name of a trick → what it does to a page."""

_SEEN = _AT + b"(SEEN-12) Tj"
_LOOKS = _SEEN + b" ET\n"
HONEST: dict[str, Trick] = {
    "white on a dark band": Trick(b"0 0 .4 rg " + _BOX + b"1 g " + _LOOKS),
    "white on a dark rounded band": Trick(b"0 0 .4 rg 45 155 m 45 175 175 175 175 155 c 175 135 45 135 45 155 c f 1 g " + _LOOKS),
    "white on a dark picture": Trick(_IMAGE_BOX + b"1 g " + _LOOKS, "/XObject<</I {0}>>", (_picture(20),)),
    "black on a light picture": Trick(_IMAGE_BOX + _LOOKS, "/XObject<</I {0}>>", (_picture(250),)),
    "white on a dark shading": Trick(
        b"q " + _BOX.replace(b"f\n", b"W n ") + b"/S sh Q 1 g " + _LOOKS, _SHADING.replace("C0[1]/C1[1]", "C0[0]/C1[.2]")),
    "white on black ink by name": Trick(
        b"/W cs 1 scn " + _BOX + b"1 g " + _LOOKS,
        "/ColorSpace<</W[/Separation/Spot/DeviceGray<</FunctionType 2/Domain[0 1]/C0[1]/C1[0]/N 1>>]>>"),
    "half clear": _state("/ca .5", b"/G gs " + _LOOKS),
    "marked with a highlighter": Trick(
        _LOOKS + b"q /G gs 1 1 0 rg " + _BOX + b"Q", "/ExtGState<</G<</BM/Multiply>>>>"),
    "under a clear box": Trick(_LOOKS + b"q /G gs 0 1 0 rg " + _BOX + b"Q", "/ExtGState<</G<</ca .2>>>>"),
    "clipped to its cell": Trick(b"q 55 140 100 30 re W n " + _LOOKS + b"Q"),
    "fill clipped away from it": Trick(_LOOKS + b"q 0 0 20 20 re W n 1 g 0 0 400 300 re f Q"),
    "outlined": Trick(b"0 G " + _AT + b"1 Tr (SEEN-12) Tj ET"),
    "white letters with a black edge": Trick(b"0 G 1 g .6 w " + _AT + b"2 Tr (SEEN-12) Tj ET"),
    "in a form": _form(_LOOKS, b"/X Do"),
    "on a layer that is on": _layer("/ON[{0}]", b"/OC /L BDC " + _LOOKS + b" EMC", "/Properties<</L {0}>>"),
    "printed twice to be bold": Trick(_LOOKS + b"BT /F1 11 Tf 60.3 150 Td (SEEN-12) Tj ET"),
    "with a faint shadow": Trick(b".95 g BT /F1 11 Tf 60.8 149.2 Td (SEEN-12) Tj ET 0 g " + _LOOKS),
    "with a shadow that is a picture and its text clear": _state(
        "/ca 0", b"q /G gs BT /F1 11 Tf 60.8 149.2 Td (SEEN-12) Tj ET Q " + _LOOKS),
    "underlined": Trick(_LOOKS + b"1 w 60 147 m 120 147 l S"),
    "in a box drawn later": Trick(_LOOKS + b"55 145 80 18 re S"),
    "seen through a mask": Trick(
        b"q /G gs " + _LOOKS + b"Q", "/ExtGState<</G<</SMask<</Type/Mask/S/Luminosity/G {0}>>>>>>",
        ((f"<</Type/XObject/Subtype/Form/BBox[0 0 {_WIDTH} {_HEIGHT}]/Group<</S/Transparency/CS/DeviceGray>>>>",
          b"1 g 0 0 400 300 re f"),)),
    "clipped to the page and scaled": Trick(
        b"q 0 0 400 300 re W n .5 0 0 .5 0 0 cm 0 0 .4 rg 110 290 160 36 re f 1 g BT /F1 22 Tf 120 300 Td (SEEN-12) Tj ET Q"),
    "beside a clip": Trick(b"q 300 200 50 50 re W n 1 g 0 0 400 300 re f Q " + _LOOKS),
    "scaled to its size": Trick(b"q .1 0 0 .1 0 0 cm BT /F1 110 Tf 600 1500 Td (SEEN-12) Tj ET Q"),
}
"""Name of a look → a page on which `SEEN` is plain to see."""

SEEN = "SEEN-12"
