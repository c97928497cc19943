"""Statements of a pack as blocks of a card, with their attribution, and links to other cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.knowledge.library import Kind, Library, Ref
from bot.knowledge.model import Pack, Position, SourceSection, Standing, Statement, Text
from bot.text import shorten
from bot.ui.cards import Block, Link
from bot.ui.knowledge import strings
from bot.ui.knowledge.addresses import CardAddress, CardKind, position, summit_list
from bot.ui.knowledge.links import Menu

SECTIONS_LIMIT = 6
ASPECTS = tuple(strings.ASPECTS)


@dataclass(frozen=True, slots=True)
class OpenPoll:
    """An open poll of a server on one of the pack's outcomes."""

    outcome: str
    question: str
    url: str


@dataclass(frozen=True)
class PackReader:
    """One pack, read in one language, for the members of one server.

    `open_polls` are polls of the server. `discussion` is a link to the server's discussion of the
    issue that is shown.
    """

    library: Library
    pack: Pack
    locale: str
    open_polls: Sequence[OpenPoll] = ()
    discussion: str | None = None

    def read(self, text: Text) -> str:
        return text.read(self.locale)

    def ref(self, kind: Kind, id_: str) -> Ref:
        return Ref(kind, self.pack.id, id_)

    def actor(self, id_: str) -> str:
        return self.read(self.pack.actors[id_].name)

    def issue(self, id_: str) -> str:
        return self.read(self.pack.issues[id_].name)

    @property
    def summit_name(self) -> str:
        return self.read(self.pack.summit.name)

    @cached_property
    def _sections(self) -> dict[str, tuple[int, SourceSection]]:
        return {s.id: (number, s) for number, s in enumerate(self.pack.source.sections, start=1)}

    def attributed(self, statement: Statement, before: str = "") -> str:
        """A statement, and below it a small line with its attribution."""
        return f"{before}{self.read(statement.text)}\n-# {self.attribution(statement)}"

    def attribution(self, statement: Statement) -> str:
        """The standing and the sections of the source: `stated by Xi Jinping · §3`."""
        standing = strings.STANDINGS[statement.standing]
        if statement.by is not None and statement.standing is not Standing.FACT:
            standing = f"{standing} by {self.actor(statement.by)}"
        numbers = [f"§{self._sections[id_][0]}" for id_ in statement.source]
        hidden = len(numbers) - SECTIONS_LIMIT
        more = f" +{hidden}" if hidden > 0 else ""
        return f"{standing} · {', '.join(numbers[:SECTIONS_LIMIT])}{more}"

    def sections(self, statements: Iterable[Statement]) -> tuple[str, ...]:
        """The sections that statements come from, with number and title, in the source's order."""
        used = {id_ for statement in statements for id_ in statement.source}
        found = sorted((self._sections[id_] for id_ in used), key=lambda pair: pair[0])
        return tuple(f"§{number} {self.read(section.title)}" for number, section in found)

    def block(self, statement: Statement, heading: str = "", before: str = "") -> Block:
        text = self.attributed(statement, before)
        return Block(text, heading, self.sections((statement,)))

    def blocks(self, heading: str, statements: Iterable[Statement]) -> tuple[Block, ...]:
        return tuple(self.block(statement, heading) for statement in statements)

    def issue_blocks(self, id_: str) -> tuple[Block, ...]:
        """What an issue is about, why it matters, who stands where, and what may come of it."""
        issue = self.pack.issues[id_]
        outcomes = self.pack.outcomes_by_issue.get(id_, ())
        return (
            *self.blocks("", issue.summary),
            *_discussion_block(self.discussion),
            *self.poll_blocks(outcome.id for outcome in outcomes),
            *self.blocks(strings.WHY_IT_MATTERS, issue.why),
            *(
                self.block(
                    first_statement(found)[0],
                    strings.WHO_STANDS_WHERE,
                    before=f"**{self.actor(found.actor)}** · ",
                )
                for found in self.positions_on(id_)
            ),
            *(Block(f"- {self.read(question)}", strings.QUESTIONS) for question in issue.questions),
            *(Block(f"- {self.read(one.question)}", strings.OUTCOMES) for one in outcomes),
        )

    def position_blocks(self, issue: str) -> tuple[Block, ...]:
        """The first statement of every position on an issue."""
        return tuple(
            self.position_block(found, self.actor(found.actor))
            for found in self.positions_on(issue)
        )

    def position_block(self, found: Position, label: str) -> Block:
        """The first statement of a position, and how many more there are."""
        first, more = first_statement(found)
        tail = f" · {more} more" if more else ""
        return Block(
            f"**{label}** · {self.attributed(first)}{tail}",
            notes=self.sections((first,)),
            links=(self.position_link(found, label),),
        )

    def poll_blocks(self, outcomes: Iterable[str]) -> tuple[Block, ...]:
        """Links to the open polls on outcomes."""
        wanted = set(outcomes)
        return tuple(
            Block(f"- [{shorten(poll.question, 250)}]({poll.url})", strings.OPEN_POLLS)
            for poll in self.open_polls
            if poll.outcome in wanted
        )

    def positions_on(self, issue: str) -> tuple[Position, ...]:
        return self.pack.positions_by_issue.get(issue, ())

    def positions_of(self, actor: str) -> tuple[Position, ...]:
        return self.pack.positions_by_actor.get(actor, ())

    def actor_link(self, id_: str) -> Link:
        actor = self.pack.actors[id_]
        key = CardAddress.of(self.ref(Kind.ACTOR, id_)).key
        return Link(self.read(actor.name), key, self.read(actor.role))

    def issue_link(self, id_: str) -> Link:
        return Link(self.issue(id_), CardAddress.of(self.ref(Kind.ISSUE, id_)).key)

    def outcome_link(self, id_: str) -> Link:
        outcome = self.pack.outcomes[id_]
        key = CardAddress.of(self.ref(Kind.OUTCOME, id_)).key
        return Link(self.read(outcome.question), key, self.issue(outcome.issue))

    def position_link(self, found: Position, label: str) -> Link:
        address = position(self.ref(Kind.ACTOR, found.actor), self.ref(Kind.ISSUE, found.issue))
        return Link(label, address.key, self.read(first_statement(found)[0].text))

    def list_link(self, kind: CardKind, label: str) -> Link:
        return Link(label, summit_list(kind, self.pack.id).key)

    def home_link(self) -> Link:
        return self.list_link(CardKind.SUMMIT, strings.SUMMIT)

    def other_summits(self, kind: CardKind = CardKind.SUMMIT) -> Menu:
        """The same card of the other loaded summits."""
        others = (pack for pack in self.library.packs if pack is not self.pack)
        links = tuple(
            Link(
                self.read(pack.summit.name),
                summit_list(kind, pack.id).key,
                self.read(pack.summit.summary),
            )
            for pack in others
        )
        return Menu(strings.OPEN_SUMMIT, links)


def first_statement(found: Position) -> tuple[Statement, int]:
    """The first statement of a position, and how many more there are."""
    statements = [s for aspect in ASPECTS for s in getattr(found, aspect)]
    return statements[0], len(statements) - 1


def _discussion_block(url: str | None) -> tuple[Block, ...]:
    if url is None:
        return ()
    return (Block(f"- [{strings.JOIN_DISCUSSION}]({url})", strings.DISCUSSION),)
