"""What TMF637 v4 words differently: a product, as orders have it too."""

from __future__ import annotations

from apis.tmf630.dialect import Dialect
from apis.tmf630.wordings.products import Product

DIALECTS = {"Product": Dialect(Product)}
