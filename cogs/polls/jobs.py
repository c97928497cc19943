"""The jobs about polls: closing, posting what was done, reminding."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.access import SYSTEM
from bot.polls.model import CLOSE_JOB, REMIND_JOB, TELL_JOB, WARN_JOB
from bot.ui.delivery import BROKEN_LINE, tell_moderators, tell_once
from bot.ui.polls import strings as shared
from bot.ui.polls.actions import action_post
from cogs.polls import strings, views

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.jobs.model import Job
    from bot.polls.model import Poll
    from bot.polls.resolution import Confirmation
    from cogs.polls.poll_messages import PollPublisher

log = logging.getLogger(__name__)


class PollJobs:
    """Closes polls, posts what was done to them, and sends reminders."""

    def __init__(self, bot: SummitBot, publisher: PollPublisher) -> None:
        self._bot = bot
        self._publisher = publisher
        self._messages = bot.services.polls.messages

    def register(self) -> None:
        """Have the scheduler run these jobs here."""
        for kind, handler, given_up in (
            (CLOSE_JOB, self._close_due, self._not_closed),
            (TELL_JOB, self._post_action, self._not_posted),
            (REMIND_JOB, self._remind, self._not_reminded),
            (WARN_JOB, self._warn, None),
        ):
            self._bot.services.scheduler.handle(kind, handler, given_up=given_up)

    async def _close_due(self, job: Job) -> None:
        late = job.is_late(self._bot.services.clock.now())
        poll = await self._bot.services.polls.close_due(SYSTEM, int(job.key), late=late)
        if poll is None:
            return
        if not await self._publisher.show(poll.id):
            await self._failed(poll, strings.MAY_NOT_EDIT)

    async def _not_closed(self, job: Job, _: Exception) -> None:
        report = await self._bot.services.polls.public(SYSTEM, int(job.key))
        if report is not None:
            await self._failed(report.poll, strings.NOT_SHOWN)

    async def _post_action(self, job: Job) -> None:
        """Update a poll's message after an action, and post what was done."""
        confirmation = await self._bot.services.resolutions.confirmation(SYSTEM, int(job.key))
        if confirmation is None:
            return
        shown = await self._publisher.show(confirmation.poll.id)
        if not confirmation.is_undone:
            await self._post(job, confirmation)
        # In an archived thread, messages can be edited only after something was posted.
        if not shown and not await self._publisher.show(confirmation.poll.id):
            await self._failed(confirmation.poll, strings.MAY_NOT_EDIT)
        await self._bot.services.resolutions.mark_posted(SYSTEM, confirmation.action.id)

    async def _not_posted(self, job: Job, _: Exception) -> None:
        confirmation = await self._bot.services.resolutions.confirmation(SYSTEM, int(job.key))
        if confirmation is not None:
            await self._failed(confirmation.poll, strings.NOT_POSTED)

    async def _post(self, job: Job, confirmation: Confirmation) -> None:
        poll = confirmation.poll
        report = await self._bot.services.polls.public(SYSTEM, poll.id)
        if report is None:
            return
        place = self._bot.get_partial_messageable(poll.channel_id, guild_id=poll.guild_id)
        try:
            nonce = f"poll-action-{confirmation.action.id}"
            await tell_once(
                self._bot,
                place,
                job,
                nonce=nonce,
                view=action_post(confirmation, report),
            )
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning("The action on poll %d cannot be posted: %s", poll.id, error.text)

    async def _failed(self, poll: Poll, problem: str) -> None:
        """Tell the moderators that a poll's message is out of date."""
        await self._messages.failed(
            SYSTEM, poll.id, shared.COULD_NOT_SHOW, problem.format(channel=poll.channel_id)
        )

    async def _warn(self, job: Job) -> None:
        report = await self._bot.services.polls.public(SYSTEM, int(job.key))
        if report is None or (problem := report.poll.problem) is None:
            return
        poll = report.poll
        await tell_moderators(
            self._bot,
            job,
            guild_id=poll.guild_id,
            person_id=poll.lifecycle.opened_by,
            channel_id=poll.channel_id,
            nonce=f"warn-{poll.id}",
            text=f"⚠️ {shared.linked(poll)}\n{problem}",
        )

    async def _remind(self, job: Job) -> None:
        """Send a reminder to those who asked for one and have not voted.

        Members who take no messages are skipped; other failures are tried again.
        """
        found = await self._bot.services.polls.to_remind(SYSTEM, int(job.key))
        if found is None:
            return
        poll, members = found
        failed: Exception | None = None
        for user_id in members:
            try:
                place = await self._bot.create_dm(discord.Object(user_id))
                await place.send(view=views.reminder(poll), nonce=f"r{poll.id}-{user_id:x}")
            except discord.Forbidden:
                log.info("A member who asked to be reminded of poll %d takes no messages", poll.id)
            except (discord.HTTPException, *BROKEN_LINE) as error:
                failed = error
                continue
            await self._bot.services.polls.reminded(SYSTEM, poll.id, user_id)
        if failed:
            raise failed

    async def _not_reminded(self, job: Job, _: Exception) -> None:
        await self._bot.services.polls.not_reminded(SYSTEM, int(job.key))
