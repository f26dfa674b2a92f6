"""A log line is one JSON object with the correlation id of its request, whichever library wrote it."""

from __future__ import annotations

import io
import json
import logging

import pytest

from core.logs import bound_contextvars, configure_logs, get_logger
from core.settings import Settings

pytestmark = pytest.mark.usefixtures("logs_are_as_before")


def written(log_format: str = "json", log_level: str = "info") -> tuple[io.StringIO, Settings]:
    """Configure logs to go to a buffer."""
    stream = io.StringIO()
    settings = Settings(log_format=log_format, log_level=log_level)
    configure_logs(settings, stream)
    return stream, settings


def test_a_line_is_an_object_with_the_correlation_id() -> None:
    stream, _ = written()
    with bound_contextvars(correlation_id="c-1"):
        get_logger("t").info("order.completed", order="o-1")
    line = json.loads(stream.getvalue())
    assert line["message"] == "order.completed"
    assert (line["correlation_id"], line["order"], line["level"]) == ("c-1", "o-1", "info")
    assert line["timestamp"].endswith("Z")


def test_lines_of_libraries_look_the_same() -> None:
    stream, _ = written()
    with bound_contextvars(correlation_id="c-2"):
        logging.getLogger("some.library").warning("gave up after %d", 3, extra={"host": "h"})
    line = json.loads(stream.getvalue())
    assert (line["message"], line["correlation_id"], line["host"]) == ("gave up after 3", "c-2", "h")


def test_an_exception_is_part_of_its_line_and_shows_no_variables() -> None:
    for log_format in ("json", "console"):
        stream, _ = written(log_format)
        try:
            card_number = "-".join(["4111", "1111"])
            raise ValueError("refused")
        except ValueError:
            get_logger("t").exception("payment.failed")
        assert "ValueError: refused" in stream.getvalue()
        assert card_number not in stream.getvalue()


def test_what_json_cannot_say_costs_no_line() -> None:
    stream, _ = written()
    get_logger("t").info("odd", value=object(), keys={1: "one"})
    assert json.loads(stream.getvalue())["keys"] == {"1": "one"}


def test_lower_levels_are_left_out() -> None:
    stream, _ = written(log_level="warning")
    get_logger("t").info("unimportant")
    assert stream.getvalue() == ""
