"""TMF622 Product Ordering Management: every resource is served by the entity of its name."""

from apis.tmf630.version import Api

API = Api("tmf622", versions={"v5": {}})
