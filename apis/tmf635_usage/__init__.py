"""TMF635 Usage Management: every resource is served by the entity of its name."""

from apis.tmf630.api import Api

API = Api("tmf635", versions={"v4": {}})
