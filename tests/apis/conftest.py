"""The whole app in the test's own process, over both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from apis.app import create_app
from core.service import Core

Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(core: Core) -> Ask:
    """Send one request to the app and return its reply."""
    transport = httpx.ASGITransport(create_app(core.settings, core))

    def send(method: str, path: str, **options: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport, base_url="http://brand.example") as client:
                return await client.request(method, path, **options)

        return asyncio.run(once())

    return send
