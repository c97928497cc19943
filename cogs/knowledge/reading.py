"""What the sheets of all places are made with: statements with their marks, and links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.knowledge.library import Kind, Library, Ref
from bot.knowledge.model import Pack, Position, SourceSection, Standing, Statement, Text
from bot.text import joined, shorten
from bot.ui.cards import Block, Card, Link
from cogs.knowledge import strings as words
from cogs.knowledge.places import Name, Place, position, summit_list

MENU_LIMIT = 25
MARKS_LIMIT = 6
ASPECTS = tuple(words.ASPECTS)


@dataclass(frozen=True, slots=True)
class OpenPoll:
    """A poll that a server holds on one of the pack's outcomes."""

    outcome: str
    question: str
    url: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A select menu of places. `more` leads to the whole list when there is no room for it."""

    placeholder: str
    links: tuple[Link, ...]
    more: Link | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A card with the ways on from it. `page_menu` is the placeholder of the menu that offers
    the links of the page shown."""

    card: Card
    menus: tuple[Menu, ...] = ()
    buttons: tuple[Link, ...] = ()
    page_menu: str = ""


@dataclass(frozen=True)
class Reader:
    """One pack as it is read in one language by the members of one server.

    `discussion` is a link to where the server discusses the issue that is read about.
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

    def said(self, statement: Statement, before: str = "") -> str:
        """A statement with the small line that says what claim it is and where it is from."""
        return f"{before}{self.read(statement.text)}\n-# {self.mark(statement)}"

    def mark(self, statement: Statement) -> str:
        """`stated by Xi Jinping · §3`."""
        standing = words.STANDINGS[statement.standing]
        if statement.by is not None and statement.standing is not Standing.FACT:
            standing = f"{standing} by {self.actor(statement.by)}"
        numbers = [f"§{self._sections[id_][0]}" for id_ in statement.sources]
        more = f" +{len(numbers) - MARKS_LIMIT}" if len(numbers) > MARKS_LIMIT else ""
        return f"{standing} · {', '.join(numbers[:MARKS_LIMIT])}{more}"

    def notes(self, statements: Iterable[Statement]) -> tuple[str, ...]:
        """The sections that statements come from, with number and title, in their order."""
        used = {id_ for statement in statements for id_ in statement.sources}
        found = sorted((self._sections[id_] for id_ in used), key=lambda pair: pair[0])
        return tuple(f"§{number} {self.read(section.title)}" for number, section in found)

    def block(self, statement: Statement, heading: str = "", before: str = "") -> Block:
        return Block(self.said(statement, before), heading, self.notes((statement,)))

    def blocks(self, heading: str, statements: Iterable[Statement]) -> tuple[Block, ...]:
        return tuple(self.block(statement, heading) for statement in statements)

    def gist(self, stand: Position) -> tuple[Statement, int]:
        """The statement that a stand is introduced by, and how many more there are."""
        statements = [s for aspect in ASPECTS for s in getattr(stand, aspect)]
        return statements[0], len(statements) - 1

    def stands_on(self, issue: str) -> tuple[Position, ...]:
        return self.pack.positions_by_issue.get(issue, ())

    def stands_of(self, actor: str) -> tuple[Position, ...]:
        return self.pack.positions_by_actor.get(actor, ())

    def actor_link(self, id_: str) -> Link:
        actor = self.pack.actors[id_]
        place = Place.of(self.ref(Kind.ACTOR, id_))
        return Link(self.read(actor.name), place.key, self.read(actor.role))

    def issue_link(self, id_: str) -> Link:
        place = Place.of(self.ref(Kind.ISSUE, id_))
        return Link(self.issue(id_), place.key)

    def outcome_link(self, id_: str) -> Link:
        outcome = self.pack.outcomes[id_]
        place = Place.of(self.ref(Kind.OUTCOME, id_))
        return Link(self.read(outcome.question), place.key, self.issue(outcome.issue))

    def stand_link(self, stand: Position, label: str) -> Link:
        place = position(self.ref(Kind.ACTOR, stand.actor), self.ref(Kind.ISSUE, stand.issue))
        return Link(label, place.key, self.read(self.gist(stand)[0].text))

    def list_link(self, name: Name, label: str) -> Link:
        return Link(label, summit_list(name, self.pack.id).key)

    def home(self) -> Link:
        return self.list_link(Name.SUMMIT, words.SUMMIT)

    def other_summits(self, name: Name = Name.SUMMIT) -> Menu:
        """The same place of the other loaded summits."""
        others = (pack for pack in self.library.packs if pack is not self.pack)
        links = tuple(
            Link(
                self.read(pack.summit.name),
                summit_list(name, pack.id).key,
                self.read(pack.summit.summary),
            )
            for pack in others
        )
        return Menu(words.OPEN_SUMMIT, links)

    def polls_on(self, outcomes: Iterable[str]) -> tuple[OpenPoll, ...]:
        wanted = set(outcomes)
        return tuple(poll for poll in self.open_polls if poll.outcome in wanted)


def poll_block(polls: Sequence[OpenPoll]) -> tuple[Block, ...]:
    """Links to the open polls, where there are any."""
    return tuple(
        Block(f"- [{shorten(poll.question, 250)}]({poll.url})", words.OPEN_POLLS) for poll in polls
    )


def discussion_block(url: str | None) -> tuple[Block, ...]:
    """A link to the open discussion, where there is one."""
    if url is None:
        return ()
    return (Block(f"- [{words.JOIN_DISCUSSION}]({url})", words.DISCUSSION),)


def names(things: Iterable[str]) -> str:
    return joined(things, "and")
