"""`bss spec`: the complete OpenAPI document of an API version, as it is served."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cli import exits
from cli.session import stop


class Format(StrEnum):
    """How a document is written."""

    JSON = "json"
    YAML = "yaml"


def spec(
    api: Annotated[str, typer.Argument(help="The API, such as tmf622; without it, what there is.")] = "",
    version: Annotated[str, typer.Option("--version", "-v", help="Its generation: 4 or 5 (the newest).")] = "",
    form: Annotated[Format, typer.Option("--format", "-f", help="How to write it.")] = Format.JSON,
) -> None:
    """Print the complete OpenAPI document of an API version."""
    from apis.tmf630.specification import UnknownSpecification, available, load

    if not api:
        for name, generation in available():
            typer.echo(f"{name} {generation}  {load(name, generation).title}")
        return
    try:
        specification = load(api.lower(), _generation(api.lower(), version, available()))
    except UnknownSpecification as error:
        stop(str(error), exits.WRONG_USAGE)
    typer.echo(_written(specification.document, form))


def _generation(api: str, version: str, available: tuple[tuple[str, str], ...]) -> str:
    if version:
        return f"v{version.lower().removeprefix('v').split('.')[0]}"
    return max((generation for name, generation in available if name == api), default="")


def _written(document: dict[str, object], form: Format) -> str:
    if form is Format.JSON:
        import json

        return json.dumps(document, indent=2, ensure_ascii=False)
    import yaml

    class Plain(yaml.CSafeDumper):
        """Writes a repeated part again instead of pointing back to it: those who read YAML may not know aliases."""

        def ignore_aliases(self, data: object) -> bool:
            return True

    return yaml.dump(document, Dumper=Plain, sort_keys=False, allow_unicode=True, width=120)
