"""Entries of the moderators' log about polls."""

from datetime import datetime

from bot.modlog.model import Entry, moment
from bot.polls.model import Action, ActionKind, Poll, Verdict, answers_of
from bot.text import counted

_ACTS = {
    ActionKind.CLOSE: "closed a poll",
    ActionKind.EXTEND: "extended a poll",
    ActionKind.RESOLVE: "resolved a poll",
    ActionKind.ANNUL: "annulled a poll",
    ActionKind.UNRESOLVE: "undid a poll's resolution",
}


def opened(poll: Poll) -> Entry:
    """A poll was posted."""
    detail = f"It closes {moment(poll.lifecycle.closes_at)}."
    return _entry(poll, poll.lifecycle.opened_by, poll.lifecycle.opened_at, "opened a poll", detail)


def confirmed(action: Action, poll: Poll, at: datetime) -> Entry:
    """An action was confirmed; `poll` as it was before."""
    return _entry(poll, action.by, at, _ACTS[action.kind], "\n".join(_lines(action, poll)))


def exported(poll: Poll, by: int, at: datetime) -> Entry:
    """A moderator exported a poll's data."""
    return _entry(poll, by, at, "exported a poll", "")


def not_reminded(poll: Poll, members: int, at: datetime) -> Entry:
    """Members who asked for a reminder could not be reached; moderators can step in."""
    who = counted(members, "member who asked", "members who asked")
    detail = (
        f"{who} to be reminded could not be reached: Discord refused the message every time I "
        f"tried. The poll closes {moment(poll.lifecycle.closes_at)}. Remind people in its channel "
        "yourself."
    )
    return went_wrong(poll, "could not remind everybody of a poll", detail, at)


def went_wrong(poll: Poll, act: str, problem: str, at: datetime) -> Entry:
    """Something the bot could not do about a poll; `act` completes "The bot ..."."""
    return _entry(poll, None, at, act, problem)


def _lines(action: Action, poll: Poll) -> list[str]:
    """The new state, the reason and the evidence."""
    proposal = action.proposal
    lines = []
    if proposal.closes_at is not None:
        lines.append(f"From {moment(poll.lifecycle.closes_at)} to {moment(proposal.closes_at)}")
    if action.kind is ActionKind.RESOLVE:
        settled = proposal.verdict is Verdict.SETTLED and proposal.value is not None
        lines.append(dict(answers_of(poll))[proposal.value or 0] if settled else "Ambiguous")
    if proposal.evidence:
        lines.append(f"<{proposal.evidence}>")
    if proposal.reason:
        lines.append(proposal.reason)
    return lines


def _entry(poll: Poll, by: int | None, at: datetime, act: str, detail: str) -> Entry:
    return Entry(poll.guild_id, by, at, act, poll.question.text, poll.url, detail)
