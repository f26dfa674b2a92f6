"""TMF637 Product Inventory: every resource is served by the entity of its name."""

from apis.tmf630.api import Api
from apis.tmf630.dialect import CanonicalDialect, CanonicalWording
from apis.tmf630.wordings.products import SPELLINGS
from apis.tmf630.wordings.values import Respelled
from apis.tmf637_inventory import v4


class Product(CanonicalWording):
    """A product in v5: only the spelling of a state is put right."""

    status = Respelled(SPELLINGS)


API = Api("tmf637", versions={"v4": v4.DIALECTS, "v5": {"Product": CanonicalDialect(Product)}})
