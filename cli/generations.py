"""`bss generations`: what differs between the generations of each API, as the guide under docs/guides has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.session import stop

if TYPE_CHECKING:
    from apis.tmf630.comparison import Row, Table
    from apis.tmf630.version import Version

HEAD = """\
# The two generations

Made by `bss generations` (`make docs`) from the specifications and dialects of the APIs; don't edit it.

Each API below is served in v4 and in v5 over the same data. Whatever is written through one is read through the other.
v5 is the form in which resources are stored; v4 is translated when it comes in and when it goes out.

- **Nothing gets lost.** What v4 can say and v5 has no word for is kept as an extension attribute, and v4 gives it back.
  What only v5 can say v4 shows as an extension attribute, under its name in v5. An extension attribute of yours that is
  called as one in v5 is kept in `v4_extension`, a value that v5 forbids in `v4_kept`; v4 gives both back, the latter
  until v5 says something else. `v4_kept` stands at the top, maybe empty, wherever it stands further inside.
- **What v4 demands and nobody has said** reads as something that says nothing: an empty text, `[]`, `{}`, 0,
  1970-01-01T00:00:00.000Z; as `@referredType` of a party what its pointer is for, `Party` or `PartyRole`. Sent back,
  what says nothing counts as not said, but for `@referredType`. The same goes for what v5 demands.
- **A PATCH in v4** changes what it names and nothing else. What v5 knows beyond that stays as it is, in the members of
  an array too: a merge patch may send an array as a program made from v4's document reads it. Members are the same by
  their content, else by `id`, what they point to or `name`, else by their place. `null` takes an attribute away.
- **Paths** in filters, `sort`, `fields`, `expand`, JSON Patch and errors are those of the version that is called. A
  filter on an attribute that has other values in v4 finds all that v4 shows with the value asked for.
- **`@type`** is mandatory in v5 at every level. Where v4 leaves it out, or empty, it is filled in; v4 shows it, as it
  calls the type: who sends v5's name of a type in v4 reads v4's.
