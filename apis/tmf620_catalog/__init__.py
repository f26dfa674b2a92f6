"""TMF620 Product Catalog Management: every resource is served by the entity of its name."""

from apis.tmf620_catalog import v4
from apis.tmf630.api import Api

API = Api("tmf620", versions={"v4": v4.DIALECTS, "v5": {}}, entities={"Catalog": "ProductCatalog"})
