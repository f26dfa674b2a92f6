"""Product catalog: what can be sold, at which prices, made of what (README.md)."""

from core.catalog.bundle import Component, Group, Limits, components_of, everything_in, faults_of_choice, groups_of
from core.catalog.category import Category, ProductCatalog
from core.catalog.characteristics import default_characteristics, faults_of_characteristics
from core.catalog.exchange import Filters
from core.catalog.exporting import export_handler, give_up_export
from core.catalog.importing import give_up_import, import_handler
from core.catalog.jobs import EXPORT, IMPORT, ExportJob, ImportJob
from core.catalog.lifecycle import is_in_the_making, is_on_sale
from core.catalog.offering import ProductOffering
from core.catalog.price import DEAREST, ProductOfferingPrice, faults_of_charging, faults_of_price
from core.catalog.pricing import Condition, Price, Recurrence, Tax, read_price
from core.catalog.reliance import Reliance, reliance_of
from core.catalog.sale import Offer, faults_of_prices, faults_of_sale, hold_offerings, load_offers, specification_id
from core.catalog.specification import ProductSpecification
from core.catalog.units import BYTE, LARGEST, MESSAGE, SECOND, Measure, measure
from core.catalog.unspecified import complete_catalog
from core.catalog.values import ANYTHING, Alternative, number_of, spelling
from core.catalog.versions import PriceKey, freeze, freeze_all, load_prices
from core.catalog.words import Wordings, Words
from core.tasks import Chore, Ending, Handler

ENTITIES = (
    Category,
    ProductCatalog,
    ProductSpecification,
    ProductOfferingPrice,
    ProductOffering,
    ImportJob,
    ExportJob,
)
CHORES: tuple[Chore, ...] = (complete_catalog,)
# What becomes of a job that keeps failing.
ENDINGS: dict[str, Ending] = {IMPORT: give_up_import, EXPORT: give_up_export}


def tasks(wordings: Wordings) -> dict[str, Handler]:
    """Return what the catalog does after a commit, with the words that only the edge has."""
    return {IMPORT: import_handler(wordings), EXPORT: export_handler(wordings)}


__all__ = [
    "ANYTHING",
    "BYTE",
    "CHORES",
    "DEAREST",
    "ENDINGS",
    "ENTITIES",
    "LARGEST",
    "MESSAGE",
    "SECOND",
    "Alternative",
    "Component",
    "Condition",
    "Filters",
    "Group",
    "Limits",
    "Measure",
    "Offer",
    "Price",
    "PriceKey",
    "Recurrence",
    "Reliance",
    "Tax",
    "Wordings",
    "Words",
    "components_of",
    "default_characteristics",
    "everything_in",
    "faults_of_characteristics",
    "faults_of_charging",
    "faults_of_choice",
    "faults_of_price",
    "faults_of_prices",
    "faults_of_sale",
    "freeze",
    "freeze_all",
    "groups_of",
    "hold_offerings",
    "is_in_the_making",
    "is_on_sale",
    "load_offers",
    "load_prices",
    "measure",
    "number_of",
    "read_price",
    "reliance_of",
    "specification_id",
    "spelling",
    "tasks",
]
