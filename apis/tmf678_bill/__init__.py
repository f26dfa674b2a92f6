"""TMF678 Customer Bill Management: every resource is served by the entity of its name."""

from apis.tmf630.version import Api

API = Api("tmf678", versions={"v5": {}})
