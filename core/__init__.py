"""The domain of the BSS suite and its database; knows nothing of HTTP or OpenAPI."""
