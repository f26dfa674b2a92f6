"""TMF637 Product Inventory: every resource is served by the entity of its name."""

from apis.tmf630.version import Api

API = Api("tmf637", versions={"v5": {}})
