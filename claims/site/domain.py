"""Equations as things that the search knows by name."""

from __future__ import annotations

from sphinx.domains import Domain, ObjType

from .html import anchor


class ClaimsDomain(Domain):
    """Every equation with evidence, found by the words of its label."""

    name, label = "claims", "Equations"
    # not "equation": the search would then make up the anchor from the words
    object_types = {"statement": ObjType("equation")}
    initial_data: dict = {"objects": {}}
    data_version = 1

    def note(self, docname: str, label: str) -> None:
        self.data["objects"][label] = docname

    def clear_doc(self, docname: str) -> None:
        self.data["objects"] = {k: v for k, v in self.data["objects"].items() if v != docname}

    def merge_domaindata(self, docnames, otherdata) -> None:
        self.data["objects"].update({k: v for k, v in otherdata["objects"].items() if v in docnames})

    def get_objects(self):
        for label, docname in self.data["objects"].items():
            yield label, label.replace("-", " "), "statement", docname, anchor(label), 1

    def resolve_any_xref(self, env, fromdocname, builder, target, node, contnode):
        return []
