"""The command `bss`: everything that isn't done over HTTP."""

from __future__ import annotations

import typer

from cli import exits
from cli.bill_run import bill_run
from cli.demo.command import demo
from cli.doctor import doctor
from cli.events import events
from cli.generations import generations
from cli.migrate import migrate
from cli.rate import rate
from cli.reindex import reindex
from cli.relay import relay
from cli.run import run
from cli.schema import schema
from cli.serve import serve
from cli.settings import settings
from cli.spec import spec

app = typer.Typer(
    name="bss",
    help="A Business Support System for mobile brands, spoken to through TM Forum Open APIs.",
    epilog=exits.HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (run, migrate, demo, serve, rate, bill_run, relay, spec, generations, settings, doctor, reindex):
    app.command(epilog=exits.HELP)(command)
for group in (events, schema):
    app.add_typer(group)
