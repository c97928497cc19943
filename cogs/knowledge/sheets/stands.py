"""Positions: one, several side by side, and lists of them."""

from collections.abc import Iterator, Sequence

from bot.knowledge.library import Kind
from bot.knowledge.model import Position, Statement
from bot.ui.cards import Block, Card, Link
from cogs.knowledge import strings as words
from cogs.knowledge.places import Name, Place
from cogs.knowledge.places import comparison as comparison_place
from cogs.knowledge.reading import ASPECTS, Menu, Reader, Sheet, names


def position(reader: Reader, actor: str, issue: str) -> Sheet:
    """One actor's stand on one issue, or that none is recorded and who has one."""
    stand = reader.pack.positions.get((actor, issue))
    others = tuple(other for other in reader.stands_on(issue) if other.actor != actor)
    title = f"{reader.actor(actor)} on {reader.issue(issue)}"
    buttons = (reader.actor_link(actor), reader.issue_link(issue), reader.home())
    if stand is None:
        return Sheet(
            Card(title, _unrecorded(reader, actor, issue, others), reader.summit_name),
            (_stand_menu(reader, others), _issue_menu(reader, actor, issue)),
            buttons,
        )
    blocks = tuple(
        block
        for aspect in ASPECTS
        for block in reader.blocks(words.ASPECTS[aspect], getattr(stand, aspect))
    )
    return Sheet(
        Card(title, blocks, reader.summit_name),
        (
            _compare_menu(reader, actor, issue, others),
            _issue_menu(reader, actor, issue),
        ),
        buttons,
    )


def comparison(reader: Reader, first: str, second: str) -> Sheet:
    """Two actors issue by issue, each with the statement that its stand begins with."""
    blocks = []
    issues = [
        issue
        for issue in reader.pack.issues
        if (first, issue) in reader.pack.positions or (second, issue) in reader.pack.positions
    ]
    for issue in issues:
        for actor in (first, second):
            stand = reader.pack.positions.get((actor, issue))
            blocks.append(_introduced(reader, actor, stand, reader.issue(issue)))
    if not issues:
        blocks.append(Block(words.NOTHING_RECORDED))
    return Sheet(
        Card(_pair(reader, first, second), tuple(blocks), reader.summit_name),
        (_compare_issue_menu(reader, first, second, issues),),
        (reader.actor_link(first), reader.actor_link(second), reader.home()),
    )


def comparison_on(reader: Reader, first: str, second: str, issue: str) -> Sheet:
    """Two actors on one issue, everything recorded, aspect by aspect."""
    stands = {
        actor: stand
        for actor in (first, second)
        if (stand := reader.pack.positions.get((actor, issue)))
    }
    blocks = [
        Block(f"**{reader.actor(actor)}**\n{words.NO_STAND}")
        for actor in (first, second)
        if actor not in stands
    ]
    for aspect in ASPECTS:
        sides = {actor: getattr(stand, aspect) for actor, stand in stands.items()}
        if any(sides.values()):
            for actor, statements in sides.items():
                blocks.extend(_side(reader, actor, statements, words.ASPECTS[aspect]))
    refs = [reader.ref(Kind.ACTOR, actor) for actor in (first, second)]
    return Sheet(
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
            Link("All issues", comparison_place(*refs).key),
        ),
    )


def of_actor(reader: Reader, actor: str) -> Sheet:
    """All stands of an actor."""
    blocks = tuple(
        _listed(reader, stand, reader.issue(stand.issue)) for stand in reader.stands_of(actor)
    )
    card = Card(f"Where {reader.actor(actor)} stands", blocks, reader.summit_name)
    buttons = (reader.actor_link(actor), reader.home())
    return Sheet(card, buttons=buttons, page_menu=words.OPEN_STAND)


def on_issue(reader: Reader, issue: str) -> Sheet:
    """All stands on an issue."""
    blocks = tuple(
        _listed(reader, stand, reader.actor(stand.actor)) for stand in reader.stands_on(issue)
    )
    card = Card(f"Who stands where on {reader.issue(issue)}", blocks, reader.summit_name)
    buttons = (reader.issue_link(issue), reader.home())
    return Sheet(card, buttons=buttons, page_menu=words.OPEN_STAND)


