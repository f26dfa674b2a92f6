"""One version of one API as it is served: its operations, resources, dialects and validators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from apis.tmf630.addresses import address_as_stored, is_address
from apis.tmf630.api import Api
from apis.tmf630.dialect import CANONICAL, PLAIN
from apis.tmf630.exchange import Request
from apis.tmf630.files import file_apart_from, file_below
from apis.tmf630.fitting import Fitting
from apis.tmf630.shapes import NOT_EXTENDED, Extended, Node, Shape, Shapes
from apis.tmf630.specification import Operation as Definition
from apis.tmf630.specification import Resource, Specification
from apis.tmf630.types import TypeFiller
from apis.tmf630.validation import Validator, Validators
from core.query import Condition, Path

if TYPE_CHECKING:
    from apis.tmf630.sources import Source

JSON = "application/json"
# Callers choose paths, so what is remembered of them has an end.
MOST_FORMS = 1000


class Version:
    """One generation of one API: the specification, made ready for serving."""

    def __init__(self, api: Api, specification: Specification, canonical: Specification | None = None) -> None:
        self.api = api
        self.specification = specification
        self.base_path = specification.base_path.rstrip("/")
        self.shapes = Shapes(specification.document)
        self.validators = Validators(specification.document)
        self.is_canonical = canonical is None or canonical is specification
        document = specification.document if canonical is None else canonical.document
        self.canonical_shapes = self.shapes if self.is_canonical else Shapes(document)
        self.canonical_validators = self.validators if self.is_canonical else Validators(document)
        # To callers of v4 an empty `@type` is a way to leave it out; v5 has it mandatory, and takes it as it is.
        self.types = TypeFiller(self.canonical_shapes, fills_blanks=not self.is_canonical)
        self.resources = {name: ServedResource(self, name, row) for name, row in specification.resources.items()}
        definitions = [*specification.operations.values(), *(route.definition() for route in api.extra_routes)]
        self.operations = {definition.id: Operation(self, definition) for definition in definitions}
        self.sources: Mapping[str, Source] = {}
        self.by_entity = {resource.entity: resource for resource in self.resources.values()}

    def stand_beside(self, versions: Sequence[Version]) -> None:
        """Learn what is served together: who words an entity is this version, else one of its generation, else any."""
        self.sources = self.api.sources(versions) if self.api.sources else {}
        ranked = sorted(versions, key=lambda each: (each is self, each.name == self.name))
        self.by_entity = {found.entity: found for version in ranked for found in version.resources.values()}

    @property
    def name(self) -> str:
        """Return the generation, `v4` or `v5`."""
        return self.specification.version


class ServedResource:
    """A resource in the wording of one version."""

    def __init__(self, version: Version, name: str, row: Resource) -> None:
        self.version = version
        self.name = name
        self.path = row.place
        self.row = row
        self.owner = row.owner
        self.entity = version.api.entities.get(name, name)
        dialects = version.api.versions[version.name]
        self.dialect = dialects.get(name, CANONICAL if version.is_canonical else PLAIN)
        self.schema: Node = {"$ref": f"#/components/schemas/{name}"}
        # Entities are called as the canonical version calls the resource.
        self.canonical: Node = {"$ref": f"#/components/schemas/{self.entity}"}
        self._forms: dict[tuple[str, ...], tuple[set[str], set[str | None]]] = {}

    def belonging_to(self, owner: str) -> ServedResource:
        """Return the resource as it is below one other resource, with the address it has there."""
        found = copy(self)
        found.path = self.path.replace(f"{{{self.owner}}}", quote(owner, safe=""))
        return found

    def placed_by(self, document: Mapping[str, Any]) -> ServedResource:
        """Return the resource as it is below the one that a document of it names; itself where it is below none."""
        return self.belonging_to(str(document[self.owner])) if self.owner else self

    @cached_property
    def validator(self) -> Validator:
        """Return the validator of the whole resource."""
        return self.version.validators.of(self.schema)

    @cached_property
    def canonical_validator(self) -> Validator:
        """Return the validator of the whole resource as the canonical version has it."""
        return self.version.canonical_validators.of(self.canonical)

    @cached_property
    def mandatory(self) -> frozenset[str]:
        """Return the attributes that a resource can't be without: what its creation demands."""
        return frozenset(name for shape in self._creations for name in shape.required)

    @cached_property
    def added(self) -> frozenset[str]:
        """Return the attributes that a resource has and its creation doesn't know: those that the server adds."""
        known = {name for shape in self._creations for name in shape.properties}
        return frozenset(self.version.shapes.of(self.schema).properties) - known

    @cached_property
    def _creations(self) -> list[Shape]:
        creation = self.version.operations.get(self.row.operation_id("create"))
        bodies = [content["schema"] for content in creation.accepted.values()] if creation else []
        return [self.version.shapes.of(schema) for schema in bodies]

    def knows(self, path: tuple[str, ...], extended: Callable[[], Extended] = lambda: NOT_EXTENDED) -> bool:
        """Tell whether resources may have an attribute: one of this version, or one shown as it is called elsewhere.

        `extended` is asked for the schemas that extend canonical types only where these two don't know it.
        """
        if self.version.shapes.knows(self.schema, path):
            return True
        canonical = self.dialect.canonical_path(path)
        shapes = self.version.canonical_shapes
        if not self.version.is_canonical:
            if self.dialect.worded_path(canonical) != path:
                return False
            if shapes.knows(self.canonical, canonical):
                return True
        return bool(known := extended()) and shapes.knows(self.canonical, canonical, known)

    def condition(self, path: Path, values: Sequence[str]) -> Condition:
        """Return the filter that a path and values in this version's words stand for."""
        if is_address(self, path):
            path, values = address_as_stored(self, path, values)
        return self.dialect.condition(path, values)

    def forms(self, path: tuple[str, ...]) -> tuple[set[str], set[str | None]]:
        """Return the types and the formats that the schema gives an attribute, in all places where it may stand.

        A format of None is among them if a place has none; both are empty for what no schema knows.
        """
        if path not in self._forms:
            shapes = list(self.version.shapes.at(self.schema, path))
            if not shapes and not self.version.is_canonical:
                canonical = self.dialect.canonical_path(path)
                shapes = list(self.version.canonical_shapes.at(self.canonical, canonical))
            types: set[str] = set().union(*(shape.kinds for shape in shapes))
            if len(self._forms) > MOST_FORMS:
                self._forms.clear()
            self._forms[path] = types, {shape.format for shape in shapes}
        return self._forms[path]

    @cached_property
    def lacks_types(self) -> bool:
        """Tell whether valid documents may come without `@type`, as those of v4 do; v5 has it mandatory everywhere."""
        return "@type" not in self.version.shapes.of(self.schema).required

    @cached_property
    def fitting(self) -> Fitting:
        """Return what makes documents valid by this version's schema."""
        return Fitting(self.schema, self.version.shapes, self.version.validators)

    @cached_property
    def _known(self) -> Mapping[str, Node]:
        return self.version.shapes.of(self.schema).properties

    @cached_property
    def _canonical_fitting(self) -> Fitting:
        return Fitting(self.canonical, self.version.canonical_shapes, self.version.canonical_validators)

    def read(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a valid document of this version as it is stored: in canonical wording, valid there, with `@type`."""
        canonical = self.dialect.load(document)
        if self.lacks_types:
            self.version.types.fill(canonical, self.canonical)
        return self.stored(canonical)

    def stored(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a typed document in canonical wording, made valid there."""
        return document if self.version.is_canonical else self._canonical_fitting.fit(document, self._known)

    def fitted(self, worded: dict[str, Any]) -> dict[str, Any]:
        """Return a document in this version's words, made valid where what it says can't be said so here."""
        return worded if self.version.is_canonical else self.fitting.fit(worded)

    def fitted_body(self, body: Any) -> Any:
        """Return the body of a reply, one resource or a list of them, made valid in the same way."""
        return [self.fitted(each) for each in body] if isinstance(body, list) else self.fitted(body)

    def word(self, request: Request, document: dict[str, Any]) -> dict[str, Any]:
        """Return a stored document as this version words it, with its `href`."""
        worded = self.dialect.dump(document)
        return self.placed(worded, request.address(self.path, worded["id"], self.version.base_path))

    def word_all(self, request: Request, documents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return stored documents in the same way."""
        base_path = self.version.base_path
        return [
            self.placed(worded, request.address(self.path, worded["id"], base_path))
            for worded in map(self.dialect.dump, documents)
        ]

    def placed(self, worded: Mapping[str, Any], href: str) -> dict[str, Any]:
        """Return a worded document with its `href`, and with the addresses of its own files complete."""
        return self._with_files({"id": worded["id"], "href": href, **worded}, file_below, href)

    def unplaced(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """Return a shown document without what only its address says; what `placed` has done is undone."""
        worded = {name: value for name, value in shown.items() if name != "href"}
        return self._with_files(worded, file_apart_from, shown["href"])

    def _with_files(self, document: dict[str, Any], place: Callable[[str, Any], Any], href: str) -> dict[str, Any]:
        attribute = self.version.api.files.get(self.name)
        if attribute in document:
            base = href.rpartition(f"{self.path}/")[0]
            document[attribute] = [place(base, file) for file in document[attribute]]
        return document


class Operation:
    """One operation of a version, with what is needed to read its requests and check its replies."""

    def __init__(self, version: Version, definition: Definition) -> None:
        self.version = version
        self.id = definition.id
        self.method = definition.method.upper()
        self.path = definition.path
        self._definition = definition.definition
        self._request: dict[str, Validator] = {}
        self._replies: dict[int, Validator | None] = {}
        self.accepted = {_bare(media): content for media, content in self._content_of("requestBody").items()}
        self.reply_type, *_ = [*self._reply_types(), JSON]

    @property
    def takes_body(self) -> bool:
        """Tell whether requests have a body."""
        return bool(self.accepted)

    @cached_property
    def resource(self) -> ServedResource | None:
        """Return the resource that the operation is about; None for hubs and listeners."""
        found = [r for r in self.version.resources.values() if f"{self.path}/".startswith(f"{r.path}/")]
        return max(found, key=lambda resource: len(resource.path), default=None)

    @cached_property
    def may_defer(self) -> bool:
        """Tell whether the document lets the operation answer 202 with a resource whose work is still ahead."""
        return self._reply_schema(202) is not None

    @cached_property
    def query_names(self) -> frozenset[str]:
        """Return the names of the query parameters that the document lists."""
        shared = self.version.specification.document["components"]["parameters"]
        listed = self._definition.get("parameters", ())
        parameters = [shared[p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p for p in listed]
        return frozenset(parameter["name"] for parameter in parameters if parameter["in"] == "query")

    def request_validator(self, media_type: str) -> Validator:
        """Return the validator of request bodies of a media type. Raises KeyError for one that is not accepted."""
        if media_type not in self._request:
            self._request[media_type] = self.version.validators.of(self.accepted[media_type]["schema"])
        return self._request[media_type]

    def reply_validator(self, status: int) -> Validator | None:
        """Return the validator of reply bodies of a status; None where the document has no body for it."""
        if status not in self._replies:
            schema = self._reply_schema(status)
            self._replies[status] = None if schema is None else self.version.validators.of(schema)
        return self._replies[status]

    def _reply_schema(self, status: int) -> Node | None:
        content = self._response(str(status)).get("content", {})
        return next((media["schema"] for media in content.values() if "schema" in media), None)

    def _reply_types(self) -> list[str]:
        codes = [code for code in self._definition["responses"] if code.startswith("2")]
        return [media for code in codes for media in self._response(code).get("content", {})]

    def _response(self, status: str) -> Node:
        responses = self._definition["responses"]
        # The default of these documents is an error; it doesn't make a success of a status that isn't listed.
        otherwise = responses.get("default", {}) if status >= "4" else {}
        response: Node = responses.get(status, otherwise)
        if "$ref" in response:
            shared = self.version.specification.document["components"]["responses"]
            return shared[response["$ref"].rsplit("/", 1)[1]]  # type: ignore[no-any-return]
        return response

    def _content_of(self, part: str) -> Node:
        content: Node = self._definition.get(part, {}).get("content", {})
        return content


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
