from sqlalchemy import insert

from bot.access import SYSTEM
from bot.polls import reminder_store as reminders
from bot.polls.tables import ReminderRow
from tests.factories import App, close_poll, make_poll

MANY = 40_000
"""More than the values that PostgreSQL takes with one statement."""


async def test_any_number_of_reminders_is_forgotten(app: App) -> None:
    poll = await make_poll(app)
    members = range(1, MANY + 1)
    async with app.database.write() as session:
        await session.execute(
            insert(ReminderRow), [{"poll_id": poll.id, "user_id": user} for user in members]
        )
        await reminders.take(session, poll.id, members[:-1])
        assert await reminders.waiting(session, poll.id) == [MANY]
    await close_poll(app, poll)
    assert await app.polls.to_remind(SYSTEM, poll.id) is None
    async with app.database.read() as session:
        assert await reminders.waiting(session, poll.id) == []
