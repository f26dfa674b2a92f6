"""`bss serve`: answer HTTP requests, in one process or several, until told to stop."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import load_settings, require_migrated, stop

if TYPE_CHECKING:
    from core.settings import Settings

APPLICATION = "apis.app:from_environment"
GRACE = 30  # seconds that running requests get to finish when the server is told to stop
# What stands for all addresses of this machine, and one of them to call it by.
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on.", show_default="setting host")]
Port = Annotated[int | None, typer.Option("--port", help="Port to listen on.", show_default="setting port")]
Workers = Annotated[
    int | None, typer.Option("--workers", "-w", help="Server processes.", show_default="setting workers")
]


def serve(host: Host = None, port: Port = None, workers: Workers = None) -> None:
    """Serve the APIs until interrupted; running requests are finished first."""
    settings = load_settings(host=host, port=port, workers=workers)
    require_migrated(settings)
    serve_until_stopped(settings)


def serve_until_stopped(settings: Settings) -> None:
    """Serve, and say where once it is ready; ends the command with code 1 when the port is taken."""
    import uvicorn

    from core.logs import configure_logs

    configure_logs(settings)
    refuse_taken_port(settings)
    _warn_beyond_loopback(settings)
    _hand_to_workers(settings)
    threading.Thread(target=_announce_when_ready, args=(settings,), daemon=True).start()
    uvicorn.run(
        APPLICATION,
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # the application decides which proxies it believes
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )


def announce(settings: Settings) -> None:
    """Print where the APIs and their documentation are."""
    host = "localhost" if settings.listens_on_loopback or settings.host in ANYWHERE else settings.host
    root = f"{settings.public_url or f'http://{host}:{settings.port}'}{settings.path_prefix}"
    lines = [f"  {title:<34} {root}{path}" for title, path in _apis()]
    typer.echo("\n".join([f"The suite and its documentation: {root}/", *lines]))


def _warn_beyond_loopback(settings: Settings) -> None:
    if not settings.listens_on_loopback:
        typer.secho(
            f"Warning: listening on {settings.host}, beyond this machine, and there is no authentication yet:"
            " whoever reaches the port can read and change everything.",
            err=True,
            fg="yellow",
        )


def refuse_taken_port(settings: Settings) -> None:
    """End with code 1 when the port can't be listened on."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((settings.host, settings.port))
        except OSError as error:
            other = 9090 if settings.port != 9090 else 9091
            stop(
                f"Can't listen on {settings.host} port {settings.port}: {error.strerror}."
                f" Try another, such as --port {other}, or BSS_PORT={other} before `make run`."
            )


def _hand_to_workers(settings: Settings) -> None:
    """Make the settings given on the command line those of the processes that are started from here."""
    os.environ["BSS_HOST"] = settings.host
    os.environ["BSS_PORT"] = str(settings.port)
    os.environ["BSS_WORKERS"] = str(settings.workers)


def _announce_when_ready(settings: Settings) -> None:
    """Wait until a worker accepts connections (it does so once its application has started), then announce."""
    address = (ANYWHERE.get(settings.host, settings.host), settings.port)
    while True:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            announce(settings)
            return


def _apis() -> list[tuple[str, str]]:
    from apis.app import APIS
    from apis.tmf630.specification import load

    served = [load(api.name, version) for api in APIS for version in api.versions]
    return [(f"{each.title} {each.version}", each.base_path) for each in served]
