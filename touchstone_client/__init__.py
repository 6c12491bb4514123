"""The Python client of Touchstone's HTTP API.

    docs/openapi.json ─▶ models, calls (generated) ─▶ Client, AsyncClient
                                                       └─▶ calling: keys, retries, problems

It depends on httpx2, pydantic and standardwebhooks, and on nothing of the service.
"""

from touchstone_client.clients import AsyncClient, Client
from touchstone_client.errors import ApiError, TouchstoneClientError
from touchstone_client.models import AssessmentPublic, ListingCreate, Verdict
from touchstone_client.photos import Photo
from touchstone_client.retrying import Retries

__all__ = [
    "ApiError",
    "AssessmentPublic",
    "AsyncClient",
    "Client",
    "ListingCreate",
    "Photo",
    "Retries",
    "TouchstoneClientError",
    "Verdict",
]
