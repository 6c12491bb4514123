"""How Alembic runs the revisions: on the connection, and in the transaction, it is handed.

Started by `app.storage.schema` alone; there is no offline mode and no command line.
"""

from alembic import context

from app.storage.tables import Base


def run() -> None:
    """Run the migrations that Alembic asked for."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        # SQLite cannot alter most of a table in place; batch mode copies it.
        render_as_batch=True,
        transaction_per_migration=False,
    )
    context.run_migrations()


# Alembic loads this file under this name; anything else only reads it.
if __name__ == "env_py":
    run()
