"""`bss schema`: the JSON Schemas of the brand's extensions, which requests are held to (docs/integrator.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.session import context_of, load_settings, opened

schema = typer.Typer(
    name="schema",
    help="Keep the JSON Schemas of extensions: what says that it follows one is held to it.",
    epilog=exits.HELP,
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="The schema's name, the last step of its address.")]


@schema.command(epilog=exits.HELP)
def add(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A JSON Schema, 2020-12 or draft 7.")
    ],
    name: Annotated[str | None, typer.Option("--name", help="Its name, instead of the last step of its $id.")] = None,
) -> None:
    """Register a schema; servers that run know it at once. To repeat it does no harm."""
    from apis.tmf630.extensions import extensible_types
    from apis.tmf630.json_body import parse_body
    from apis.tmf630.validation_form import SCHEMAS
    from core.schemas import add as register
    from core.schemas import read_schema

    settings = load_settings()
    with opened(settings) as core:
        read = read_schema(parse_body(file.read_bytes()), name, extensible_types())
        with core.work(context_of(settings)) as work:
            is_new = register(work.connection, work.context.tenant, read, work.now)
    words = f"{read.name} extends {read.base_type}; @schemaLocation is {SCHEMAS}{read.name}"
    typer.echo(f"{words}." if is_new else f"{words}. It was there already.")


@schema.command("list", epilog=exits.HELP)
def list_schemas() -> None:
    """List what is registered: name, type that is extended, since when."""
    from core.schemas import get_all

    settings = load_settings()
    with opened(settings) as core, core.reading(context_of(settings)) as work:
        found = get_all(work.connection, work.context.tenant)
    for each in found:
        typer.echo(f"{each.name:<40} {each.base_type:<32} {each.created_at:%Y-%m-%d %H:%M}")
    if not found:
        typer.echo("No schema is registered.")


@schema.command(epilog=exits.HELP)
def show(name: Name) -> None:
    """Print a schema as it was registered."""
    from core.schemas import get
    from core.storage.json import dumps_indented

    settings = load_settings()
    with opened(settings) as core, core.reading(context_of(settings)) as work:
        document = get(work.connection, work.context.tenant, name).document
    typer.echo(dumps_indented(document))


@schema.command(epilog=exits.HELP)
def remove(name: Name) -> None:
    """Forget a schema. Resources that follow it stay as they are; new ones that say so are refused."""
    from core.schemas import remove as forget

    settings = load_settings()
    with opened(settings) as core, core.work(context_of(settings)) as work:
        forget(work.connection, work.context.tenant, name)
    typer.echo(f"{name} is registered no more.")
