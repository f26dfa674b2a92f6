"""Import and export jobs: the generation in whose words their files are."""

from __future__ import annotations

from apis.tmf630.dialect import Wording
from apis.tmf630.differences import Difference
from apis.tmf630.statements import Names


class ApiVersion(Difference):
    """In whose words the file of a job is: where nothing is said, in those of the generation that the job came in."""

    def reading(self, _names: Names) -> str:
        """Return what notes that a job came in v4."""
        return "each.setdefault('apiVersion', 'v4')"


class Job(Wording):
    """An import or export job."""

    apiVersion = ApiVersion(remark="where it is not said, the generation that the job came in")  # noqa: N815 - the standard's name
