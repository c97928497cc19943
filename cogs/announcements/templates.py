"""Templates for announcements, filled from the knowledge pack and polls. Pure.

Each statement comes with the line that names its standing and source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from discord.utils import format_dt

from bot.announcements.model import BODY_LIMIT, TITLE_LIMIT, Content
from bot.announcements.templates import CHANGES_TITLE, TemplateData
from bot.discussions.model import Discussion
from bot.errors import UserError
from bot.knowledge.library import Kind
from bot.knowledge.model import Pack
from bot.polls.model import Action, Poll
from bot.polls.visibility import Report
from bot.text import is_link, linkable, shorten
from bot.ui.cards import Block, Card
from bot.ui.knowledge import strings as knowledge_strings
from bot.ui.knowledge.reader import OpenPoll, PackReader
from bot.ui.polls import strings as poll_strings
from bot.ui.polls.actions import ACTION_TITLES

MORE_LIMIT = 100
MOST_ISSUES = 12
NO_OPEN_POLLS = "No poll is open here, so there is nothing to announce. Open one with `/poll open`."
NO_RESULTS = (
    "No poll of this server is resolved, so there are no results to announce. Resolve one with "
    "`/poll resolve`."
)
NO_CHANGES = (
    "Nothing has changed since {since}: no poll and no discussion. Choose another template."
)
NO_TEMPLATE = "This is no longer in the bot's knowledge. Run `/announce post` again."


@dataclass(frozen=True, slots=True)
class Values:
    """What templates are filled with: the summit in the server's language, and its polls."""

    reader: PackReader
    data: TemplateData


@dataclass(frozen=True, slots=True)
class Template:
    """`fill` raises UserError if there is nothing to announce.

    `key` stays the same as long as the issue is in the pack.
    """

    key: str
    label: str
    description: str
    fill: Callable[[Values], Content]


def general() -> tuple[Template, ...]:
    """The templates that are not about one issue."""
    return (
        Template("summit", "Briefing of the summit", "What it is about, with sources", _summit),
        Template("polls", "Polls now open", "With what the server expects so far", _open_polls),
        Template("results", "Results", "What happened, and what the crowd expected", _results),
        Template("changes", CHANGES_TITLE, "Polls and discussions since last time", _changes),
    )


def on_issues(reader: PackReader) -> tuple[Template, ...]:
    """A briefing for each of the summit's issues."""
    return tuple(_on_issue(reader, issue) for issue in reader.pack.issues)


def find(reader: PackReader, key: str) -> Template:
    """The template with that key; UserError if there is none any more."""
    for template in (*general(), *on_issues(reader)):
        if template.key == key:
            return template
    raise UserError(NO_TEMPLATE)


def open_polls_of(pack: Pack, data: TemplateData) -> tuple[OpenPoll, ...]:
    """The open polls about outcomes of a pack, as the reader of knowledge needs them."""
    return tuple(
        OpenPoll(about.outcome, report.poll.question.text, report.poll.url)
        for report in data.open_polls
        if (about := report.poll.question.about) is not None
        and about.summit == pack.id
        and report.poll.url is not None
    )


def _on_issue(reader: PackReader, issue: str) -> Template:
    name = reader.issue(issue)
    return Template(
        f"issue:{reader.ref(Kind.ISSUE, issue).handle}",
        f"Issue briefing: {name}",
        "What is at issue and who stands where, with sources",
        lambda values: _issue(values, issue),
    )


def _summit(values: Values) -> Content:
    reader = values.reader
    summit, source = reader.pack.summit, reader.pack.source
    when = reader.read(summit.date) if summit.date else None
    where = reader.read(summit.venue) if summit.venue else None
    blocks = (
        Block(f"{reader.read(summit.summary)}\n-# {knowledge_strings.SUMMARY_MARK}"),
        Block(
            "\n".join(
                (
                    f"**When:** {when}" if when else knowledge_strings.NO_DATE,
                    f"**Where:** {where}" if where else knowledge_strings.NO_VENUE,
                )
            )
        ),
        *_issues(reader),
        *(
            reader.block(statement, reader.read(part.title))
            for part in summit.sections
            for statement in part.statements[:1]
        ),
    )
    link = source.url if source.url and is_link(source.url) else None
    title = f"Briefing: {reader.summit_name}"
    return _content(title, blocks, "The whole of it: `/summit`.", link)


