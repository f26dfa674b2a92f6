"""TMF629 Customer Management: every resource is served by the entity of its name."""

from apis.tmf629_customer import v4
from apis.tmf630.api import Api

API = Api("tmf629", versions={"v4": v4.DIALECTS, "v5": {}})
