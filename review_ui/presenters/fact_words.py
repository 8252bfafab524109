"""What a learned fact says, in plain words."""

from __future__ import annotations

from matching.units import unit_name
from models.domain.learned import ALIASES, KIND, Lesson, LessonKind
from models.domain.reading import DocumentType

_FIELDS = {
    "po_number": "PO number", "ship_to": "ship-to address", "bill_to": "bill-to address", "buyer_name": "buyer",
    "supplier_name": "supplier", "requested_date": "requested date", "vat_id": "VAT number", "customer_account": "account number",
    "line_no": "line number", "buyer_sku": "customer’s part number", "supplier_sku": "our item number", "gtin": "GTIN",
    "mpn": "manufacturer’s number", "uom": "unit", "unit_price": "price", "total": "printed total",
}
_ORDERS = {"day": "the day first", "month": "the month first"}
_MARKS = {",": "a comma", ".": "a point"}
_SHORT = 60       # signs of a text that are shown beside a code


def fact_sentence(lesson: Lesson) -> str:
    """What a fact says: “Unser Zeichen” is the PO number."""
    name = _FIELDS.get(lesson.field, lesson.field.replace("_", " "))
    label = f"“{lesson.label}”"
    match lesson.kind:
        case LessonKind.PLACE:
            relation = lesson.anchors[0].relation if lesson.anchors else "beside"
            return {
                "beside": f"{label} is the {name}", "below": f"The {name} stands below {label}",
            }.get(relation, f"The {name} stands at its place near {label}")
        case LessonKind.NOT:
            return f"“{lesson.value}” is not the {name}" if lesson.value else f"What stands at {label} is not the {name}"
        case LessonKind.CONSTANT if lesson.field == KIND and lesson.value == DocumentType.OTHER:
            return "This form is no order, whatever it looks like"
        case LessonKind.CONSTANT if lesson.field == KIND:
            return "This form is an order, whatever else it looks like"
        case LessonKind.CONSTANT if lesson.instead:
            return f"Where “{lesson.instead}” is read as the {name}, it is “{lesson.value}”"
        case LessonKind.CONSTANT if lesson.instead == "":
            return f"Where no {name} is read, it is “{lesson.value}” if that is printed"
        case LessonKind.CONSTANT:
            return f"The {name} is always “{lesson.value}”"
        case LessonKind.DATE_ORDER:
            return f"Dates are written with {_ORDERS.get(lesson.value, lesson.value)}"
        case LessonKind.NUMBER_STYLE:
            return f"Decimals come after {_MARKS.get(lesson.value, lesson.value)}"
        case LessonKind.COLUMN:
            column = f"The column {label}" if lesson.label else "A column without a title"
            return f"{column} is not part of the order" if lesson.field == "ignore" else f"{column} is the {name}"
        case _:
            return _alias_sentence(lesson)


def _alias_sentence(lesson: Lesson) -> str:
    label = f"“{lesson.label}”"
    match lesson.kind:
        case LessonKind.UNIT:
            return f"{label} means {unit_name(lesson.value)} ({lesson.value})"
        case LessonKind.SHIP_TO:
            return f"The address {label} is {lesson.value}"
        case LessonKind.SENDER:
            return f"{lesson.label} writes for {lesson.value}"
        case LessonKind.CUSTOMER:
            return f"The name {label} is {lesson.value}"
        case _:
            said = lesson.printed.said if lesson.printed else ""
            text = f" ({said[:_SHORT].rstrip()}{'…' if len(said) > _SHORT else ''})" if said and said != lesson.label else ""
            return f"{label}{text} means {lesson.value}"


def holds_for(lesson: Lesson) -> str:
    """Which papers of the customer a fact is about."""
    return "every order" if lesson.kind in ALIASES else "this form"
