"""`bss relay`: deliver notifications from a process of its own, beside or instead of those of the servers."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from cli.session import load_settings, opened


def relay(
    once: Annotated[bool, typer.Option("--once", help="Deliver what is due now, then end.")] = False,
) -> None:
    """Deliver notifications to subscribers until interrupted (servers do so too unless relay_in_server is off)."""
    from apis.app import served_versions
    from apis.tmf630.relay import Relay

    with opened(load_settings()) as core:
        runner = Relay(core, served_versions())
        if once:
            typer.echo(f"{runner.run_once()} notifications taken.")
            return
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, lambda *_: runner.stop())
        typer.echo("Delivering; stop with Ctrl-C.")
        runner.run()
