"""Errors of the domain as TMF Errors."""

from __future__ import annotations

import pytest

from apis.tmf630.errors import HttpError, error_reply, failure_reply, status_of
from core import errors
from core.errors import BssError, Conflict, Fault, InvalidInput, NotFound
from tests.apis.served import version


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.InvalidInput, 400),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.PreconditionFailed, 412),
        (errors.TooLarge, 413),
        (errors.Unprocessable, 422),
        (errors.NotYet, 501),
        (errors.Unavailable, 503),
    ],
)
def test_every_kind_of_refusal_has_its_status(kind: type[BssError], status: int) -> None:
    assert status_of(kind("reason")) == status
    assert error_reply(kind("reason"), "v5").body["status"] == str(status)


def test_a_narrower_kind_has_the_status_of_its_wider_one() -> None:
    class Held(Conflict):
        """A conflict of one domain."""

    assert status_of(Held("reason")) == 409


def test_the_first_fault_is_the_reason_and_all_are_in_the_message() -> None:
    faults = (Fault("name", "missing", "is mandatory"), Fault("items[0].id", "taken", "exists"))
    body = error_reply(InvalidInput("the body is wrong", faults=faults), "v5").body
    assert body == {
        "@type": "Error",
        "code": "missing",
        "reason": "name: is mandatory",
        "message": "name: is mandatory; items[0].id: exists",
        "status": "400",
    }


def test_an_error_without_faults_speaks_for_itself() -> None:
    body = error_reply(NotFound("there is no such thing"), "v5").body
    assert (body["code"], body["reason"], body["message"]) == (
        "notFound",
        "there is no such thing",
        "there is no such thing",
    )


def test_v4_errors_have_no_type() -> None:
    assert "@type" not in error_reply(NotFound("reason"), "v4").body


def test_http_errors_bring_their_headers() -> None:
    reply = error_reply(HttpError(405, "methodNotAllowed", "no", {"Allow": "GET"}), "v5")
    assert (reply.status, reply.headers) == (405, {"Allow": "GET"})


def test_a_failure_tells_nothing_but_where_it_is_logged() -> None:
    body = failure_reply("correlation-1", "v5").body
    assert body["status"] == "500"
    assert "correlation-1" in body["message"]


@pytest.mark.parametrize(("api", "name"), [("tmf629", "v5"), ("tmf635", "v4")])
def test_errors_are_valid_by_the_documents_they_are_given_under(api: str, name: str) -> None:
    validator = version(api, name).validators.of({"$ref": "#/components/schemas/Error"})
    for reply in (error_reply(Conflict("no", path="a"), name), failure_reply("c1", name)):
        assert validator.faults(reply.body) == ()
