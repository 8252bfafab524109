"""Writers of Outlook's containers, as small as readers accept: .msg ([MS-CFB], [MS-OXMSG]) and TNEF ([MS-OXTNEF])."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import pairwise

SECTOR, MINI = 512, 64
MINI_LIMIT = 4096
FREE, END, FAT_MARK = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

Tree = dict[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int                       # 1 storage, 2 stream, 5 root
    content: bytes = b""
    children: list[int] = field(default_factory=list)
    child: int = FREE
    right: int = FREE
    start: int = END
    size: int = 0


def compound_file(tree: Tree) -> bytes:
    """A compound file with the given storages (dicts) and streams (bytes)."""
    entries = [_Entry("Root Entry", 5)]
    _collect(entries, 0, tree)
    mini, mini_fat = b"", []
    sectors: list[bytes] = []
    fat: list[int] = []
    for entry in entries[1:]:
        if entry.kind == 2 and len(entry.content) < MINI_LIMIT and entry.content:
            entry.start, entry.size = len(mini_fat), len(entry.content)
            count = -(-len(entry.content) // MINI)
            mini_fat += [*range(entry.start + 1, entry.start + count), END]
            mini += entry.content.ljust(count * MINI, b"\0")
        elif entry.kind == 2:
            entry.size = len(entry.content)
            entry.start = _add(sectors, fat, entry.content)
    entries[0].start, entries[0].size = _add(sectors, fat, mini), len(mini)
    mini_fat_start = _add(sectors, fat, struct.pack(f"<{len(mini_fat)}I", *mini_fat), pad=b"\xff")
    directory_start = _add(sectors, fat, b"".join(_directory_entry(e) for e in entries))
    fat_sectors = 1
    while (len(fat) + fat_sectors) > fat_sectors * (SECTOR // 4):
        fat_sectors += 1
    fat_start = len(sectors)
    fat += [FAT_MARK] * fat_sectors
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, fat_sectors,
        directory_start, 0, MINI_LIMIT, mini_fat_start if mini_fat else END, -(-len(mini_fat) * 4 // SECTOR), END, 0)
    difat = [*range(fat_start, fat_start + fat_sectors)]
    header += struct.pack("<109I", *(difat + [FREE] * (109 - len(difat))))
    return header + b"".join(sectors) + table


def _collect(entries: list[_Entry], parent: int, tree: Tree) -> None:
    for name, value in tree.items():
        entries.append(_Entry(name, 2, value) if isinstance(value, bytes) else _Entry(name, 1))
        entries[parent].children.append(len(entries) - 1)
    siblings = sorted(entries[parent].children, key=lambda i: (len(entries[i].name), entries[i].name.upper()))
    if siblings:                    # a list is a (bad, but valid) tree
        entries[parent].child = siblings[0]
    for left, right in pairwise(siblings):
        entries[left].right = right
    for index in entries[parent].children:
        value = tree[entries[index].name]
        if not isinstance(value, bytes):
            _collect(entries, index, value)


def _add(sectors: list[bytes], fat: list[int], content: bytes, *, pad: bytes = b"\0") -> int:
    count = -(-len(content) // SECTOR)
    if count == 0:
        return END
    start = len(sectors)
    padded = content.ljust(count * SECTOR, pad)
    sectors += [padded[i * SECTOR:(i + 1) * SECTOR] for i in range(count)]
    fat += [*range(start + 1, start + count), END]
    return start


def _directory_entry(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sI8s8sIQ", name, len(name), entry.kind, 1, FREE, entry.right, entry.child, b"", 0, b"", b"",
        entry.start, entry.size)


def msg_file(
    *, subject: str, sender: str, body: str = "", html: bytes = b"", rtf: bytes = b"", headers: str = "",
    attachments: tuple[tuple[str, bytes | Tree], ...] = (),
) -> bytes:
    """A .msg; an attachment's content may be a message made by `msg_tree`."""
    return compound_file(msg_tree(
        subject=subject, sender=sender, body=body, html=html, rtf=rtf, headers=headers, attachments=attachments,
        header_bytes=32))


def msg_tree(
    *, subject: str, sender: str, body: str = "", html: bytes = b"", rtf: bytes = b"", headers: str = "",
    attachments: tuple[tuple[str, bytes | Tree], ...] = (), header_bytes: int = 24,
) -> Tree:
    """The storages and streams of a message; 24 header bytes for one inside another."""
    texts = {0x0037: subject, 0x0C1A: sender, 0x1000: body, 0x007D: headers}
    binaries = {0x1013: html, 0x1009: packed_rtf(rtf) if rtf else b""}
    tree = _properties(
        {pid: text for pid, text in texts.items() if text}, {pid: data for pid, data in binaries.items() if data}, header_bytes)
    for number, (name, content) in enumerate(attachments):
        binary = {0x3701: content} if isinstance(content, bytes) else {}
        storage = _properties({0x3707: name}, binary, 8)
        if not isinstance(content, bytes):
            storage["__substg1.0_3701000D"] = content
        tree[f"__attach_version1.0_#{number:08X}"] = storage
    return tree


def _properties(texts: dict[int, str], binaries: dict[int, bytes], header_bytes: int) -> Tree:
    tree: Tree = {}
    stream = b"\0" * header_bytes
    for pid, text in texts.items():
        data = text.encode("utf-16-le")
        tree[f"__substg1.0_{pid:04X}001F"] = data
        stream += struct.pack("<HHIII", 0x001F, pid, 6, len(data) + 2, 0)
    for pid, data in binaries.items():
        tree[f"__substg1.0_{pid:04X}0102"] = data
        stream += struct.pack("<HHIII", 0x0102, pid, 6, len(data), 0)
    tree["__properties_version1.0"] = stream
    return tree


def packed_rtf(rtf: bytes) -> bytes:
    """RTF as Outlook keeps it ([MS-OXRTFCP]), every byte a token of its own, then the mark of the end."""
    tokens = b"".join(b"\0" + rtf[at:at + 8] for at in range(0, len(rtf) // 8 * 8, 8))
    rest = rtf[len(rtf) // 8 * 8:]
    place = (207 + len(rtf)) % 4096
    tokens += bytes([1 << len(rest)]) + rest + struct.pack(">H", place << 4)
    return struct.pack("<II4sI", len(tokens) + 12, len(rtf), b"LZFu", 0) + tokens


def tnef_file(attachments: tuple[tuple[str, bytes], ...], *, body: str = "", rtf: bytes = b"") -> bytes:
    """A winmail.dat."""
    out = struct.pack("<IH", 0x223E9F78, 1)
    out += _attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    out += _attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    if body:
        out += _attribute(1, 0x0002800C, body.encode("cp1252") + b"\0")
    if rtf:
        packed = packed_rtf(rtf)
        value = struct.pack("<HHII", 0x0102, 0x1009, 1, len(packed)) + packed + b"\0" * (-len(packed) % 4)
        out += _attribute(1, 0x00069003, struct.pack("<I", 1) + value)
    for name, content in attachments:
        out += _attribute(2, 0x00069002, b"\0" * 14)
        out += _attribute(2, 0x00018010, name.encode("cp1252", "replace") + b"\0")
        out += _attribute(2, 0x0006800F, content)
    return out


def _attribute(level: int, tag: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, tag, len(data)) + data + struct.pack("<H", sum(data) % 65536)
