"""How a file is written is said by the content type, else by the file's ending, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.catalog.forms import Form, form_of
from core.errors import InvalidInput


@pytest.mark.parametrize(
    ("content_type", "name", "expected"),
    [
        (None, "a.json", Form("json")),
        (None, "a.NDJSON", Form("ndjson")),
        (None, "a.jsonl", Form("ndjson")),
        (None, "a.csv", Form("csv")),
        (None, "a.csv.GZ", Form("csv", zipped=True)),
        ("application/json;charset=utf-8", "a", Form("json")),
        ("application/x-ndjson", "a.json", Form("ndjson")),
        ('Text/CSV; charset="UTF-8"; header=present', "a.json", Form("csv")),
        ("text/csv", "a.gz", Form("csv", zipped=True)),
        ("text/csv+gzip", "a", Form("csv", zipped=True)),
        ("application/gzip", "a.ndjson", Form("ndjson", zipped=True)),
        ("application/x-gzip", "a.csv.gz", Form("csv", zipped=True)),
    ],
)
def test_the_content_type_decides_else_the_ending(content_type: str | None, name: str, expected: Form) -> None:
    assert form_of({"contentType": content_type}, Path(name)) == expected


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        (None, "a.xml"),
        (None, "a"),
        (None, "a.gz"),
        ("application/gzip", "a.gz"),
        ("text/xml", "a.json"),
        ("text/csv; charset=iso-8859-1", "a.csv"),
        ("text/csv; header=absent", "a.csv"),
    ],
)
def test_other_forms_are_refused(content_type: str | None, name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        form_of({"contentType": content_type}, Path(name))
    assert refusal.value.faults[0].path == "contentType"
