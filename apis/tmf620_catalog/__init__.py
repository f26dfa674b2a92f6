"""TMF620 Product Catalog Management: every resource is served by the entity of its name."""

from apis.tmf630.version import Api

API = Api("tmf620", versions={"v5": {}}, entities={"Catalog": "ProductCatalog"})