- **Addresses** (`href`) that are no URI are left out where v4 wants a URI.
- **Subscriptions** are made in one generation and get their notifications in that one's words.
"""


def generations(
    api: Annotated[str, typer.Argument(help="The API, such as tmf622; without it, all of them.")] = "",
) -> None:
    """Print what differs between the generations of an API."""
    from apis.app import served_versions

    served: dict[str, list[Version]] = {}
    for version in served_versions():
        served.setdefault(version.api.name, []).append(version)
    both = {name: versions for name, versions in served.items() if len(versions) > 1}
    if api and api.lower() not in both:
        stop(f"{api} has no two generations; these have: {', '.join(both) or 'none'}", exits.WRONG_USAGE)
    wanted = [both[api.lower()]] if api else list(both.values())
    typer.echo(guide([(versions[0], versions[-1]) for versions in wanted]))


def guide(pairs: Sequence[tuple[Version, Version]]) -> str:
    """Return the guide to the differences between pairs of generations, in Markdown."""
    lines = [line for old, new in pairs for line in chapter(old, new)]
    shared = next(((old, new) for old, new in pairs if announced(old) & announced(new)), None)
    if shared:
        lines += [*statuses(pairs), *announcements(*shared)]
    return "\n".join([HEAD, *lines]).rstrip()


def chapter(old: Version, new: Version) -> Iterator[str]:
    """Yield the lines about one API."""
    from apis.tmf630.comparison import compare

    yield f"## {old.specification.api.upper()} {old.specification.title}"
    yield ""
    yield f"`{old.base_path}` and `{new.base_path}`"
    yield ""
    if not announced(old):
        yield "v4 has a hub and no events: subscriptions are taken there, and never get anything. Subscribe in v5."
        yield ""
    yield from table(("v4", "v5", ""), offers(old, new))
    yield from demands(old, new)
    for each in compare(old, new):
        yield from section(each)


def offers(old: Version, new: Version) -> Iterator[tuple[str, str, str]]:
    """Yield what is offered: the path of each resource, and events that only one generation has."""
    entities = {resource.entity: resource for resource in old.resources.values()}
    for name, resource in new.resources.items():
        earlier = entities.get(resource.entity)
        events, past = kinds(new, name), kinds(old, earlier.name) if earlier else set()
        remarks = [f"events only in v4: {words(past - events)}"] if past - events else []
        remarks += [f"events only in v5: {words(events - past)}"] if events - past else []
        yield code(earlier.path if earlier else ""), code(resource.path), "; ".join(remarks)


def demands(old: Version, new: Version) -> Iterator[str]:
    """Yield the lines about what creating demands in one generation only."""
    from apis.tmf630.demands import compare_demands

    rows = [
        (code(each.old), code(each.new), words(each.by_old), words(each.by_new)) for each in compare_demands(old, new)
    ]
    if rows:
        yield "Creating demands in one generation only, of a resource and of what is in it (beside `@type`):"
        yield ""
        yield from table(("v4", "v5", "only v4 demands", "only v5 demands"), rows)


def statuses(pairs: Sequence[tuple[Version, Version]]) -> Iterator[str]:
    """Yield the lines about statuses, which all APIs have alike."""
    from apis.tmf630.demands import compare_statuses

    yield "## Statuses"
    yield ""
    yield "With 202 the resource was taken in, and work on it is still ahead; the resource tells how far that is."
    yield "Only creations are answered so here: a change or a removal is done by the time of its answer."
    yield "`notify` is what a listener answers."
    yield ""
    rows = ((kind, words(before), words(after)) for kind, before, after in compare_statuses(pairs))
    yield from table(("operations", "v4", "v5"), rows)


def announcements(old: Version, new: Version) -> Iterator[str]:
    """Yield the lines about notifications and subscriptions, which all APIs have alike."""
    from apis.tmf630.comparison import Table, compare_schemas

    event = min(announced(old) & announced(new))
    hubs = (subscription(old), subscription(new))
    yield "## Notifications and subscriptions"
    yield ""
    for title, pair, same in (("Notification", (event, event), synonyms(old, new, event)), ("Subscription", hubs, {})):
        rows = [row for row in compare_schemas(old, new, *pair) if row.old != row.new]
        yield from section(Table(title, title, tuple(paired(rows, same))))


def synonyms(old: Version, new: Version, event: str) -> dict[str, str]:
    """Return what the new generation calls attributes of an event that have another name in the old one."""
    from apis.tmf630.envelope import envelope_of
    from apis.tmf630.notifications import EventWording

    before, after = (
        {path[0]: said for path, said in envelope_of(EventWording(resource, event), ()).items() if not path[1:]}
        for version in (old, new)
        for resource in version.resources.values()
        if event in resource.row.events
    )
    return {
        word: name
        for word, said in before.items()
        for name, meant in after.items()
        if said == meant and word not in after and name not in before
    }


def paired(rows: Sequence[Row], same: Mapping[str, str]) -> Iterator[Row]:
    """Yield rows in which what means the same stands together."""
    from apis.tmf630.comparison import Row

    for row in rows:
        if row.old:
            name = same.get(row.old)
            yield Row(row.old, name, "another spelling" if name else "only in v4")
        elif row.new not in same.values():
            yield Row(None, row.new, "only in v5")


def subscription(version: Version) -> str:
    """Return the name of the schema of a subscription."""
    from apis.tmf630.shapes import component_name

    reply = version.specification.operation("createHub").definition["responses"]["201"]["content"]
    return component_name(next(iter(reply.values()))["schema"]["$ref"])


def announced(version: Version) -> set[str]:
    """Return the types of the events that a version tells of."""
    return {event for resource in version.specification.resources.values() for event in resource.events}


def kinds(version: Version, name: str) -> set[str]:
    """Return the kinds of event of a resource."""
    return {event.removeprefix(name) for event in version.specification.resources[name].events}


def section(found: Table) -> Iterator[str]:
    """Yield the lines about two schemas."""
    yield f"### {found.old}" + ("" if found.old == found.new else f" (v5: {found.new})")
    yield ""
    yield from table(("v4", "v5", ""), ((code(row.old), code(row.new), row.remark) for row in found.rows))


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a table in Markdown and an empty line."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def code(text: str | None) -> str:
    """Return a name as code, nothing for none."""
    return f"`{text}`" if text else ""


def words(names: Iterable[str]) -> str:
    """Return names in order, as code."""
    return ", ".join(code(name) for name in sorted(names))
