"""Runs migrations on the connection that `bot.db.upgrade` hands in."""

from alembic import context

from bot.db.base import Base


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


run()
