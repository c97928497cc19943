"""The cards of positions: one, a comparison of two actors, and lists."""

from collections.abc import Iterator, Sequence

from bot.knowledge.library import Kind
from bot.knowledge.model import Position, Statement
from bot.ui.cards import Block, Card, Link
from bot.ui.knowledge import addresses
from bot.ui.knowledge import strings as shared
from bot.ui.knowledge.addresses import CardKind
from bot.ui.knowledge.links import Menu
from bot.ui.knowledge.reader import ASPECTS, PackReader, first_statement
from cogs.knowledge import strings
from cogs.knowledge.views import LinkedCard


def position(reader: PackReader, actor: str, issue: str) -> LinkedCard:
    """One actor's position on one issue; if none is recorded, those of the others."""
    found = reader.pack.positions.get((actor, issue))
    others = tuple(other for other in reader.positions_on(issue) if other.actor != actor)
    title = f"{reader.actor(actor)} on {reader.issue(issue)}"
    buttons = (reader.actor_link(actor), reader.issue_link(issue), reader.home_link())
    if found is None:
        return LinkedCard(
            Card(title, _unrecorded(reader, actor, issue, others), reader.summit_name),
            (_position_menu(reader, others), _issue_menu(reader, actor, issue)),
            buttons,
        )
    blocks = tuple(
        block
        for aspect in ASPECTS
        for block in reader.blocks(shared.ASPECTS[aspect], getattr(found, aspect))
    )
    return LinkedCard(
        Card(title, blocks, reader.summit_name),
        (
            _compare_menu(reader, actor, issue, others),
            _issue_menu(reader, actor, issue),
        ),
        buttons,
    )


def comparison(reader: PackReader, first: str, second: str) -> LinkedCard:
    """Two actors, issue by issue, with the first statement of each position."""
    blocks = []
    issues = [
        issue
        for issue in reader.pack.issues
        if (first, issue) in reader.pack.positions or (second, issue) in reader.pack.positions
    ]
    for issue in issues:
        for actor in (first, second):
            found = reader.pack.positions.get((actor, issue))
            blocks.append(_introduced(reader, actor, found, reader.issue(issue)))
    if not issues:
        blocks.append(Block(strings.NOTHING_RECORDED))
    return LinkedCard(
        Card(_pair(reader, first, second), tuple(blocks), reader.summit_name),
        (_compare_issue_menu(reader, first, second, issues),),
        (reader.actor_link(first), reader.actor_link(second), reader.home_link()),
    )


def comparison_on(reader: PackReader, first: str, second: str, issue: str) -> LinkedCard:
    """Two actors on one issue, with every statement, aspect by aspect."""
    known = {
        actor: found
        for actor in (first, second)
        if (found := reader.pack.positions.get((actor, issue)))
    }
    blocks = [
        Block(f"**{reader.actor(actor)}**\n{strings.NO_POSITION}")
        for actor in (first, second)
        if actor not in known
    ]
    for aspect in ASPECTS:
        sides = {actor: getattr(found, aspect) for actor, found in known.items()}
        if any(sides.values()):
            for actor, statements in sides.items():
                blocks.extend(_side(reader, actor, statements, shared.ASPECTS[aspect]))
    refs = [reader.ref(Kind.ACTOR, actor) for actor in (first, second)]
    return LinkedCard(
        Card(
            f"{_pair(reader, first, second)} on {reader.issue(issue)}",
            tuple(blocks),
            reader.summit_name,
        ),
        (_compare_issue_menu(reader, first, second, tuple(reader.pack.issues), but=issue),),
        (
            reader.actor_link(first),
            reader.actor_link(second),
            reader.issue_link(issue),
            Link(strings.ALL_ISSUES, addresses.comparison(*refs).key),
        ),
    )


def of_actor(reader: PackReader, actor: str) -> LinkedCard:
    """All positions of an actor."""
    blocks = tuple(
        reader.position_block(found, reader.issue(found.issue))
        for found in reader.positions_of(actor)
    )
    title = strings.POSITIONS_TITLE.format(actor=reader.actor(actor))
    card = Card(title, blocks, reader.summit_name)
    buttons = (reader.actor_link(actor), reader.home_link())
    return LinkedCard(card, buttons=buttons, page_menu=strings.OPEN_POSITION)


