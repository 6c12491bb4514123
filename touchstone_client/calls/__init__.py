"""Every call that is made by rule.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from touchstone_client.calls.assessments import AssessmentsCalls, AsyncAssessmentsCalls
from touchstone_client.calls.audit import AsyncAuditCalls, AuditCalls
from touchstone_client.calls.brands import AsyncBrandsCalls, BrandsCalls
from touchstone_client.calls.catalogs import AsyncCatalogsCalls, CatalogsCalls
from touchstone_client.calls.keys import AsyncKeysCalls, KeysCalls
from touchstone_client.calls.motifs import AsyncMotifsCalls, MotifsCalls
from touchstone_client.calls.operations import AsyncOperationsCalls, OperationsCalls
from touchstone_client.calls.references import AsyncReferencesCalls, ReferencesCalls
from touchstone_client.calls.reviews import AsyncReviewsCalls, ReviewsCalls
from touchstone_client.calls.webhooks import AsyncWebhooksCalls, WebhooksCalls


class Calls(
    AssessmentsCalls,
    CatalogsCalls,
    BrandsCalls,
    MotifsCalls,
    ReferencesCalls,
    ReviewsCalls,
    WebhooksCalls,
    KeysCalls,
    AuditCalls,
    OperationsCalls,
):
    """All of them, one after the other."""


class AsyncCalls(
    AsyncAssessmentsCalls,
    AsyncCatalogsCalls,
    AsyncBrandsCalls,
    AsyncMotifsCalls,
    AsyncReferencesCalls,
    AsyncReviewsCalls,
    AsyncWebhooksCalls,
    AsyncKeysCalls,
    AsyncAuditCalls,
    AsyncOperationsCalls,
):
    """All of them, without waiting."""
