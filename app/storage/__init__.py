"""Where things are kept: SQL for facts, a blob store for bytes.

`Database` opens SQLite or PostgreSQL and brings its schema up to date; the `Sql…Store` classes
implement the roles of `app.domain.ports` on it, `FsspecBlobStore` the one for bytes. Nothing here
decides anything: it keeps, returns, or raises an error of `app.domain.errors`. Driver errors never
leave this package.
"""

from app.storage.answers import SqlAnswerStore
from app.storage.assessments import SqlAssessmentStore
from app.storage.backgrounds import SqlBackgroundStore
from app.storage.blobs import FsspecBlobStore
from app.storage.catalogs import SqlCatalogStore
from app.storage.database import Database
from app.storage.embeddings import SqlEmbeddingStore
from app.storage.keys import SqlKeyStore
from app.storage.registry import SqlRegistryStore
from app.storage.reviews import SqlReviewStore
from app.storage.webhooks import SqlWebhookStore

__all__ = [
    "Database",
    "FsspecBlobStore",
    "SqlAnswerStore",
    "SqlAssessmentStore",
    "SqlBackgroundStore",
    "SqlCatalogStore",
    "SqlEmbeddingStore",
    "SqlKeyStore",
    "SqlRegistryStore",
    "SqlReviewStore",
    "SqlWebhookStore",
]
