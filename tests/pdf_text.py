"""The text of a PDF that Chromium printed: enough of the format to read pages, links and the outline.

Chromium writes every object in plain sight, its streams deflated, and a table from glyphs to characters for each font.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path


class Pdf:
    """`pages`: the text of each page, glyphs in the order in which they are painted, without spaces."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.objects = {int(n): body for n, body in re.findall(rb"(?s)(?:^|\n)(\d+) 0 obj\b(.*?)\nendobj", self.data)}
        self.fonts = {n: self.glyphs(body) for n, body in self.objects.items() if b"/ToUnicode" in body}
        found = [body for body in self.objects.values() if re.search(rb"/Type\s*/Page\b", body)]
        self.pages = [self.text(page) for page in found]

    def stream(self, n: int) -> bytes:
        head, _, rest = self.objects[n].partition(b"stream\n")
        data = rest.rpartition(b"\nendstream")[0]
        return zlib.decompressobj().decompress(data) if b"FlateDecode" in head else data

    def glyphs(self, font: bytes) -> tuple[int, dict[int, str]]:
        """Bytes of a code, and code → characters."""
        table = self.stream(int(re.search(rb"/ToUnicode (\d+) 0 R", font)[1])).decode("latin-1")
        said = {}
        for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
            for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
                said[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
        for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
            for first, last, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
                start = int.from_bytes(bytes.fromhex(text), "big")
                for k in range(int(last, 16) - int(first, 16) + 1):
                    said[int(first, 16) + k] = (start + k).to_bytes(len(text) // 2, "big").decode("utf-16-be")
        return (2 if b"/Type0" in font else 1), said

    def text(self, page: bytes) -> str:
        names = dict(re.findall(rb"/(F\d+) (\d+) 0 R", self.resources(page)))
        content = self.stream(int(re.search(rb"/Contents (\d+) 0 R", page)[1]))
        out, size, table = [], 2, {}
        for font, hexed, listed in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)> Tj|\[([^\]]*)\] TJ", content):
            if font:
                size, table = self.fonts.get(int(names[font]), (2, {}))
            for code in [hexed] if hexed else re.findall(rb"<([0-9A-Fa-f]+)>", listed):
                raw = bytes.fromhex(code.decode())
                codes = [int.from_bytes(raw[i:i + size], "big") for i in range(0, len(raw), size)]
                out += [table.get(one, "") for one in codes]
        return "".join(out).replace(" ", "").replace("\u00a0", "")

    def resources(self, page: bytes) -> bytes:
        found = re.search(rb"/Resources (\d+) 0 R", page)
        return self.objects[int(found[1])] if found else page

    @property
    def inner_links(self) -> int:
        return sum(b"/Subtype /Link" in o and b"/URI" not in o for o in self.objects.values())

    @property
    def addresses(self) -> set[str]:
        return {m.decode("latin-1") for o in self.objects.values() for m in re.findall(rb"/URI \((.*?)\)", o)}

    @property
    def outline(self) -> list[str]:
        """Titles of the outline, unordered."""
        titles = [re.search(rb"/Title (\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f]+>)", o) for o in self.objects.values()
                  if b"/Parent" in o and b"/Title" in o]
        return [self.string(m[1]) for m in titles if m]

    @staticmethod
    def string(raw: bytes) -> str:
        if raw.startswith(b"<"):
            raw = bytes.fromhex(raw[1:-1].decode())
        else:
            raw = re.sub(rb"\\(\d{3}|.)", lambda m: bytes([int(m[1], 8)]) if len(m[1]) == 3 else m[1], raw[1:-1])
        return raw[2:].decode("utf-16-be") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")
