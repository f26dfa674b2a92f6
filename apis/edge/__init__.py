"""What stands between HTTP and the operations: Connexion's stack, routing, validation, errors and pages."""

import warnings

with warnings.catch_warnings():
    # Connexion imports Starlette's test client, whose choice of HTTP library is deprecated; it is never used here.
    warnings.simplefilter("ignore")
    import connexion  # noqa: F401
