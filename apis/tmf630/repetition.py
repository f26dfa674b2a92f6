"""`Idempotency-Key`: a POST that is sent again under its key gets its first reply, and nothing is made twice.

The header is that of draft-ietf-httpapi-idempotency-key-header: a string in quotes; most callers leave the quotes out,
which is taken as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

from apis.tmf630.exchange import Reply, Request
from core.errors import InvalidInput
from core.idempotency import LONGEST, NAME, Kept, Key, claim, keep
from core.service import Work
from core.storage.json import dumps

HEADER = NAME.lower().encode()
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])+)"|([!#-+\--~]+)')


def read_key(request: Request) -> Key | None:
    """Return the key of a POST with a fingerprint of what it asks for; None where it carries none.

    To be called before anything changes the body. Raises InvalidInput for a malformed key.
    """
    value = request.headers.get(HEADER)
    if value is None:
        return None
    found = _STRING.fullmatch(value.decode("latin-1"))
    if found is None or len(value) > LONGEST:
        reason = f'must be one string of 1 to {LONGEST} printable ASCII characters, such as "8e03978e-40d5-43dd-bc93"'
        raise InvalidInput(reason, path=NAME, code="invalidHeader")
    key = found[2] if found[1] is None else re.sub(r"\\(.)", r"\1", found[1])
    asked = dumps([request.query, request.body, *request.parameters.values()], sort=True)
    operation = f"{request.version.api.name}/{request.version.name}/{request.operation.id}"
    return Key(operation, key, sha256(asked).hexdigest())


def run_once(request: Request, key: Key | None, task: Callable[[Work], Reply]) -> Reply:
    """Do `task` in a transaction and return its reply; the reply that its key has already, when it has been done.

    A refusal undoes the transaction and leaves the key free. Raises Unprocessable for a key of another request,
    Conflict for one of a request that is running.
    """
    if key is None:
        return request.core.run(request.context, task)

    def keyed(work: Work) -> Reply:
        if known := claim(work, key):
            return Reply(known.status, known.body, dict(known.headers))
        reply = task(work)
        keep(work, key, Kept(reply.status, reply.headers, reply.body))
        return reply

    return request.core.run(request.context, keyed)
