"""The brand's own JSON Schemas of extensions: kept, given out, and ready to validate what says that it follows them."""

from core.schemas.registry import Registered as Registered
from core.schemas.registry import Registry as Registry
from core.schemas.registry import add as add
from core.schemas.registry import get as get
from core.schemas.registry import get_all as get_all
from core.schemas.registry import remove as remove
from core.schemas.schema import ExtensionSchema as ExtensionSchema
from core.schemas.schema import read_schema as read_schema
