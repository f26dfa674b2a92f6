"""Product catalog: what can be sold, at which prices, made of what (README.md)."""

from core.catalog.bundle import Component, Group, Limits, components_of, everything_in, faults_of_choice, groups_of
from core.catalog.category import Category, ProductCatalog
from core.catalog.characteristics import default_characteristics, faults_of_characteristics
from core.catalog.exporting import run_export
from core.catalog.importing import import_handler
from core.catalog.jobs import EXPORT, IMPORT, ExportJob, ImportJob, Validator
from core.catalog.lifecycle import is_on_sale
from core.catalog.offering import ProductOffering
from core.catalog.price import ProductOfferingPrice, faults_of_charging, faults_of_price
from core.catalog.pricing import Condition, Price, Recurrence, Tax, read_price
from core.catalog.sale import Offer, faults_of_sale, hold_offerings, load_offers, specification_id
from core.catalog.specification import ProductSpecification
from core.catalog.units import BYTE, MESSAGE, SECOND, Measure, measure
from core.catalog.values import ANYTHING, Alternative, number_of, spelling
from core.catalog.versions import PriceKey, freeze, freeze_all, load_prices
from core.tasks import Handler

ENTITIES = (
    Category,
    ProductCatalog,
    ProductSpecification,
    ProductOfferingPrice,
    ProductOffering,
    ImportJob,
    ExportJob,
)


def tasks(validator: Validator | None) -> dict[str, Handler]:
    """Return what the catalog does after a commit; imports need the validator that only the edge has."""
    return {IMPORT: import_handler(validator), EXPORT: run_export}


__all__ = [
    "ANYTHING",
    "BYTE",
    "ENTITIES",
    "MESSAGE",
    "SECOND",
    "Alternative",
    "Component",
    "Condition",
    "Group",
    "Limits",
    "Measure",
    "Offer",
    "Price",
    "PriceKey",
    "Recurrence",
    "Tax",
    "Validator",
    "components_of",
    "default_characteristics",
    "everything_in",
    "faults_of_characteristics",
    "faults_of_charging",
    "faults_of_choice",
    "faults_of_price",
    "faults_of_sale",
    "freeze",
    "freeze_all",
    "groups_of",
    "hold_offerings",
    "is_on_sale",
    "load_offers",
    "load_prices",
    "measure",
    "number_of",
    "read_price",
    "specification_id",
    "spelling",
    "tasks",
]
