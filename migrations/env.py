"""Alembic environment: runs our migrations on the connection that `app.schema` hands over."""

from alembic import context

from models.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True, compare_server_default=True,
    include_name=lambda name, kind, parents: not (kind == "schema" and name == "dbos"),
)
with context.begin_transaction():
    context.run_migrations()
