"""The printed bill as bytes: where `billDocument` of a customer bill leads. No path of the specification."""

from __future__ import annotations

from apis.tmf630.api import ExtraRoute
from apis.tmf630.exchange import Reply, Request
from core.billing import bill_pdf

PDF = "application/pdf"


def retrieve_printed_bill(request: Request) -> Reply:
    """Answer 200 with the PDF, the same bytes each time."""
    content = bill_pdf(request.core, request.context, request.identifier, request.parameters["documentId"])
    return Reply(200, content=content, media_type=PDF)


ROUTE = ExtraRoute("retrievePrintedBill", "GET", "/customerBill/{id}/document/{documentId}", PDF, retrieve_printed_bill)
