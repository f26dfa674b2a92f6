"""What `bss doctor` looks at: each check returns findings in words, never raises for what it finds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from apis.tmf630.specification import available, load
from core.clock import SystemClock
from core.errors import Unavailable
from core.settings import Settings
from core.storage.database import Database
from core.storage.migrations import position
from core.storage.tables import outbox

Level = Literal["good", "doubtful", "bad"]
GIGABYTE = 1_000_000_000
LEAST_DISK = GIGABYTE // 10
TOLERATED_DRIFT = timedelta(seconds=5)


# So many of a kind are told of, one by one.
LISTED = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, and what to do where it isn't good."""

    subject: str
    level: Level
    text: str


def listed(subject: str, found: Iterable[str], good: str) -> Iterator[Finding]:
    """Yield a doubtful finding for each line, the first of them and how many more there are; else that all is good."""
    lines = list(found)
    for line in lines[:LISTED]:
        yield Finding(subject, "doubtful", line)
    if len(lines) > LISTED:
        yield Finding(subject, "doubtful", f"and {len(lines) - LISTED} more")
    if not lines:
        yield Finding(f"{subject}s", "good", good)


def check_environment(_settings: Settings) -> Iterator[Finding]:
    """Find BSS_* variables that name no setting: a misspelt one is silently without effect."""
    known = {f"BSS_{name.upper()}" for name in Settings.model_fields} | {"BSS_CONFIG"}
    unknown = sorted(name for name in os.environ if name.startswith("BSS_") and name not in known)
    if unknown:
        yield Finding("settings", "doubtful", f"{', '.join(unknown)}: no such setting; see `bss settings`")
    else:
        yield Finding("settings", "good", "every BSS_* variable is known")


def check_database(settings: Settings) -> Iterator[Finding]:
    """Reach the database, compare its shape with the release's, and its clock with this machine's."""
    database = Database(settings.database_url)
    name = database.url.render_as_string()
    try:
        file = Path(database.url.database or "").absolute()
        if database.is_sqlite and not file.exists():
            yield Finding("database", "bad", f"there is no file {file}: run `bss migrate`, or set database_url")
            return
        at = position(database)
        if at.current is None:
            yield Finding("database", "bad", f"{name} is {at}: run `bss migrate`")
            return
        with database.reading() as connection:
            yield Finding("database", "good", f"{name} answers, {_version(connection)}")
            yield from _soundness(connection)
            yield _newest_event(connection)
        advice = "" if at.is_head else f", this release needs {at.head}: run `bss migrate`"
        yield Finding("migrations", "good" if at.is_head else "bad", f"{at}{advice}")
    except DBAPIError as error:
        yield Finding("database", "bad", f"{name} can't be used: {str(error.orig).strip()}")
    except Unavailable as error:
        yield Finding("database", "bad", f"{name} can't be used: {error.reason}")
    finally:
        database.dispose()


def check_specifications(_settings: Settings) -> Iterator[Finding]:
    """Expand every specification and hold it against OpenAPI's own rules."""
    from openapi_spec_validator import OpenAPIV30SpecValidator

    sound = []
    for api, version in available():
        errors = [error.message for error in OpenAPIV30SpecValidator(load(api, version).document).iter_errors()]
        if errors:
            yield Finding("specifications", "bad", f"{api} {version}: {errors[0][:200]} ({len(errors)} errors)")
        else:
            sound.append(f"{api} {version}")
    yield Finding("specifications", "good", f"valid OpenAPI documents: {', '.join(sound)}")


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Look at the free space where the database file and the exchange folder are."""
    places = {"exchange folder": settings.exchange_folder}
    database = Database(settings.database_url)
    if database.is_sqlite and database.url.database:
        places["database"] = Path(database.url.database).parent
    database.dispose()
    for what, place in places.items():
        free = shutil.disk_usage(_nearest_folder(place.absolute())).free
        level: Level = "good" if free >= GIGABYTE else "doubtful" if free >= LEAST_DISK else "bad"
        yield Finding("disk", level, f"{free / GIGABYTE:.1f} GB free for the {what}")


def check_exchange_folder(settings: Settings) -> Iterator[Finding]:
    """Look whether import and export jobs can use their folder."""
    folder = settings.exchange_folder.absolute()
    if not folder.exists():
        if os.access(_nearest_folder(folder), os.W_OK | os.X_OK):
            yield Finding("exchange folder", "good", f"{folder} doesn't exist yet; the first export job makes it")
        else:
            yield Finding("exchange folder", "bad", f"{folder} doesn't exist, and this user can't make it")
    elif not folder.is_dir():
        yield Finding("exchange folder", "bad", f"{folder} is no folder")
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("exchange folder", "bad", f"{folder} can't be read and written by this user")
    else:
        yield Finding("exchange folder", "good", f"{folder} can be read and written")


CHECKS = (check_environment, check_database, check_specifications, check_disk, check_exchange_folder)


def _nearest_folder(place: Path) -> Path:
    """Return the folder at an absolute path, or the closest one above that is there."""
    return next(folder for folder in (place, *place.parents) if folder.is_dir())


def _version(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.execute(text('SELECT sqlite_version()')).scalar_one()}"
    return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"


def _soundness(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        result = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
        level: Level = "good" if result == "ok" else "bad"
        yield Finding("database", level, f"SQLite's own check of the file says: {result}")
        return
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        yield Finding("database", "bad", f"its encoding is {encoding}; names of people need UTF8")
    drift = abs(SystemClock().now() - connection.execute(select(func.clock_timestamp())).scalar_one())
    level = "good" if drift <= TOLERATED_DRIFT else "doubtful"
    yield Finding("clock", level, f"{drift.total_seconds():.1f} seconds from the database server's")


def _newest_event(connection: Connection) -> Finding:
    newest = connection.execute(select(func.max(outbox.c.occurred_at))).scalar_one()
    now = SystemClock().now()
    if newest and newest > now + TOLERATED_DRIFT:
        return Finding("clock", "bad", f"it is {now:%Y-%m-%d %H:%M} UTC here, but events are dated up to {newest}")
    return Finding("clock", "good", f"{now:%Y-%m-%d %H:%M:%S} UTC, after everything that is stored")
