"""TMF629 Customer Management: every resource is served by the entity of its name."""

from apis.tmf630.version import Api

API = Api("tmf629", versions={"v5": {}})
