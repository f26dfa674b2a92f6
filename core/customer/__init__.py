"""Customers and their billing accounts (README.md)."""

from core.customer.account import (
    Account,
    BillingAccount,
    accounts_of_customer,
    billing_account_for,
    faults_of_account,
    load_accounts,
    open_account,
    read_account,
)
from core.customer.customer import Customer, faults_of_standing

ENTITIES = (Customer, BillingAccount)

__all__ = [
    "ENTITIES",
    "Account",
    "BillingAccount",
    "Customer",
    "accounts_of_customer",
    "billing_account_for",
    "faults_of_account",
    "faults_of_standing",
    "load_accounts",
    "open_account",
    "read_account",
]
