"""TMF678 Customer Bill Management: every resource is served by the entity of its name."""

from apis.tmf630.api import Api
from apis.tmf678_bill import printed_bill, v4

API = Api(
    "tmf678",
    versions={"v4": v4.DIALECTS, "v5": {}},
    extra_routes=(printed_bill.ROUTE,),
    files={"CustomerBill": "billDocument"},
)
