"""Product ordering: orders judged, fulfilled and cancelled (README.md)."""

from core.ordering.acceptance import FULFIL
from core.ordering.answers import report, report_stop
from core.ordering.cancellation import CANCEL, CancelProductOrder, cancel_order
from core.ordering.fulfilment import AtOnce, Fulfilment, Outcome, Stop
from core.ordering.messages import OUTCOMES
from core.ordering.order import ProductOrder
from core.ordering.progress import fulfil_order
from core.tasks import Handler

ENTITIES = (ProductOrder, CancelProductOrder)
TASKS: dict[str, Handler] = {FULFIL: fulfil_order, CANCEL: cancel_order}

__all__ = [
    "ENTITIES",
    "OUTCOMES",
    "TASKS",
    "AtOnce",
    "CancelProductOrder",
    "Fulfilment",
    "Outcome",
    "ProductOrder",
    "Stop",
    "cancel_order",
    "fulfil_order",
    "report",
    "report_stop",
]