def on_issue(reader: PackReader, issue: str) -> LinkedCard:
    """All positions on an issue."""
    title = shared.WHO_STANDS_WHERE_ON.format(issue=reader.issue(issue))
    card = Card(title, reader.position_blocks(issue), reader.summit_name)
    buttons = (reader.issue_link(issue), reader.home_link())
    return LinkedCard(card, buttons=buttons, page_menu=strings.OPEN_POSITION)


def _unrecorded(
    reader: PackReader, actor: str, issue: str, others: Sequence[Position]
) -> tuple[Block, ...]:
    plain = (
        f"The source records no position of **{reader.actor(actor)}** on "
        f"**{reader.issue(issue)}**. That does not mean there is none."
    )
    if not others:
        return (Block(f"{plain}\nIt records no position of anybody on this issue."),)
    return (
        Block(plain),
        *(
            reader.block(
                first_statement(found)[0],
                strings.WHO_HAS_A_POSITION,
                before=f"**{reader.actor(found.actor)}** · ",
            )
            for found in others
        ),
    )


def _introduced(reader: PackReader, actor: str, found: Position | None, heading: str) -> Block:
    if found is None:
        return Block(f"**{reader.actor(actor)}**\n{strings.NO_POSITION}", heading)
    first, more = first_statement(found)
    block = reader.block(first, heading, before=f"**{reader.actor(actor)}** · ")
    if not more:
        return block
    return Block(f"{block.text} · {more} more", heading, block.notes)


def _side(
    reader: PackReader, actor: str, statements: Sequence[Statement], heading: str
) -> Iterator[Block]:
    if not statements:
        yield Block(f"**{reader.actor(actor)}**\n{strings.NOTHING_RECORDED}", heading)
    for statement in statements:
        yield reader.block(statement, heading, before=f"**{reader.actor(actor)}** · ")


def _pair(reader: PackReader, first: str, second: str) -> str:
    return f"{reader.actor(first)} and {reader.actor(second)}"


def _position_menu(reader: PackReader, known: Sequence[Position]) -> Menu:
    if not known:
        return Menu(strings.OPEN_POSITION, ())
    links = tuple(reader.position_link(found, reader.actor(found.actor)) for found in known)
    issue = reader.ref(Kind.ISSUE, known[0].issue)
    return Menu(strings.OPEN_POSITION, links, Link("", addresses.positions(issue).key))


def _issue_menu(reader: PackReader, actor: str, but: str) -> Menu:
    links = tuple(
        reader.position_link(found, reader.issue(found.issue))
        for found in reader.positions_of(actor)
        if found.issue != but
    )
    more = Link("", addresses.positions(reader.ref(Kind.ACTOR, actor)).key)
    return Menu(strings.POSITIONS_OF.format(actor=reader.actor(actor)), links, more)


def _compare_menu(reader: PackReader, actor: str, issue: str, others: Sequence[Position]) -> Menu:
    here, on = reader.ref(Kind.ACTOR, actor), reader.ref(Kind.ISSUE, issue)
    links = tuple(
        Link(
            reader.actor(other.actor),
            addresses.comparison(here, reader.ref(Kind.ACTOR, other.actor), on).key,
            reader.read(reader.pack.actors[other.actor].role),
        )
        for other in others
    )
    return Menu(strings.COMPARE_WITH, links, Link("", addresses.positions(on).key))


def _compare_issue_menu(
    reader: PackReader, first: str, second: str, issues: Sequence[str], but: str = ""
) -> Menu:
    refs = [reader.ref(Kind.ACTOR, actor) for actor in (first, second)]
    links = tuple(
        Link(reader.issue(issue), addresses.comparison(*refs, reader.ref(Kind.ISSUE, issue)).key)
        for issue in issues
        if issue != but
    )
    return Menu(strings.COMPARE_ON, links, reader.list_link(CardKind.ISSUES, ""))
