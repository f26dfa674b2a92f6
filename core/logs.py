"""How the suite logs: one structured event a line, with the correlation id of the request it belongs to."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import orjson
import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import Processor

from core.settings import Settings

__all__ = ["bound_contextvars", "configure_logs", "get_logger"]

get_logger = structlog.get_logger


def configure_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Send the suite's events and those of its libraries to `stream` (stderr), in the format of the settings.

    Whatever is bound with `bound_contextvars(correlation_id=...)` appears on every line inside that block.
    """
    stream = stream or sys.stderr
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*shared, ExtraAdder()],
            processors=[ProcessorFormatter.remove_processors_meta, *_renderers(settings, stream)],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("alembic", "connexion", "httpx", "urllib3", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def _renderers(settings: Settings, stream: TextIO) -> list[Processor]:
    console = settings.log_format == "console" or (settings.log_format == "auto" and stream.isatty())
    if console:
        # Local variables of a traceback hold customers' data: never print them.
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(serializer=_json),
    ]


def _json(event: object, **_options: object) -> str:
    # A value that JSON has no form for (a path, an exception) must never cost the log line.
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
