"""Expands a spec file with its table of resources into the paths and components of a complete OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from apis.tmf630 import variants
from apis.tmf630.removal import allow_removal
from apis.tmf630.resources import HUB, Event, Node, Resource, read_events, read_resources, spaced

SECRET = "Webhook-Secret"  # noqa: S105 - the name of a header
VERBS = {
    "list": "All {many} that match the query, one page at a time.",
    "create": "Takes in a new {one}.",
    "retrieve": "One {one}, by its identifier.",
    "patch": "Changes attributes of one {one}.",
    "delete": "Removes one {one}.",
}
QUERIES = {
    "list": "Any attribute is a filter, nested ones by their path (`status=active`, `price.value.gt=5`); `filter` is a "
    "JSONPath, `sort` names attributes, `after` is where a page begins (see the link to the next one), `expand` names "
    "references to show in full, `depth` says how far.",
    "retrieve": "`filter` selects members of an array by a JSONPath, `expand` names references to show in full, "
    "`depth` says how far.",
}
# What holds for all operations and no list of parameters can say: that one of attributes would have no end, and of a
# header with a value made up from its schema nobody could tell what becomes of the request.
CONVENTIONS = (
    "Lists take more query parameters than those listed: any attribute is a filter (see each list). ETag goes with "
    "If-Match and If-None-Match; Idempotency-Key makes a POST safe to repeat; X-Correlation-ID names the request in "
    "logs and events."
)
HEADERS = {
    "list": ("X-Total-Count", "X-Total-Count-Relation", "X-Result-Count", "Link"),
    "create": ("ETag", "Location"),
    "retrieve": ("ETag",),
    "patch": ("ETag",),
}
HUB_PARAMETERS = ("/Id", "/Offset", "/Limit")


def expand(source: Node) -> Node:
    """The complete OpenAPI 3.0 document of a spec file that is already merged with its common building blocks."""
    return Expansion(source).document()


class Expansion:
    """One spec file on its way to a complete document."""

    def __init__(self, source: Node) -> None:
        self.source = source
        self.generation: Node = source["x-tmf-generation"]
        self.operations: Node = source["x-tmf-operations"]
        self.suffixes: Node = self.generation["suffixes"]
        self.hub: str = self.generation["hub"]
        table: Node = source["x-tmf-resources"]
        self.resources = read_resources(table)
        self.events = [event for name, row in table.items() for event in read_events(name, row)]

    def document(self) -> Node:
        """Put the parts together; schemas that no operation leads to stay out."""
        source = self.source
        base = dict(source["components"]["schemas"])
        for event in self.events:
            base.update(event.schemas(source.get("x-tmf-envelope", "Event")))
        schemas = variants.complete(base, self._variant_roots(), self.suffixes)
        suffix = self.suffixes["patch"]
        schemas = allow_removal(schemas, [name + suffix for name in self._variant_roots()["patch"]], suffix)
        kept = sorted(variants.reachable(schemas, self._schema_roots()))
        return {
            "openapi": source["openapi"],
            "info": {**source["info"], "description": f"{source['info']['description']}\n\n{CONVENTIONS}"},
            "servers": source["servers"],
            "tags": self._tags(),
            "paths": dict(self._paths()),
            "components": {
                "schemas": {name: schemas[name] for name in kept},
                "parameters": deepcopy(source["components"]["parameters"]) | dict(self._owner_parameters()),
                "headers": deepcopy(source["components"]["headers"]),
                "responses": dict(self._error_responses()),
            },
        }

    def _variant_roots(self) -> dict[str, list[str]]:
        """The resources that need a variant, by variant; a subscription is created like a resource."""
        roots = {v: [n for n, r in self.resources.items() if v in r.operations] for v in ("create", "patch")}
        roots["create"].append(self.hub)
        return roots

    def _schema_roots(self) -> list[str]:
        """The schemas that operations speak of; whatever they don't lead to stays out of the document."""
        roots = ["Error", *self.resources, self.hub]
        roots += [name + self.suffixes[v] for v, names in self._variant_roots().items() for name in names]
        roots += [event.name for event in self.events]
        if any("patch" in resource.operations for resource in self.resources.values()):
            roots += [name for name in self.generation["patch"].values() if name != "variant"]
        return roots

    def _tags(self) -> list[Node]:
        tags = [{"name": resource.path} for resource in self.resources.values() if resource.path != "hub"]
        tags.append({"name": "hub", "description": "Subscriptions to the events of this API."})
        if self.events:
            tags.append({"name": "listener", "description": "Where a subscriber of these events is told of them."})
        return tags

    def _paths(self) -> Iterator[tuple[str, Node]]:
        for resource in self.resources.values():
            yield from self._resource_paths(resource)
        yield (
            "/hub",
            {
                "get": self._hub_operation("list", "All subscriptions to the events of this API."),
                "post": self._hub_operation("create", "Subscribes a callback address to events."),
            },
        )
        yield (
            "/hub/{id}",
            {
                "get": self._hub_operation("retrieve", "One subscription, by its identifier."),
                "delete": self._hub_operation("delete", "Ends a subscription."),
            },
        )
        for event in self.events:
            yield f"/listener/{event.path}", {"post": self._notification(event)}

    def _resource_paths(self, resource: Resource) -> Iterator[tuple[str, Node]]:
        places: dict[str, Node] = {}
        for kind in resource.operations:
            place = resource.place + ("/{id}" if "Id" in self.operations[kind]["parameters"] else "")
            method = self.operations[kind]["method"]
            places.setdefault(place, {})[method] = self._resource_operation(kind, resource)
        yield from places.items()

    def _resource_operation(self, kind: str, resource: Resource) -> Node:
        operation = self._operation(kind, resource.operation_id(kind), resource.path, resource.name)
        if resource.owner:
            operation["parameters"].insert(0, {"$ref": f"#/components/parameters/{_parameter(resource)}"})
        if kind == "create" and resource.name == HUB:
            operation["responses"]["201"]["headers"] |= _headers(SECRET)
        operation["summary"] = VERBS[kind].format(one=resource.one, many=resource.many)
        if kind in QUERIES:
            operation["description"] = QUERIES[kind]
        if kind == "create":
            operation["requestBody"] = self._body(resource.name + self.suffixes["create"], resource.name)
        if kind == "patch":
            types = self.generation["patch"]
            named = {m: resource.name + self.suffixes["patch"] if n == "variant" else n for m, n in types.items()}
            bodies = {media: content(schema) for media, schema in named.items()}
            operation["requestBody"] = {"required": True, "content": bodies}
            self._show_patch(bodies, resource.name)
        return operation

    def _hub_operation(self, kind: str, summary: str) -> Node:
        operation = self._operation(kind, f"{kind}Hub", "hub", self.hub)
        operation["summary"] = summary
        operation["parameters"] = [p for p in operation["parameters"] if p["$ref"].endswith(HUB_PARAMETERS)]
        operation["responses"].pop("202", None)
        if kind == "create":
            operation["requestBody"] = self._body(self.hub + self.suffixes["create"], self.hub)
            operation["responses"]["201"]["headers"] |= _headers(SECRET)
        return operation

    def _notification(self, event: Event) -> Node:
        operation = self._operation("notify", f"notify{event.name}", "listener", self.hub)
        operation["summary"] = f"Takes in {event.name} as a subscriber."
        operation["requestBody"] = self._body(event.name)
        return operation

    def _operation(self, kind: str, operation_id: str, tag: str, schema: str) -> Node:
        """What all operations have: identifier, tag, parameters and responses."""
        row = {**self.operations[kind], **self.generation["statuses"].get(kind, {})}
        errors = [*row["errors"], *(self.generation["subscription_errors"] if schema == self.hub else ())]
        responses = {str(status): self._reply(status, kind, schema) for status in row.get("body", ())}
        responses |= {str(status): self._empty(status) for status in row.get("empty", ())}
        responses |= {str(s): {"$ref": f"#/components/responses/{s}"} for s in errors}
        return {
            "operationId": operation_id,
            "tags": [tag],
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in row["parameters"]],
            "responses": responses,
        }

    def _reply(self, status: int, kind: str, schema: str) -> Node:
        """A response with a body: a list of resources with its counts, or one resource."""
        answer = self._described(status)
        body: Node = {"$ref": variants.POINTER + schema}
        if kind == "list":
            body = {"type": "array", "items": body}
        if kind in HEADERS:
            answer["headers"] = _headers(*HEADERS[kind])
        answer["content"] = {self.generation["reply"]: {"schema": body}}
        return answer

    def _empty(self, status: int) -> Node:
        """A response without a body; one that says that nothing has changed says what it is about."""
        return {**self._described(status), **({"headers": _headers("ETag")} if status == 304 else {})}

    def _described(self, status: int | str) -> Node:
        return {"description": self.source["x-tmf-statuses"][status]}

    def _error_responses(self) -> Iterator[tuple[str, Node]]:
        statuses = {status for row in self.operations.values() for status in row["errors"]}
        for status in [*sorted(statuses), *self.generation["subscription_errors"]]:
            yield str(status), {**self._described(status), "content": {self.generation["reply"]: content("Error")}}

    def _owner_parameters(self) -> Iterator[tuple[str, Node]]:
        for resource in self.resources.values():
            if resource.owner:
                says = {"schema": {"type": "string"}, "description": f"Which {spaced(resource.below)} it is below."}
                yield _parameter(resource), {"name": resource.owner, "in": "path", "required": True, **says}

    def _body(self, schema: str, created: str = "") -> Node:
        example = self.source["x-tmf-examples"].get(created, {}).get("create")
        shown = {} if example is None else {"example": example}
        return {"required": True, "content": {m: {**content(schema), **shown} for m in self.generation["requests"]}}

    def _show_patch(self, bodies: Node, resource: str) -> None:
        """Put an example into every kind of patch; as operations it is one that adds the last attribute."""
        example = self.source["x-tmf-examples"].get(resource, {}).get("patch")
        if example is not None:
            name, value = list(example.items())[-1]
            operations = [{"op": "add", "path": f"/{name}", "value": value}]
            for body in bodies.values():
                is_merge = body["schema"]["$ref"].endswith(self.suffixes["patch"])
                body["example"] = example if is_merge else operations


def _parameter(resource: Resource) -> str:
    return f"{resource.below}Id"


def _headers(*names: str) -> Node:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def content(schema: str) -> Node:
    """The media type object for a schema."""
    return {"schema": {"$ref": variants.POINTER + schema}}
