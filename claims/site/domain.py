"""Equations as things that the search knows by name."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.domains import Domain, ObjType
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..record import Verdict
from .html import anchor, numbered


class ClaimsDomain(Domain):
    """Every equation with evidence, found by the words of its label."""

    name, label = "claims", "Equations"
    # by verdict, so that a result of the search reads "Equation 2.48, critical base (proved, in …)"
    object_types = {v.badge: ObjType(v.word) for v in Verdict}
    initial_data: dict = {"objects": {}, "results": {}}
    data_version = 2

    def note(self, docname: str, label: str) -> None:
        self.data["objects"][label] = docname

    def note_result(self, docname: str, label: str) -> None:
        self.data["results"][label] = docname

    def clear_doc(self, docname: str) -> None:
        for kind in ("objects", "results"):
            self.data[kind] = {k: v for k, v in self.data[kind].items() if v != docname}

    def merge_domaindata(self, docnames, otherdata) -> None:
        for kind in ("objects", "results"):
            self.data[kind].update({k: v for k, v in otherdata[kind].items() if v in docnames})

    def get_type_name(self, type, primary: bool = False) -> str:
        return type.lname

    def get_objects(self):
        site = self.env.app.claims_site
        for label, docname in self.data["objects"].items():
            record = site.book.by_label.get(label)
            number = site.number(label)
            name = number if label in self.data["results"] else f"Equation {number}"
            yield (label, f"{name}, {label.replace('-', ' ')}", Verdict.of(record and record["badge"]).badge, docname,
                   anchor(label), 1)

    def resolve_any_xref(self, env, fromdocname, builder, target, node, contnode):
        return []


class ResultReferences(SphinxPostTransform):
    """`{eq}` and `{numref}` of a result: a link that says "Result 2.3"."""

    default_priority = 5

    def run(self, **kwargs) -> None:
        results, site = self.env.get_domain("claims").data["results"], self.app.claims_site
        for ref in list(self.document.findall(addnodes.pending_xref)):
            label = ref.get("reftarget")
            if ref.get("reftype") not in ("eq", "numref", "any", "myst") or label not in results:
                continue
            address = site.uri(self.env.docname, results[label]) + "#" + anchor(label)
            text = numbered(site.number(label)) or label
            ref.replace_self(nodes.reference("", text, internal=True, refuri=address, classes=["claim-ref"]))
