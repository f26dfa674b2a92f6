"""TMF622 Product Ordering Management: every resource is served by the entity of its name."""

from apis.tmf622_order import v4
from apis.tmf630.api import Api

API = Api("tmf622", versions={"v4": v4.DIALECTS, "v5": {}})
