"""Which refusals an endpoint has, for the OpenAPI document; `api.failures` writes them."""

from http import HTTPStatus
from typing import Any

from api.schemas.problem import ProblemOut

Responses = dict[int | str, dict[str, Any]]

PROBLEM = {"application/problem+json": {"schema": ProblemOut.model_json_schema()}}
"""Written out: named as a model, it would be promised as plain JSON as well."""
SENT = 400, 403, 413, 422
"""What is sent may be unreadable, from another site, too large or not what was expected."""
DAMAGED = 503
"""The files of the area cannot be read."""


def refusals(*statuses: int) -> Responses:
    """Return what FastAPI takes as `responses`: problem details of RFC 9457 for each status."""
    return {
        status: {"description": HTTPStatus(status).phrase, "content": PROBLEM}
        for status in statuses
    }
