"""The cards of issues and of their possible outcomes."""

from bot.knowledge.library import Kind
from bot.knowledge.model import Outcome
from bot.text import counted, joined
from bot.ui.cards import Block, Card, Link
from bot.ui.knowledge import strings as shared
from bot.ui.knowledge.addresses import CardKind, positions
from bot.ui.knowledge.addresses import outcomes_on as address_of_outcomes
from bot.ui.knowledge.links import Menu
from bot.ui.knowledge.reader import PackReader
from cogs.knowledge import strings
from cogs.knowledge.views import LinkedCard


def issue(reader: PackReader, id_: str) -> LinkedCard:
    """What is at issue, why it matters, who stands where, and what may come of it."""
    ref = reader.ref(Kind.ISSUE, id_)
    position_links = tuple(
        reader.position_link(found, reader.actor(found.actor)) for found in reader.positions_on(id_)
    )
    outcome_links = tuple(
        reader.outcome_link(about.id) for about in reader.pack.outcomes_by_issue.get(id_, ())
    )
    return LinkedCard(
        Card(reader.issue(id_), reader.issue_blocks(id_), reader.summit_name),
        (
            Menu(strings.OPEN_POSITION, position_links, Link("", positions(ref).key)),
            Menu(strings.OPEN_OUTCOME, outcome_links, Link("", address_of_outcomes(ref).key)),
        ),
        (reader.list_link(CardKind.ISSUES, shared.ISSUES), reader.home_link()),
    )


def issue_list(reader: PackReader) -> LinkedCard:
    """Every issue with the first statement of its summary."""
    blocks = []
    for about in reader.pack.issues.values():
        recorded = counted(len(reader.positions_on(about.id)), "position", "positions")
        outcomes = reader.pack.outcomes_by_issue.get(about.id, ())
        first = about.summary[0]
        blocks.append(
            Block(
                f"**{reader.read(about.name)}**\n{reader.attributed(first)} · {recorded} · "
                f"{counted(len(outcomes), 'outcome', 'outcomes')}",
                notes=reader.sections((first,)),
                links=(reader.issue_link(about.id),),
            )
        )
    card = Card(shared.ISSUES, tuple(blocks), reader.summit_name)
    menus = (reader.other_summits(CardKind.ISSUES),)
    return LinkedCard(card, menus, (reader.home_link(),), page_menu=strings.OPEN_ISSUE)


def outcome(reader: PackReader, id_: str) -> LinkedCard:
    """The question, its answers, and how it will be settled."""
    about = reader.pack.outcomes[id_]
    blocks = [
        *(Block(f"- {reader.read(option.label)}", strings.ANSWERS) for option in about.options),
        Block(reader.read(about.criteria), strings.HOW_SETTLED),
        Block(_readouts(reader, about), strings.WHOSE_ACCOUNT),
    ]
    if about.expectation:
        blocks.append(reader.block(about.expectation, strings.EXPECTED))
    else:
        blocks.append(Block(strings.NO_EXPECTATION, strings.EXPECTATION))
    blocks.extend(reader.poll_blocks((id_,)))
    card = Card(
        reader.read(about.question),
        tuple(blocks),
        f"{reader.issue(about.issue)} · {_kind(reader, about)}",
        strings.ASK_THE_SERVER,
    )
    on_issue = address_of_outcomes(reader.ref(Kind.ISSUE, about.issue))
    buttons = (
        reader.issue_link(about.issue),
        Link(strings.MORE_ON_ISSUE, on_issue.key),
        reader.list_link(CardKind.OUTCOMES, strings.ALL_OUTCOMES),
        reader.home_link(),
    )
    return LinkedCard(card, buttons=buttons)


def all_outcomes(reader: PackReader) -> LinkedCard:
    """Every outcome, issue by issue."""
    blocks = tuple(
        _outcome_block(reader, about, reader.issue(issue))
        for issue in reader.pack.issues
        for about in reader.pack.outcomes_by_issue.get(issue, ())
    )
    return LinkedCard(
        Card(strings.ALL_OUTCOMES_TITLE, blocks, reader.summit_name),
        (reader.other_summits(CardKind.OUTCOMES),),
        (reader.list_link(CardKind.ISSUES, shared.ISSUES), reader.home_link()),
        strings.OPEN_OUTCOME,
    )


def outcomes_on(reader: PackReader, issue: str) -> LinkedCard:
    """The outcomes of one issue."""
    blocks = tuple(
        _outcome_block(reader, about) for about in reader.pack.outcomes_by_issue.get(issue, ())
    )
    shown = blocks or (Block(strings.NO_OUTCOMES),)
    title = strings.OUTCOMES_ON.format(issue=reader.issue(issue))
    buttons = (
        reader.issue_link(issue),
        reader.list_link(CardKind.OUTCOMES, strings.ALL_OUTCOMES),
        reader.home_link(),
    )
    return LinkedCard(Card(title, shown, reader.summit_name), (), buttons, strings.OPEN_OUTCOME)


def _outcome_block(reader: PackReader, about: Outcome, heading: str = "") -> Block:
    return Block(
        f"**{reader.read(about.question)}**\n-# {_kind(reader, about)}",
        heading,
        links=(reader.outcome_link(about.id),),
    )


def _kind(reader: PackReader, about: Outcome) -> str:
    accounts = joined((reader.actor(id_) for id_ in about.readouts), "and")
    readouts = "readout" if len(about.readouts) == 1 else "readouts"
    return f"{strings.OUTCOME_KINDS[about.kind]} · settled by the {readouts} of {accounts}"


def _readouts(reader: PackReader, about: Outcome) -> str:
    decides = reader.actor(about.decided_by)
    if len(about.readouts) == 1:
        return f"The readout of **{decides}** settles it."
    accounts = joined((f"**{reader.actor(id_)}**" for id_ in about.readouts), "and")
    return (
        f"The readouts of {accounts} count. If they contradict each other, **{decides}**'s decides."
    )
