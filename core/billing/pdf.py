"""The printed bill: rendered when it is first asked for, kept, and the same ever after."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import typst
from sqlalchemy import select

from core.billing.printable import printable
from core.billing.tables import bill_document as table
from core.billing.wording import PDF
from core.clock import parse_instant
from core.context import Context
from core.entity import Document
from core.errors import NotFound
from core.reading import Reading
from core.service import Core, Work
from core.storage.json import dumps_text
from core.storage.statements import insert_new

REMEMBERED = 10  # compilations, by Typst
TEMPLATE = Path(__file__).parent / "templates" / "bill.typ"
NOTHING = TEMPLATE.with_name("nothing.typ")


def bill_pdf(core: Core, context: Context, bill_id: str, document_id: str | None = None) -> bytes:
    """Return the PDF of a bill, the same bytes each time.

    NotFound when there is no such bill, or `document_id` is none of its `billDocument`.
    """
    with core.reading(context) as reading:
        bill = reading.require("CustomerBill", bill_id)
        if document_id is not None and document_id not in {each["id"] for each in bill["billDocument"]}:
            raise NotFound(f"bill '{bill_id}' has no document '{document_id}'", path="documentId")
        content = _kept(reading, bill_id)
        if content is not None:
            return content
        data = printable(reading, bill)
    # Rendered between the transactions: it takes longer than a lock should be held.
    rendered = render(data, bill)
    return core.run(context, lambda work: _keep(work, bill_id, rendered))


def render(data: dict[str, object], bill: Document) -> bytes:
    """Return the PDF for what is to be printed; equal data gives equal bytes.

    The data goes in as values, not as text of the template, so nothing in it can be taken for markup.
    """
    try:
        return _compiled(data, bill)
    finally:
        _forget()


def _compiled(data: dict[str, object], bill: Document) -> bytes:
    rendered: bytes = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=_fonts(),
        sys_inputs={"bill": dumps_text(data)},
        timestamp=int(parse_instant(bill["billDate"]).timestamp()),
        # Structure for screen readers: as much again as the bill itself for each of thousands of table cells.
        pdf_tags=False,
    )
    return rendered


def _forget() -> None:
    """Let Typst forget the bill just rendered, which no other bill has a use for.

    It keeps what the last ten compilations came to, some 60 MB for a bill with a thousand usages, and has no call
    to drop that; compiling nothing often enough, which takes few milliseconds, makes the bill old enough to go.
    """
    compiler = typst.Compiler(NOTHING, root=NOTHING.parent, font_paths=_fonts())
    for _ in range(REMEMBERED + 1):
        compiler.compile()


@cache
def _fonts() -> typst.Fonts:
    """Return the bill's own font first; for scripts that it hasn't got, those of the machine."""
    return typst.Fonts(include_system_fonts=True, font_paths=[str(files("font_source_sans_pro") / "files")])


def _kept(reading: Reading, bill_id: str) -> bytes | None:
    mine = (table.c.tenant == reading.context.tenant) & (table.c.bill_id == bill_id)
    content: bytes | None = reading.connection.execute(select(table.c.content).where(mine)).scalar()
    return content


def _keep(work: Work, bill_id: str, content: bytes) -> bytes:
    shared = {"tenant": work.context.tenant, "bill_id": bill_id, "printed_at": work.now}
    insert_new(work.connection, table, [shared | {"media_type": PDF, "content": content}])
    # Where two have rendered at once, the first one's bytes are the bill.
    kept = _kept(work, bill_id)
    assert kept is not None, "the bill was kept just now"
    return kept
