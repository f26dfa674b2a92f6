"""Content negotiation."""

from __future__ import annotations

import pytest

from apis.edge.media_types import refuse_other_reply, refuse_unknown_content, takes
from apis.tmf630.errors import HttpError

ACCEPTED = ("application/json", "application/merge-patch+json")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json;charset=utf-8", "application/json; charset=UTF-8", "Application/JSON"],
)
def test_json_is_accepted_with_and_without_charset(content_type: str) -> None:
    assert refuse_unknown_content(content_type, "", ACCEPTED) == "application/json"


@pytest.mark.parametrize(
    ("content_type", "encoding", "words"),
    [
        ("", "", "application/json, application/merge-patch\\+json"),
        ("text/xml", "", "application/json, application/merge-patch\\+json"),
        ("nonsense", "", "Content-Type can be"),
        ("application/json;charset=utf-16", "", "must be utf-8"),
        ("application/json", "gzip", "send it plain"),
    ],
)
def test_other_content_is_refused_with_what_is_accepted(content_type: str, encoding: str, words: str) -> None:
    with pytest.raises(HttpError, match=words) as caught:
        refuse_unknown_content(content_type, encoding, ACCEPTED)
    assert caught.value.status == 415


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "application/json;charset=utf-8",
        "*/*",
        "application/*",
        "text/html, */*;q=0.1",
        "text/html, application/json",
        "APPLICATION/JSON",
    ],
)
def test_these_accept_headers_take_json(accept: str) -> None:
    assert takes(accept, "application/json;charset=utf-8")


@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/xml", "application/json;q=0", "*/*, application/json;q=0", "application/json;q=x"],
)
def test_these_accept_headers_do_not_take_json(accept: str) -> None:
    assert not takes(accept, "application/json")


def test_without_an_accept_header_anything_goes() -> None:
    refuse_other_reply("", "application/json")
    refuse_other_reply("*/*", "application/json")


def test_a_reply_that_is_ruled_out_is_refused() -> None:
    with pytest.raises(HttpError, match="would be application/json") as caught:
        refuse_other_reply("text/html", "application/json")
    assert caught.value.status == 406
