"""`bss settings`: what can be set, what is set, and the page in docs/ that says so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.session import load_settings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

INTRODUCTION = """# Settings

<!-- Written by `make docs` from core/settings.py. -->

Each setting comes from the environment (`BSS_` and its name in capitals) or from a TOML file (`bss.toml` in the
working directory, or the file that `BSS_CONFIG` names); the environment wins. In the environment, lists and
mappings are written as JSON. A value that makes no sense and a name in the file that is none are refused at start, with
the reason; `bss doctor` also tells of names in the environment that are none.

| Setting | Default | Allowed | Meaning |
| --- | --- | --- | --- |
"""


def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/settings.md.")] = False,
) -> None:
    """Show every setting with the value in force."""
    if markdown:
        typer.echo(settings_page(), nl=False)
        return
    from core.settings import Settings

    shown = {name: _shown(name, value) for name, value in load_settings().model_dump(mode="json").items()}
    rows = [(name, value, Settings.model_fields[name].description or "") for name, value in shown.items()]
    _print_table(("Setting", "Value", "Meaning"), rows)


def settings_page() -> str:
    """Return docs/settings.md: one row a setting."""
    from core.settings import Settings

    rows = [
        f"| `{name}` | {_default(field)} | {_allowed(field)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return INTRODUCTION + "".join(rows)


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below a head: on a terminal folded into its width, in files and pipes whole, with tabs between."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        lines = ["\t".join(row) for row in (head, *rows)]
        typer.echo("\n".join(line.replace("\n", "\\n") for line in lines))
        return
    table = Table()
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _shown(name: str, value: Any) -> str:
    if name == "database_url":
        from sqlalchemy.engine import make_url

        return make_url(value).render_as_string(hide_password=True)
    if value in (None, ""):
        return "none"
    return json.dumps(value) if isinstance(value, bool | list | dict) else str(value)


def _default(field: FieldInfo) -> str:
    if field.default in (None, ""):
        return "none"
    value = field.default
    return f"`{json.dumps(value if isinstance(value, bool | int | float | list | dict) else str(value))}`"


def _allowed(field: FieldInfo) -> str:
    """Say in words what the annotation and its constraints allow."""
    from typing import Literal, get_args, get_origin

    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    kinds = {"str": "text", "int": "number", "float": "number", "Decimal": "number", "bool": "`true`, `false`"}
    kind = next((word for name, word in kinds.items() if name in str(field.annotation)), "path")
    if get_origin(field.annotation) in (list, dict):
        kind = "list" if get_origin(field.annotation) is list else "mapping"
    return " ".join([kind, *_bounds(field)])


def _bounds(field: FieldInfo) -> list[str]:
    signs = {"gt": "above", "ge": "from", "le": "to"}
    return [
        f"{word} {getattr(bound, sign)}"
        for bound in field.metadata
        for sign, word in signs.items()
        if getattr(bound, sign, None) is not None
    ]
