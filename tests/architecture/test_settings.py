"""Every setting is documented, and something reads it."""

from __future__ import annotations

import re

from cli.settings import settings_page
from core.settings import Settings
from tests.architecture.sources import PRODUCT, ROOT, modules, text


def test_the_page_about_settings_is_what_the_code_says() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == settings_page(), "run `make docs`"


def test_every_setting_has_a_description() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_setting_is_read_by_something() -> None:
    sources = "\n".join(text(name) for name in modules(*PRODUCT) if name != "core/settings.py")
    unread = [name for name in Settings.model_fields if not re.search(rf"\.{name}\b", sources)]
    assert unread == []
