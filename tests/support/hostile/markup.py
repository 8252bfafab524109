"""HTML and XML: depth, width, entities, and addresses that must not be called."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.support.hostile.shape import ORDER_HTML, HostileFile, harmless, read, refused
from tests.support.hostile.sheets import DTD_ONLY, LAUGHS, SECRET

_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
UNSAFE = ("doctype_refused", "malformed_edi", "unsafe_xml")
HEAD = '<?xml version="1.0"?>'


def ubl(head: str = HEAD, note: str = "", more: str = "") -> bytes:
    """A UBL order of one line."""
    return (
        f'{head}<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" xmlns:a="{_CAC}" xmlns:b="{_CBC}">'
        f"<b:ID>HF-70031</b:ID><b:IssueDate>2031-03-14</b:IssueDate><b:Note>{note}</b:Note>{more}<a:OrderLine><a:LineItem><b:ID>1</b:ID>"
        '<b:Quantity unitCode="C62">12</b:Quantity><a:Item><b:Name>Hinge</b:Name>'
        "<a:SellersItemIdentification><b:ID>HX-40219</b:ID>"
        "</a:SellersItemIdentification></a:Item></a:LineItem></a:OrderLine></Order>"
    ).encode()


def cii(head: str) -> bytes:
    """A cross-industry order of nothing but its number."""
    return (
        f'{head}<r:SCRDMCCBDACIOMessageStructure xmlns:r="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100">'
        "<r:ExchangedDocument><r:ID>&a;</r:ID></r:ExchangedDocument></r:SCRDMCCBDACIOMessageStructure>"
    ).encode()


def svg(head: str) -> bytes:
    return (
        f'{head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><script>alert(1)</script>'
        '<image x:href="file:///etc/passwd"/><text>&a;</text></svg>'
    ).encode()


def quadratic() -> str:
    """One long entity, used often."""
    return HEAD + f'<!DOCTYPE Order [<!ENTITY a "{"x" * 50_000}">]>'


def html(body: str, head: str = "") -> bytes:
    """A page."""
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def calls_out() -> bytes:
    """Everything that could fetch or run something."""
    return html(
        '<script>fetch("http://127.0.0.1:9/")</script><iframe '
        'src="file:///etc/passwd"></iframe><img src="http://127.0.0.1:9/p.png" '
        'onerror="alert(1)"><object data="file:///etc/passwd"></object><form action="http://127.0.0.1:9/"><input name=x></form>'
        '<link rel=stylesheet href="http://127.0.0.1:9/x.css">' + ORDER_HTML,
        '<base href="http://127.0.0.1:9/"><meta http-equiv=refresh '
        'content="0;url=http://127.0.0.1:9/"><style>@import url(//127.0.0.1:9)</style>',
    )


def hidden() -> bytes:
    """The order can only be read by machines."""
    return html(f'<p>Dear all, no order today.</p><div style="display:none">{ORDER_HTML}</div>')


def files() -> Iterator[HostileFile]:
    """Every page of markup of the set."""
    page, xml = "order.html", "order.xml"
    yield HostileFile("html 10,000 deep", lambda: html(ORDER_HTML + "<div>" * 10_000 + "x" + "</div>" * 10_000), harmless(), page)
    yield HostileFile("html of inline tags 50,000 deep", lambda: html("<b><i>" * 25_000 + "x"), harmless(), page)
    yield HostileFile("html of a million tags", lambda: html(ORDER_HTML + "<p>x" * 1_000_000), harmless(), page, is_heavy=True)
    yield HostileFile("html of 3,000 tables inside each other", lambda: html("<table><tr><td>x" * 3_000), harmless(), page)
    yield HostileFile(
        "html with a cell a billion wide",
        lambda: html(ORDER_HTML.replace("<td>", '<td colspan="1000000000" rowspan="1000000000">')),
        harmless(),
        page,
    )
    yield HostileFile(
        "html of 2,000 columns of wide cells",
        lambda: html("<table>" + ("<tr>" + '<td colspan="100">x y' * 2_000 + "</tr>") * 20 + "</table>"),
        harmless(),
        page,
        is_heavy=True,
    )
    yield HostileFile(
        "html with 200,000 attributes",
        lambda: html("<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x"),
        harmless(),
        page,
        is_heavy=True,
    )
    yield HostileFile(
        "html with a style of 5 MB",
        lambda: html(f'<p style="{"color:" * 800_000}">x</p>{ORDER_HTML}'),
        harmless(),
        page,
        is_heavy=True,
    )
    yield HostileFile("html of entities", lambda: html("&lt;&#x0;&#xD800;&#99999999999;" * 50_000), harmless(), page)
    yield HostileFile("html of open comments", lambda: html("<!--" * 200_000), harmless(), page)
    yield HostileFile("html that never closes a tag", lambda: b"<html><body><a " + b"<" * 500_000, harmless(), page)
    yield HostileFile("html that calls out", calls_out, read(), page)
    yield HostileFile("html whose order is hidden", hidden, refused("hidden_text"), page)
    yield HostileFile("html that lies about its encoding", lambda: html(ORDER_HTML, "<meta charset=utf-7>"), harmless(), page)
    yield HostileFile("ubl billion laughs", lambda: ubl(HEAD + LAUGHS, "&k;"), refused(*UNSAFE), xml)
    yield HostileFile("ubl quadratic blow-up", lambda: ubl(quadratic(), "&a;" * 5_000), refused(*UNSAFE), xml)
    yield HostileFile("ubl reads our files", lambda: ubl(HEAD + SECRET, "&a;"), refused(*UNSAFE), xml)
    yield HostileFile("ubl with an outside dtd only", lambda: ubl(HEAD + DTD_ONLY), refused(*UNSAFE), xml)
    yield HostileFile(
        "ubl with parameter entities",
        lambda: ubl(HEAD + '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>'),
        refused(*UNSAFE),
        xml,
    )
    yield HostileFile("ubl in utf-16 with a doctype", lambda: ubl(HEAD + SECRET).decode().encode("utf-16"), refused(*UNSAFE), xml)
    yield HostileFile(
        "ubl that includes a file",
        lambda: ubl(more='<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'),
        read(),
        xml,
    )
    yield HostileFile(
        "ubl with a style sheet to run",
        lambda: ubl(HEAD + '<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>'),
        read(),
        xml,
    )
    yield HostileFile(
        "ubl 100,000 deep", lambda: ubl(more="<x>" * 100_000 + "</x>" * 100_000), refused("malformed_edi", *UNSAFE), xml
    )
    yield HostileFile(
        "ubl of 300,000 notes", lambda: ubl(more="<n>x</n>" * 300_000), refused("too_many_rows"), xml, is_heavy=True
    )
    yield HostileFile("ubl of one note of 12 MB", lambda: ubl(note="x" * 12_000_000), harmless(), xml)
    yield HostileFile("cross-industry order that reads our files", partial(cii, HEAD + SECRET), refused(*UNSAFE), xml)
    yield HostileFile(
        "cross-industry order that laughs", lambda: cii(HEAD + LAUGHS).replace(b"&a;", b"&k;"), refused(*UNSAFE), xml
    )
    yield HostileFile("svg that reads our files", partial(svg, HEAD + SECRET), refused(*UNSAFE, "unsupported_xml"), "order.svg")
    yield HostileFile("svg that laughs", lambda: svg(HEAD + LAUGHS).replace(b"&a;", b"&k;"), refused(*UNSAFE), "order.svg")
