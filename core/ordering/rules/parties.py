"""An order is placed by one known customer in good standing, and charged to accounts of that customer."""

from __future__ import annotations

from collections.abc import Iterator

from core.customer import faults_of_account, faults_of_standing
from core.errors import Fault
from core.ordering.case import Case
from core.ordering.parties import accounts_named


def require_one_known_customer(case: Case) -> Iterator[Fault]:
    """Ask for a customer who is known and may order, and refuse several, and a party that several customers have."""
    if not case.customers:
        reason = "nobody is named as the customer; a related party with the role 'customer' is expected"
        yield Fault("relatedParty", "customerMissing", reason)
    for named in case.customers:
        if named.candidates:
            customers = ", ".join(f"'{each}'" for each in named.candidates[:2])
            reason = (
                f"several customers have the party '{named.identifier}' ({customers}, ...); the identifier of one of "
                "them is expected, with the @referredType 'Customer'"
            )
            yield Fault(f"{named.path}.id", "ambiguousCustomer", reason)
            continue
        yield from faults_of_standing(named.customer, named.identifier, named.path)
    if len({named.customer["id"] for named in case.customers if named.customer}) > 1:
        reason = "several customers are named; an order is placed by one"
        yield Fault("relatedParty", "severalCustomers", reason)


def refuse_accounts_of_others(case: Case) -> Iterator[Fault]:
    """Refuse a billing account that is another customer's or closed."""
    if case.customer is None:
        return
    for account_id, paths in accounts_named(case.order, case.items).items():
        reference = {"billingAccount": {"id": account_id}}
        faults = faults_of_account(case.reading, case.customer["id"], reference, paths[0])
        yield from (Fault(f"{path}.id", fault.code, fault.reason) for fault in faults for path in paths)
