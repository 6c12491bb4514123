"""Calls of the group audit.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from touchstone_client.calling import AsyncSender, Call, Sender
from touchstone_client.models import AuditAction, AuditEventPublic, AuditKind, AuditPage


class AuditCalls(Sender):
    """Calls of the group audit, one after the other."""

    def list_audit_events(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        subject: str | None = None,
        kind: AuditKind | None = None,
        action: AuditAction | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[AuditEventPublic]:
        """List events of the audit log, newest first.

        List who changed what: the registry, its background, keys and webhooks.

        An event is kept in the transaction of its change and is never altered.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/audit",
                AuditPage.model_validate_json,
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "subject": subject,
                    "kind": kind,
                    "action": action,
                    "actor": actor,
                    "since": since,
                    "until": until,
                },
            )
        )


class AsyncAuditCalls(AsyncSender):
    """Calls of the group audit, without waiting."""

    def list_audit_events(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        subject: str | None = None,
        kind: AuditKind | None = None,
        action: AuditAction | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> AsyncIterator[AuditEventPublic]:
        """List events of the audit log, newest first.

        List who changed what: the registry, its background, keys and webhooks.

        An event is kept in the transaction of its change and is never altered.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/audit",
                AuditPage.model_validate_json,
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "subject": subject,
                    "kind": kind,
                    "action": action,
                    "actor": actor,
                    "since": since,
                    "until": until,
                },
            )
        )
