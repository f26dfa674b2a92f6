"""Schemas of extensions over the wire: another process registers one, and the server that runs holds bodies to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

from core.storage.json import dumps
from tests.builders.schemas import a_schema
from tests.contract.customers import CUSTOMERS, a_customer, created, error_in
from tests.contract.servers import Server

BSS = [sys.executable, "-c", "from cli.main import app; app()"]


def bss(server: Server, *arguments: str) -> None:
    """Run a command over the server's database."""
    environment = {**os.environ, "BSS_DATABASE_URL": f"sqlite:///{server.log.parent / 'bss.db'}"}
    subprocess.run([*BSS, *arguments], env=environment, check=True, capture_output=True)


def test_a_schema_counts_as_soon_as_another_process_has_registered_it(
    http: httpx.Client, server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "schema.json"
    home = {"Home": {"type": "object", "properties": {"dovecote": {"type": "string"}}}}
    file.write_bytes(dumps(a_schema("wire-pigeon", **{"$defs": home})))
    location = f"{str(http.base_url).rstrip('/')}/tmf-api/schema/wire-pigeon"
    pigeon = {"@type": "Pigeon", "@baseType": "ContactMedium", "@schemaLocation": location, "loft": 0}
    body = a_customer(contactMedium=[pigeon])
    assert error_in(http.post(CUSTOMERS, json=body), 409)["reason"].startswith("contactMedium[0].@schemaLocation: ")
    bss(server, "schema", "add", str(file))
    assert error_in(http.post(CUSTOMERS, json=body), 400)["reason"] == "contactMedium[0].loft: must be 1 or more"
    reply = http.get(location)
    assert (reply.headers["Content-Type"], reply.json()["$id"]) == ("application/schema+json", location)
    made = created(http, contactMedium=[{**pigeon, "loft": 77}])
    assert http.get(CUSTOMERS, params={"contactMedium.loft": "77"}).json() == [made]
    nobody_has = {"contactMedium.home.dovecote": "12"}
    assert http.get(CUSTOMERS, params=nobody_has).json() == []
    bss(server, "schema", "remove", "wire-pigeon")
    error_in(http.get(CUSTOMERS, params=nobody_has), 400)
    assert http.get(CUSTOMERS, params={"contactMedium.loft": "77"}).json() == [made]
    error_in(http.get(location), 404)
    assert http.get(made["href"]).json() == made


def test_a_foreign_schema_and_unknown_attributes_are_kept_beside_what_fields_select(http: httpx.Client) -> None:
    home = {"@type": "Home", "@schemaLocation": "https://e.example/home.json", "city": "Ghent", "at": [{"x": 1}]}
    pigeon = {"@type": "Pigeon", "@baseType": "PhoneContactMedium", "phoneNumber": "1", "home": home}
    made = created(http, contactMedium=[pigeon])
    assert made["contactMedium"] == [pigeon]
    shown = http.get(made["href"], params={"fields": "contactMedium.home"}).json()["contactMedium"]
    assert shown == [{name: pigeon[name] for name in ("@type", "@baseType", "home")}]