def _issues(reader: PackReader) -> Iterator[Block]:
    known = list(reader.pack.issues)
    for id_ in known[:MOST_ISSUES]:
        yield Block(f"- {reader.issue(id_)}", knowledge_strings.ISSUES)
    if len(known) > MOST_ISSUES:
        yield Block(f"- {len(known) - MOST_ISSUES:,} more", knowledge_strings.ISSUES)


def _issue(values: Values, issue: str) -> Content:
    reader = values.reader
    blocks = reader.issue_blocks(issue)
    name = reader.issue(issue)
    return _content(f"Briefing: {name}", blocks, f"The whole of it: `/issue {shorten(name, 60)}`.")


def _open_polls(values: Values) -> Content:
    reports = values.data.open_polls
    if not reports:
        raise UserError(NO_OPEN_POLLS)
    blocks = (Block("\n".join(poll_strings.summary_lines(report))) for report in reports)
    return _content("Polls now open", blocks, "All of them: `/poll list`.")


def _results(values: Values) -> Content:
    reports = values.data.resolved
    if not reports:
        raise UserError(NO_RESULTS)
    blocks = (Block("\n".join(_result(report))) for report in reports)
    return _content("Results", blocks, "All of them: `/poll list`.")


def _result(report: Report) -> Iterator[str]:
    poll, action = report.poll, report.resolved_by
    yield _linked(poll)
    yield f"**{poll_strings.verdict(poll, poll.verdict, poll.result)}**"
    yield from poll_strings.chance_lines(report)
    if action:
        yield from poll_strings.readout_lines(action)
        if action.proposal.evidence:
            yield f"-# [Evidence]({action.proposal.evidence}) · {format_dt(action.at, 'd')}"


def _changes(values: Values) -> Content:
    reader, changes = values.reader, values.data.changes
    since = format_dt(changes.since, "f")
    if not changes:
        raise UserError(NO_CHANGES.format(since=since))
    blocks = (
        Block(f"-# Since {since}"),
        *(
            Block(f"- {_linked(poll)} · {_became(poll, action)}", "What became of polls")
            for poll, action in changes.ruled
        ),
        *(Block(f"- {_linked(poll)}", "Closed, to be resolved") for poll in changes.closed),
        *(Block(f"- {_linked(p)}{_closes(p)}", "Open for longer") for p in changes.extended),
        *(Block(f"- {_linked(poll)}{_closes(poll)}", "New polls") for poll in changes.opened),
        *(
            Block(f"- [{linkable(_issue_name(reader, found))}]({found.url})", "New discussions")
            for found in changes.discussions
        ),
    )
    title = f"{CHANGES_TITLE}: {reader.summit_name}"
    return _content(title, blocks, "All polls: `/poll list`.")


def _became(poll: Poll, action: Action) -> str:
    told = ACTION_TITLES.get(action.kind)
    return told or f"Resolved: {poll_strings.verdict(poll, poll.verdict, poll.result)}"


def _issue_name(reader: PackReader, found: Discussion) -> str:
    about = found.about
    for pack in reader.library.packs:
        if pack.id == about.summit and about.issue in pack.issues:
            return reader.read(pack.issues[about.issue].name)
    return about.issue


def _linked(poll: Poll) -> str:
    question = linkable(shorten(poll.question.text, 250))
    return f"[{question}]({poll.url})" if poll.url else question


def _closes(poll: Poll) -> str:
    return f" · closes {format_dt(poll.lifecycle.closes_at, 'R')}"


def _content(title: str, blocks: Iterable[Block], more: str, link: str | None = None) -> Content:
    """As many whole blocks as fit into an announcement, and where to find the rest."""
    card = Card("", tuple(blocks), room=BODY_LIMIT - MORE_LIMIT)
    page = card.page(0)
    parts = [page.text, page.small_print, f"-# {shorten(more, MORE_LIMIT - 5)}"]
    parts = [part for part in parts if part]
    body = "\n".join(parts)
    if len(body) > BODY_LIMIT:
        # One statement with very many sources: their numbers are under it in any case.
        body = "\n".join(part for part in parts if part is not page.small_print)
    return Content(shorten(title, TITLE_LIMIT), body, link)
