"""Billing: bill cycles, bill runs, bills and their lines, bills on demand, the printed bill (README.md)."""

from core.billing.customer_bill import AppliedCustomerBillingRate, CustomerBill
from core.billing.cycles import BillCycle, cycle_of, ensure_cycle
from core.billing.on_demand import CustomerBillOnDemand
from core.billing.pdf import bill_pdf
from core.billing.run import BillRun, last_day_ahead, run_bills
from core.tasks import Handler

ENTITIES = (BillCycle, CustomerBill, AppliedCustomerBillingRate, CustomerBillOnDemand)
TASKS: dict[str, Handler] = {}

__all__ = [
    "ENTITIES",
    "TASKS",
    "AppliedCustomerBillingRate",
    "BillCycle",
    "BillRun",
    "CustomerBill",
    "CustomerBillOnDemand",
    "bill_pdf",
    "cycle_of",
    "ensure_cycle",
    "last_day_ahead",
    "run_bills",
]