def side_by_side(reader: Reader, issue: str) -> Card:
    """Everything recorded of every actor's stand on an issue, one actor after the other."""
    found = reader.stands_on(issue)
    blocks = [
        reader.block(statement, reader.actor(stand.actor), f"**{words.ASPECTS[aspect]}** · ")
        for stand in found
        for aspect in ASPECTS
        for statement in getattr(stand, aspect)
    ]
    silent = [id_ for id_ in reader.pack.actors if id_ not in {stand.actor for stand in found}]
    if silent:
        listed = names(reader.actor(id_) for id_ in silent)
        blocks.append(Block(f"-# The source records no stand of {listed}.", words.NO_STANDS))
    return Card(f"Who stands where on {reader.issue(issue)}", tuple(blocks), reader.summit_name)


def _unrecorded(
    reader: Reader, actor: str, issue: str, others: Sequence[Position]
) -> tuple[Block, ...]:
    plain = (
        f"The source records no stand of **{reader.actor(actor)}** on "
        f"**{reader.issue(issue)}**. That does not mean there is none."
    )
    if not others:
        return (Block(f"{plain}\nIt records nobody's stand on this issue."),)
    return (
        Block(plain),
        *(
            reader.block(
                reader.gist(stand)[0],
                "Who does have one",
                before=f"**{reader.actor(stand.actor)}** · ",
            )
            for stand in others
        ),
    )


def _introduced(reader: Reader, actor: str, stand: Position | None, heading: str) -> Block:
    if stand is None:
        return Block(f"**{reader.actor(actor)}**\n{words.NO_STAND}", heading)
    first, more = reader.gist(stand)
    block = reader.block(first, heading, before=f"**{reader.actor(actor)}** · ")
    if not more:
        return block
    return Block(f"{block.text} · {more} more", heading, block.notes)


def _listed(reader: Reader, stand: Position, label: str) -> Block:
    first, more = reader.gist(stand)
    tail = f" · {more} more" if more else ""
    return Block(
        f"**{label}** · {reader.said(first)}{tail}",
        notes=reader.notes((first,)),
        links=(reader.stand_link(stand, label),),
    )


def _side(
    reader: Reader, actor: str, statements: Sequence[Statement], heading: str
) -> Iterator[Block]:
    if not statements:
        yield Block(f"**{reader.actor(actor)}**\n{words.NOTHING_RECORDED}", heading)
    for statement in statements:
        yield reader.block(statement, heading, before=f"**{reader.actor(actor)}** · ")


def _pair(reader: Reader, first: str, second: str) -> str:
    return f"{reader.actor(first)} and {reader.actor(second)}"


def _stand_menu(reader: Reader, stands: Sequence[Position]) -> Menu:
    if not stands:
        return Menu(words.OPEN_STAND, ())
    links = tuple(reader.stand_link(stand, reader.actor(stand.actor)) for stand in stands)
    issue = reader.ref(Kind.ISSUE, stands[0].issue)
    return Menu(words.OPEN_STAND, links, Link("", Place(Name.STANDS, (issue,)).key))


def _issue_menu(reader: Reader, actor: str, but: str) -> Menu:
    links = tuple(
        reader.stand_link(stand, reader.issue(stand.issue))
        for stand in reader.stands_of(actor)
        if stand.issue != but
    )
    more = Link("", Place(Name.STANDS, (reader.ref(Kind.ACTOR, actor),)).key)
    return Menu(f"Where {reader.actor(actor)} stands on…", links, more)


def _compare_menu(reader: Reader, actor: str, issue: str, others: Sequence[Position]) -> Menu:
    here, on = reader.ref(Kind.ACTOR, actor), reader.ref(Kind.ISSUE, issue)
    links = tuple(
        Link(
            reader.actor(other.actor),
            comparison_place(here, reader.ref(Kind.ACTOR, other.actor), on).key,
            reader.read(reader.pack.actors[other.actor].role),
        )
        for other in others
    )
    return Menu(words.COMPARE_WITH, links, Link("", Place(Name.STANDS, (on,)).key))


def _compare_issue_menu(
    reader: Reader, first: str, second: str, issues: Sequence[str], but: str = ""
) -> Menu:
    refs = [reader.ref(Kind.ACTOR, actor) for actor in (first, second)]
    links = tuple(
        Link(reader.issue(issue), comparison_place(*refs, reader.ref(Kind.ISSUE, issue)).key)
        for issue in issues
        if issue != but
    )
    return Menu(words.COMPARE_ON, links, reader.list_link(Name.ISSUES, ""))
