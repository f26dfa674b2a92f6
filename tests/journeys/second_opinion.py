"""openapi-core's own reading of the complete documents, as a second opinion on every reply of a journey."""

from __future__ import annotations

from functools import cache
from typing import Any

import requests
from jsonschema_path import SchemaPath
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.validation.response.validators import V30ResponseValidator

from apis.tmf630.specification import load


def check(api: str, version: str, response: requests.Response) -> None:
    """Raise openapi-core's error for a reply that breaks the document of its API version."""
    request = RequestsOpenAPIRequest(response.request)
    _validator(api, version).validate(request, RequestsOpenAPIResponse(response))


@cache
def _validator(api: str, version: str) -> V30ResponseValidator:
    document = _without_self_choice(load(api, version).document)
    # The journey's server has another address than the document names.
    document["servers"] = [{"url": load(api, version).base_path}]
    return V30ResponseValidator(SchemaPath.from_dict(document))


def _without_self_choice(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document in which only unions have a discriminator.

    openapi-core follows a discriminator that maps a type to itself without end.
    """
    schemas = {
        name: schema if "oneOf" in schema else {key: value for key, value in schema.items() if key != "discriminator"}
        for name, schema in document["components"]["schemas"].items()
    }
    return {**document, "components": {**document["components"], "schemas": schemas}}
