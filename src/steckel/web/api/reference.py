"""``/api/docs``: the OpenAPI document as a page to read. No script, no other host."""

import html
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from steckel.web.policy import text_page_policy

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem; text-transform: capitalize }
details { border: 1px solid #8886; border-radius: 6px; margin: .4rem 0; padding: .3rem .8rem }
summary { cursor: pointer }
code, pre { font: 13px/1.4 ui-monospace, monospace }
summary b { display: inline-block; width: 4.5rem }
table { border-collapse: collapse; margin: .5rem 0 }
td, th { border-top: 1px solid #8884; padding: .2rem .8rem .2rem 0; text-align: left;
         vertical-align: top }
"""
_POLICY = text_page_policy(_STYLE)

_Json = dict[str, Any]


class ReferenceDoor:
    """Shows the API to people."""

    def __init__(self, openapi: Callable[[], _Json]) -> None:
        self._openapi = openapi

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [Route("/api/docs", self.page)]

    def page(self, _request: Request) -> Response:
        """Show all addresses and shapes."""
        headers = {"Content-Security-Policy": _POLICY}
        return HTMLResponse("".join(_page(self._openapi())), headers=headers)


def _page(document: _Json) -> Iterator[str]:
    info = document["info"]
    title = html.escape(f"{info['title']} {info['version']}: JSON API")
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>{_STYLE}</style><body><h1>{title}</h1>"
    yield '<p>As a document: <a href="/api/openapi.json">/api/openapi.json</a>. '
    yield "Send a token as <code>Authorization: Bearer stk_…</code>, or HTTP Basic.</p>"
    tag = ""
    for path, method, operation in _operations(document):
        if operation["tags"][0] != tag:
            tag = operation["tags"][0]
            yield f"<h2>{html.escape(tag)}</h2>"
        yield from _operation(path, method, operation)
    yield "<h2>Shapes</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield from _shape(name, schema)


def _operations(document: _Json) -> Iterator[tuple[str, str, _Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def _operation(path: str, method: str, operation: _Json) -> Iterator[str]:
    about = html.escape(operation.get("description") or operation.get("summary", ""))
    yield f"<details><summary><b>{method}</b><code>{html.escape(path)}</code> {about}</summary>"
    if parameters := operation.get("parameters"):
        rows = (_row(p["name"], p.get("schema", {}), p.get("description", "")) for p in parameters)
        yield f"<table>{''.join(rows)}</table>"
    if body := operation.get("requestBody"):
        yield f"<p>Takes {_content(body)}</p>"
    for status, response in operation["responses"].items():
        yield f"<p>{html.escape(status)}: {_content(response) or 'nothing'}</p>"
    yield "</details>"


def _content(holder: _Json) -> str:
    content = holder.get("content", {})
    return ", ".join(
        f"{html.escape(media)} {_kind(one.get('schema', {}))}" for media, one in content.items()
    )


def _shape(name: str, schema: _Json) -> Iterator[str]:
    about = html.escape(schema.get("description", ""))
    yield f'<details id="{html.escape(name)}"><summary><code>{html.escape(name)}</code> {about}'
    rows = (_row(key, one, "") for key, one in schema.get("properties", {}).items())
    yield f"</summary><table>{''.join(rows)}</table></details>"


def _row(name: str, schema: _Json, about: str) -> str:
    text = html.escape(about or schema.get("description", ""))
    return f"<tr><td><code>{html.escape(name)}</code><td>{_kind(schema)}<td>{text}</tr>"


def _kind(schema: _Json) -> str:
    """Return what a schema allows, in a word."""
    if reference := schema.get("$ref"):
        name = html.escape(reference.rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if choices := schema.get("anyOf"):
        return " or ".join(_kind(choice) for choice in choices)
    if values := schema.get("enum"):
        return ", ".join(f"<code>{html.escape(str(value))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return html.escape(str(schema.get("const", schema.get("type", "anything"))))
