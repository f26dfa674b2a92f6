"""Which files a job may touch, and what it is about."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.exchange import EVERYTHING, entities_of, filters_of, locate, open_to_read
from core.errors import InvalidInput


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "exchange" / "deep").mkdir(parents=True)
    (tmp_path / "secret.json").write_text("{}")
    return tmp_path / "exchange"


@pytest.mark.parametrize("url", ["file:plans.ndjson", "file:deep/plans.json", "FILE:plans.json", "file:deep/../a.json"])
def test_a_relative_url_names_a_file_of_the_folder(folder: Path, url: str) -> None:
    assert locate(url, folder).is_relative_to(folder)


def test_a_full_path_inside_the_folder_is_fine_percent_encoded_too(folder: Path) -> None:
    file = folder / "my plans.json"
    assert locate(file.as_uri(), folder) == file
    assert locate(f"file://localhost{quote(str(file))}", folder) == file


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "file:../secret.json",
        "file:deep/../../secret.json",
        "file:%2e%2e/secret.json",
        "file:%2E%2E%2Fsecret.json",
        "file:deep/%2e%2e/%2e%2e/secret.json",
        "file://elsewhere/plans.json",
        "file:plans.json?x=1",
        "file:plans.json#x",
        "file:",
        "file:.",
        "file:%00",
        "file:a%00.json",
        "file:%ff",
        "file:" + "a" * 5000,
        "http://localhost/plans.json",
        "ftp://ftp.example/plans.json",
        "plans.json",
        "file://[",
        "",
    ],
)
def test_what_leads_elsewhere_is_refused(folder: Path, url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        open_to_read(locate(url, folder))
    assert refusal.value.faults[0].path == "url"


def test_a_link_that_leads_outside_is_refused(folder: Path) -> None:
    (folder / "link.json").symlink_to(folder.parent / "secret.json")
    (folder / "up").symlink_to(folder.parent)
    (folder / "loop").symlink_to(folder / "loop")
    for url in ("file:link.json", "file:up/secret.json", "file:loop"):
        with pytest.raises(InvalidInput):
            open_to_read(locate(url, folder))


def test_a_link_to_another_file_of_the_folder_is_fine(folder: Path) -> None:
    (folder / "today.json").write_text("[]")
    (folder / "latest.json").symlink_to(folder / "today.json")
    with open_to_read(locate("file:latest.json", folder)) as opened:
        assert opened.read() == b"[]"


def test_only_ordinary_files_are_read_and_a_pipe_keeps_nobody_waiting(folder: Path) -> None:
    os.mkfifo(folder / "pipe.json")
    for url in ("file:pipe.json", "file:deep", "file:missing.json"):
        with pytest.raises(InvalidInput):
            open_to_read(locate(url, folder))


@given(st.text(max_size=40))
def test_no_url_leads_outside(tmp_path_factory: pytest.TempPathFactory, tail: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzed"
    folder.mkdir(exist_ok=True)
    for url in (f"file:{tail}", f"file:{quote(tail)}", f"file://{tail}", f"file:{folder}/{tail}", tail):
        with contextlib.suppress(InvalidInput):
            assert locate(url, folder).is_relative_to(folder.resolve())


@pytest.mark.parametrize(
    ("path", "entities"),
    [
        ("/productOffering", ("ProductOffering",)),
        ("https://brand.example/tmf-api/productCatalogManagement/v5/category/", ("Category",)),
        ("catalog", ("ProductCatalog",)),
        ("https://brand.example/tmf-api/productCatalogManagement/v5/", EVERYTHING),
        ("", EVERYTHING),
    ],
)
def test_the_path_says_what_a_job_is_about(path: str, entities: tuple[str, ...]) -> None:
    assert entities_of({"path": path}) == entities
    assert entities_of({}) == EVERYTHING


@pytest.mark.parametrize("path", ["/customer", "productOffering/42", "http://["])
def test_a_path_to_something_else_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput):
        entities_of({"path": path})


def test_a_query_filters_by_attributes() -> None:
    assert filters_of({"query": "a=1&filter=$[?(@.x==1 && @.y=='%26')]&b=2"}) == (
        ("a", "1"),
        ("filter", "$[?(@.x==1 && @.y=='&')]"),
        ("b", "2"),
    )
    assert filters_of({"query": "?lifecycleStatus=Launched,Active&category.id=5%206&version>2"}) == (
        ("lifecycleStatus", "Launched,Active"),
        ("category.id", "5 6"),
        ("version>2", ""),
    )
    with pytest.raises(InvalidInput):
        filters_of({"query": "limit=5"})
    with pytest.raises(InvalidInput, match="UTF-8"):
        filters_of({"query": "name=%ff"})
