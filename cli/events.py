"""`bss events`: what subscribers are owed, as the operator sees and steers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.session import context_of, load_settings, opened, stop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from core.events.oversight import Owed, State, Wanted

events = typer.Typer(
    name="events", help="See and steer what subscribers are told.", no_args_is_help=True, epilog=exits.HELP
)

Events = Annotated[list[str] | None, typer.Argument(metavar="[EVENT]...", help="Identifiers of events.")]
Subscription = Annotated[str | None, typer.Option("--subscription", "-s", metavar="ID", help="Of one subscription.")]
Everything = Annotated[bool, typer.Option("--all", help="Of all subscriptions of the brand.")]


@events.command("list")
def list_deliveries(
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help="waiting, sending, delivered or parked; may be repeated.", show_default="all"),
    ] = None,
    subscription: Subscription = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List deliveries in the order of their events, with their state and what went wrong last."""
    from core.events.oversight import Wanted, find_deliveries

    wanted = Wanted(subscription=subscription, states=_states(state or []))
    settings = load_settings()
    with opened(settings) as core, core.database.reading() as connection:
        _refuse_unknown(connection, settings.tenant, wanted)
        found = find_deliveries(connection, settings.tenant, wanted, core.clock.now(), limit)
    if as_json:
        _print_json(found)
    elif found:
        _print_lines(found)
    else:
        typer.echo("Nothing of that kind is owed to anybody.")


@events.command()
def retry(event: Events = None, subscription: Subscription = None, everything: Everything = False) -> None:
    """Try deliveries again at once that are parked or wait for an attempt; their time until parking begins anew."""
    from core.events import oversight

    _change(oversight.retry, _wanted(event, subscription, everything), "due now")


@events.command()
def park(event: Events = None, subscription: Subscription = None, everything: Everything = False) -> None:
    """Give up deliveries that are neither done nor parked; later events about the same resource then pass them."""
    from core.events import oversight

    _change(oversight.park, _wanted(event, subscription, everything), "parked now")


@events.command()
def replay(
    since: Annotated[str, typer.Option("--since", metavar="INSTANT", help="From this instant on (ISO 8601).")],
    until: Annotated[
        str | None, typer.Option("--until", metavar="INSTANT", help="Up to this instant.", show_default="now")
    ] = None,
    subscription: Subscription = None,
) -> None:
    """Deliver again, under the same identifiers, what has happened; for as long as events are kept."""
    from datetime import timedelta

    from apis.app import served_versions
    from apis.tmf630.subscription_query import selections_of
    from core.events.history import Span
    from core.events.oversight import Wanted
    from core.events.replay import replay as replayed

    span = Span(since=_instant(since), until=_instant(until) if until else None)
    if span.since and span.until and span.until < span.since:
        stop("--until is before --since.", exits.WRONG_USAGE)
    settings = load_settings()
    with opened(settings) as core:
        with core.database.reading() as connection:
            _refuse_unknown(connection, settings.tenant, Wanted(subscription=subscription))
        now, selections = core.clock.now(), selections_of(served_versions())
        count = replayed(core.database, settings.tenant, span, selections, now, subscription)
    if span.since and span.since < now - timedelta(seconds=settings.event_retention):
        typer.secho("What is older than event_retention may be gone.", err=True, fg="yellow")
    typer.echo(_counted(count, "due now"))


@events.command()
def secret(
    subscription: Annotated[str, typer.Argument(help="Identifier of a subscription.")],
    renew: Annotated[bool, typer.Option("--renew", help="Make another; for a day both sign.")] = False,
) -> None:
    """Show the secret that signs what a subscription is sent."""
    from core.events.oversight import Wanted
    from core.events.secrets import renew_secret, secret_of

    settings = load_settings()
    with opened(settings) as core, core.work(context_of(settings)) as work:
        _refuse_unknown(work.connection, settings.tenant, Wanted(subscription=subscription))
        if renew:
            typer.echo(renew_secret(work.connection, settings.tenant, subscription, work.now))
        else:
            typer.echo(secret_of(work.connection, settings.tenant, subscription))


def _wanted(events: Sequence[str] | None, subscription: str | None, everything: bool) -> Wanted:
    from core.events.oversight import Wanted

    if everything == bool(events or subscription):
        stop("Name events, a --subscription or both; or else --all.", exits.WRONG_USAGE)
    return Wanted(tuple(events or ()), subscription)


def _change(change: Callable[[Connection, str, Wanted, datetime], int], wanted: Wanted, outcome: str) -> None:
    settings = load_settings()
    with opened(settings) as core, core.work(context_of(settings)) as work:
        _refuse_unknown(work.connection, settings.tenant, wanted)
        count = change(work.connection, settings.tenant, wanted, work.now)
    typer.echo(_counted(count, outcome))


def _refuse_unknown(connection: Connection, tenant: str, wanted: Wanted) -> None:
    """End with code 2 where something is named that there isn't: a slip must not look like having nothing to do."""
    from core.events.oversight import unknown_names

    if unknown := unknown_names(connection, tenant, wanted):
        stop(f"There is no {', no '.join(unknown)}.", exits.WRONG_USAGE)


def _counted(count: int, outcome: str) -> str:
    return f"{count} {'delivery is' if count == 1 else 'deliveries are'} {outcome}."


def _instant(text: str) -> datetime:
    from core.clock import parse_instant

    try:
        return parse_instant(text)
    except ValueError:
        stop(f"'{text}' is no instant, such as 2026-01-31T10:00:00Z or 2026-01-31.", exits.WRONG_USAGE)


def _states(named: Sequence[str]) -> list[State]:
    from core.events.oversight import STATES

    if unknown := sorted(set(named) - set(STATES)):
        stop(f"There is no state {', '.join(unknown)}; there are {', '.join(STATES)}.", exits.WRONG_USAGE)
    return [state for state in STATES if state in named]


def _print_json(found: Sequence[Owed]) -> None:
    from dataclasses import asdict
    from datetime import datetime

    from core.clock import wire_instant
    from core.storage.json import dumps

    for owed in found:
        row = {key: wire_instant(v) if isinstance(v, datetime) else v for key, v in asdict(owed).items()}
        typer.echo(dumps(row).decode())


def _print_lines(found: Sequence[Owed]) -> None:
    """Print each delivery in lines that fit 80 columns, as far as names do: nothing that is copied is ever cut."""
    from core.clock import wire_instant

    for owed in found:
        typer.echo(f"{owed.event_id}  {owed.state}  {wire_instant(owed.occurred_at)}")
        typer.echo(f"  {owed.entity} {owed.kind} {owed.entity_id}")
        typer.echo(f"  subscription {owed.subscription_id}")
        if owed.attempts:
            due = f", next {wire_instant(owed.next_attempt_at)}" if owed.state == "waiting" else ""
            trouble = f": {owed.last_error}" if owed.last_error else ""
            typer.echo(f"  attempts {owed.attempts}{due}{trouble}")
