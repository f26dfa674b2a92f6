"""Where the layers leave things for one another in the ASGI scope of a request."""

CORRELATION = "bss.correlation_id"
# The following are in scope["extensions"].
VERSION = "tmf630.version"
REQUEST = "tmf630.request"
