"""The author's reference names everything that a chapter may import, and the messages that it explains are those of the
engine."""

import re
from pathlib import Path

import claims
from claims.site import reference

ROOT = Path(__file__).parents[1]


def test_every_exported_name_stands_in_a_group_with_a_docstring():
    found = {name: doc for group in reference.GROUPS for name, _, doc in reference.documented(group)}
    documented_elsewhere = {"ClaimError", "ChapterFailed"}
    aliases = {
        name for name in claims.__all__ if name not in found and getattr(claims, name).__module__.startswith("sympy")
    }
    missing = set(claims.__all__) - set(found) - documented_elsewhere - aliases
    assert not missing, sorted(missing)
    assert all(doc for doc in found.values()), [n for n, doc in found.items() if not doc]


def test_the_messages_that_are_explained_are_those_of_the_engine():
    source = " ".join(
        re.sub(r'"\s*\n\s*f?"', "", p.read_text(encoding="utf-8")) for p in (ROOT / "claims").rglob("*.py")
    )
    page = (ROOT / "book" / "authoring.md").read_text(encoding="utf-8")
    for message in re.findall(r"^\| \*(.+?)\* \|", page, flags=re.M):
        for part in (x.strip(" ,") for x in message.split("…")):
            assert part in source, part
