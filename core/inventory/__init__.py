"""Product inventory: what customers have, since when, at which prices, under which numbers (README.md)."""

from core.inventory.batch import tell_batches
from core.inventory.belonging import BELONGING, customer_of, parent_of
from core.inventory.claims import Sighting, claim, guide, owners, release
from core.inventory.holdings import (
    children_of,
    families_of,
    family_documents,
    live_products_of_customer,
    offering_in_use,
    products_of,
    products_of_account,
    specification_in_use,
)
from core.inventory.identifiers import Identifier, identifier, identifiers_of, named_in
from core.inventory.lifecycle import LIVE, PRODUCT, is_live
from core.inventory.moves import install, reshape, terminate
from core.inventory.prices import PriceVersion, SoldPrice, price_in_use, prices_of, quantity_of
from core.inventory.product import Product, in_use

ENTITIES = (Product,)

__all__ = [
    "BELONGING",
    "ENTITIES",
    "LIVE",
    "PRODUCT",
    "Identifier",
    "PriceVersion",
    "Product",
    "Sighting",
    "SoldPrice",
    "children_of",
    "claim",
    "customer_of",
    "families_of",
    "family_documents",
    "guide",
    "identifier",
    "identifiers_of",
    "in_use",
    "install",
    "is_live",
    "live_products_of_customer",
    "named_in",
    "offering_in_use",
    "owners",
    "parent_of",
    "price_in_use",
    "prices_of",
    "products_of",
    "products_of_account",
    "quantity_of",
    "release",
    "reshape",
    "specification_in_use",
    "tell_batches",
    "terminate",
]
