from sqlalchemy import insert

from bot.access import SYSTEM
from bot.db.engine import Database
from bot.polls import reminder_store as reminders
from bot.polls.tables import ReminderRow
from tests.polls.table import Table

MANY = 40_000
"""More than the values that PostgreSQL takes with one statement."""


async def test_any_number_of_reminders_is_forgotten(database: Database) -> None:
    table = Table(database)
    poll = await table.open()
    members = range(1, MANY + 1)
    async with database.write() as session:
        await session.execute(
            insert(ReminderRow), [{"poll_id": poll.id, "user_id": user} for user in members]
        )
        await reminders.take(session, poll.id, members[:-1])
        assert await reminders.waiting(session, poll.id) == [MANY]
    await table.over(poll)
    assert await table.polls.to_remind(SYSTEM, poll.id) is None
    async with database.read() as session:
        assert await reminders.waiting(session, poll.id) == []
