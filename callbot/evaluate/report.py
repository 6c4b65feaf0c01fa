"""An evaluation as one HTML page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from callbot.bench.part import Table
from callbot.bench.report import shown
from callbot.evaluate.section import Section

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:.6rem 0 1.4rem}
th,td{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #e3e3e3}
th:first-child,td:first-child{text-align:left}
figure{display:inline-block;margin:0 1rem 1rem 0;max-width:100%;overflow-x:auto}
.note{color:#666;margin-top:-1rem}
nav a{margin-right:1rem}
"""

Sections = Mapping[str, Mapping[str, Section]]
"""By condition and by part."""


def page(title: str, facts: Mapping[str, str], conditions: Sections) -> str:
    """The whole report."""
    known = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items())
    links = "".join(f'<a href="#{_anchor(name)}">{escape(name)}</a>' for name in conditions)
    body = "".join(_condition(name, sections) for name, sections in conditions.items())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>"
        f"<table>{known}</table><nav>{links}</nav>\n{body}</body></html>\n"
    )


def _condition(name: str, sections: Mapping[str, Section]) -> str:
    parts = "".join(_part(part, section) for part, section in sections.items())
    return f'<h2 id="{_anchor(name)}">{escape(name)}</h2>\n{parts}'


def _part(name: str, section: Section) -> str:
    tables = "".join(_table(table) for table in section.tables)
    pictures = "".join(
        f'<figure role="group" aria-label="{escape(picture.title)}">{picture.svg}</figure>'
        for picture in section.pictures
    )
    return f"<h3>{escape(name)}</h3>\n{tables}{pictures}\n"


def _table(table: Table) -> str:
    if not table.rows:
        return f"<p>{escape(table.title)}: none</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in table.rows[0])
    rows = "".join(_line([shown(value) for value in row.values()]) for row in table.rows)
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return f"<p><b>{escape(table.title)}</b></p><table><tr>{head}</tr>{rows}</table>{note}"


def _line(cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _anchor(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
