"""What commands share: reading the settings, opening the migrated database, refusing in one clear sentence.

Everything heavy is imported where it is used, so that `bss --help` is there at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from cli import exits

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from core.clock import Clock
    from core.context import Context
    from core.service import Core
    from core.settings import Settings
    from core.storage.database import Database


def stop(message: str, code: int = exits.FAILED) -> NoReturn:
    """Say on stderr why the command ends here, and end it with `code`."""
    typer.secho(message, err=True, fg="red")
    raise typer.Exit(code)


def load_settings(**given: Any) -> Settings:
    """Return the settings with what the command line gave (None: not given); ends with code 2 if they are wrong."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from core.settings import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, fault['loc'])) or 'settings'}: {_in_words(fault)}" for fault in error.errors()]
        stop("The settings are wrong (environment BSS_*, bss.toml):\n" + "\n".join(lines), exits.WRONG_USAGE)
    except SettingsError as error:
        name = next((name for name in Settings.model_fields if f'"{name}"' in str(error)), "setting").upper()
        example = '["10.20.0.0/16", "10.30.0.0/16"]'
        stop(f"BSS_{name} is no JSON, as lists and mappings are in the environment: {example}", exits.WRONG_USAGE)
    except (FileNotFoundError, ValueError) as error:
        stop(f"The settings can't be read: {error}", exits.WRONG_USAGE)


def _in_words(fault: ErrorDetails) -> str:
    if fault["type"] == "extra_forbidden":
        return "there is no such setting; see `bss settings`"
    return fault["msg"].removeprefix("Value error, ")


@contextmanager
def database_of(settings: Settings) -> Iterator[Database]:
    """Open the database whatever its shape; ends with code 1 when it can't be reached or is too old."""
    from sqlalchemy.exc import DBAPIError

    from core.errors import Unavailable
    from core.storage.database import Database

    database = Database(settings.database_url)
    try:
        yield database
    except DBAPIError as error:
        stop(f"The database {database.url.render_as_string()} can't be used: {str(error.orig).strip()}")
    except Unavailable as error:
        stop(f"The database {database.url.render_as_string()} can't be used: {error.reason}.")
    finally:
        database.dispose()


def require_migrated(settings: Settings) -> None:
    """End with code 3 unless the database has the shape that this release expects."""
    from core.storage.migrations import position

    with database_of(settings) as database:
        at = position(database)
    if at.is_head:
        return
    stop(f"The database is {at}, this release needs {at.head}: run `bss migrate` first.", exits.NOT_READY)


@contextmanager
def opened(settings: Settings, clock: Clock | None = None) -> Iterator[Core]:
    """Open the core over a migrated database, with logs; a refusal by the domain ends the command with code 1.

    What isn't there was named by mistake: that is code 2.
    """
    from core.domains import open_core
    from core.errors import BssError, NotFound
    from core.logs import configure_logs

    require_migrated(settings)
    configure_logs(settings)
    core = open_core(settings, clock)
    try:
        yield core
    except NotFound as error:
        stop(f"{error.reason[:1].upper()}{error.reason[1:]}.", exits.WRONG_USAGE)
    except BssError as error:
        placed = [f"{fault.path}: {fault.reason}" if fault.path else fault.reason for fault in error.faults]
        # What has one fault often says no more than that.
        said = [] if placed and error.reason in placed[0] else [error.reason]
        stop("\n  ".join([*said, *placed]))
    finally:
        core.dispose()


def context_of(settings: Settings) -> Context:
    """Return the caller that a command stands for: the brand of the settings, its operator."""
    from core.context import Context
    from core.entity import new_id

    return Context(tenant=settings.tenant, actor="bss", correlation_id=new_id())
