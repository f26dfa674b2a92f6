"""Entity tags, and the conditions that requests put on them: If-Match and If-None-Match (RFC 9110, 8.8.3 and 13.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version as release_of
from typing import Any

from apis.tmf630.exchange import Reply, Request
from core.errors import InvalidInput, PreconditionFailed
from core.service import Guard
from core.storage.json import dumps
from core.storage.repository import Stamp, Stored

MATCH, NONE_MATCH = "If-Match", "If-None-Match"
_KEYS = {MATCH: b"if-match", NONE_MATCH: b"if-none-match"}
_RELEASE = release_of("bss-suite")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TAG = r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")'
_ONE = re.compile(_TAG)
# Empty members of a list are to be passed over (RFC 9110, 5.6.1).
_LIST = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a condition names: anything at all (`*`), or tags in their quotes, each with whether it is a weak one."""

    tags: tuple[tuple[str, bool], ...] = ()
    anything: bool = False

    def has(self, tag: str, *, weakly: bool) -> bool:
        """Tell whether a strong tag of ours is named: `weakly` by a weak one too (RFC 9110, 8.8.3.2)."""
        return self.anything or any(named == tag and (weakly or not weak) for named, weak in self.tags)

    def of_states(self) -> Tags:
        """Return the same without what tells representations of one state apart.

        Who has read some `fields`, or another generation, has seen the same state of the resource.
        """
        return Tags(tuple((tag.strip('"').partition(".")[0], weak) for tag, weak in self.tags), self.anything)


def tag_of(request: Request, stamp: Stamp) -> str:
    """Return the strong entity tag of the representation that a request gets of a resource with this stamp.

    Before the dot stands the state of the resource, after it what else the bytes depend on: the generation, the
    address, the query, which selects what is shown of it, and the release, which may word things anew.
    """
    return f'"{_state(stamp)}.{_variant(request.version.name, request.origin, request.query)}"'


def content_tag(document: Mapping[str, Any]) -> str:
    """Return the strong entity tag of a document that has no version, by what it says."""
    return f'"{sha256(dumps(document)).hexdigest()[:20]}"'


def is_known(request: Request, tag: str) -> bool:
    """Tell whether the caller of a GET has the representation already, by If-None-Match: then it gets 304.

    Raises PreconditionFailed where If-Match asks for another one, InvalidInput for a malformed header.
    """
    match, none_match = _named(request, MATCH), _named(request, NONE_MATCH)
    _refuse_another(tag, match, None)
    return none_match is not None and none_match.has(tag, weakly=True)


def unchanged(tag: str) -> Reply:
    """Return the answer to a caller that has the representation already."""
    return Reply(304, headers={"ETag": tag})


def guard_of(request: Request) -> Guard | None:
    """Return what refuses a change that is meant for another state of the resource; None where no header asks for it.

    If-Match wants a strong tag of the present state or `*`, If-None-Match none of its tags. The guard raises
    PreconditionFailed. Raises InvalidInput for a malformed header.
    """
    match, none_match = _named(request, MATCH), _named(request, NONE_MATCH)
    if match is None and none_match is None:
        return None
    wanted, ruled_out = match and match.of_states(), none_match and none_match.of_states()

    def refuse_another_state(stored: Stored) -> None:
        _refuse_another(_state(stored.stamp), wanted, ruled_out)

    return refuse_another_state


def refuse_other_content(request: Request, tag: str) -> None:
    """Refuse (PreconditionFailed) to change a document without a version when the conditions mean another content."""
    _refuse_another(tag, _named(request, MATCH), _named(request, NONE_MATCH))


def read_tags(text: str, header: str) -> Tags:
    """Return the entity tags that a header lists. Raises InvalidInput naming the header."""
    if text.strip(" \t") == "*":
        return Tags(anything=True)
    if not _LIST.fullmatch(text):
        right = f"""must be * or entity tags in double quotes, apart by commas: {header}: "3-5f0e.a1b2\""""
        raise InvalidInput(right, path=header, code="invalidHeader")
    return Tags(tuple((tag, bool(weak)) for weak, tag in _ONE.findall(text)))


def _refuse_another(tag: str, match: Tags | None, none_match: Tags | None) -> None:
    if match and not match.has(tag, weakly=False):
        reason = "the resource is in another state than the one this stands for; read it again"
        raise PreconditionFailed(reason, path=MATCH)
    if none_match and none_match.has(tag, weakly=True):
        raise PreconditionFailed("the resource is there, in a state that this rules out", path=NONE_MATCH)


def _named(request: Request, header: str) -> Tags | None:
    value = request.headers.get(_KEYS[header])
    return None if value is None else read_tags(value.decode("latin-1"), header)


def _state(stamp: Stamp) -> str:
    # A resource that was deleted may be made again under its identifier; the time tells it from its predecessor.
    version, created_at = stamp
    return f"{version}-{(created_at - _EPOCH) // _MICROSECOND:x}"


@lru_cache(maxsize=1024)
def _variant(generation: str, origin: str, query: tuple[tuple[str, str], ...]) -> str:
    return sha256(dumps([_RELEASE, generation, origin, query])).hexdigest()[:8]
