"""The directive ``learner-data-call``: what a call of the API takes and answers, as its OpenAPI description tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from learner_data_plugin.rest_api.openapi import describe_api


def parameters(call: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and meaning of all that a call takes besides the course: parts of the path, of the query, fields of the body."""
    for given in call["parameters"]:
        if given["name"] != "course_id":
            yield given["name"], given["description"]
    if "requestBody" in call:
        fields = {}
        for content in call["requestBody"]["content"].values():  # a form where files are taken, and JSON
            fields |= description["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"]
        for name, field in fields.items():
            yield name, field["description"]


class LearnerDataCall(Directive):
    """Method and path, such as ``GET learners/``; every call has a place of its own in the documentation."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        method, path = self.arguments
        description = describe_api()
        call = description["paths"].get("/learner_data/api/v1/courses/{course_id}/" + path, {}).get(method.lower())
        if call is None:
            raise self.error(f"The API has no call {method} {path}.")
        answers = [(status, answer["description"]) for status, answer in call["responses"].items()]
        listed = [_labelled("Parameters", parameters(call, description)), _labelled("Answers", answers)]
        return [node for node in listed if node is not None]


def _labelled(label: str, entries: Iterable[tuple[str, str]]) -> nodes.Node | None:
    items = [
        nodes.list_item("", nodes.paragraph("", "", nodes.literal(text=str(name)), nodes.Text(f": {meaning}")))
        for name, meaning in entries
    ]
    if not items:
        return None
    return nodes.container("", nodes.paragraph("", "", nodes.strong(text=label)), nodes.bullet_list("", *items))


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the directive known to Sphinx."""
    app.add_directive("learner-data-call", LearnerDataCall)
    return {"parallel_read_safe": True}
