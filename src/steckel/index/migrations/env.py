"""Run by Alembic, on the connection that `index.upgrade` hands over."""

from alembic import context

from steckel.index.metadata import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
