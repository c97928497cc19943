"""What the summit may bring: one outcome, and lists of them."""

from bot.knowledge.library import Kind
from bot.knowledge.model import Outcome
from bot.ui.cards import Block, Card, Link
from cogs.knowledge import strings as words
from cogs.knowledge.places import Name, Place
from cogs.knowledge.reading import Reader, Sheet, names, poll_block


def outcome(reader: Reader, id_: str) -> Sheet:
    """The question, its answers, and how it will be settled."""
    about = reader.pack.outcomes[id_]
    blocks = [
        *(Block(f"- {reader.read(option.label)}", "Answers") for option in about.options),
        Block(reader.read(about.criteria), "How it is settled"),
        Block(_readouts(reader, about), "Whose account counts"),
    ]
    if about.expectation:
        blocks.append(reader.block(about.expectation, "What the source leads one to expect"))
    else:
        blocks.append(Block("-# The source gives no expectation.", "Expectation"))
    blocks.extend(poll_block(reader.polls_on((id_,))))
    card = Card(
        reader.read(about.question),
        tuple(blocks),
        f"{reader.issue(about.issue)} · {_kind(reader, about)}",
        words.ASK_THE_SERVER,
    )
    on_issue = Place(Name.OUTCOMES, (reader.ref(Kind.ISSUE, about.issue),))
    buttons = (
        reader.issue_link(about.issue),
        Link("More on this issue", on_issue.key),
        reader.list_link(Name.OUTCOMES, "All outcomes"),
        reader.home(),
    )
    return Sheet(card, buttons=buttons)


def listing(reader: Reader, issue: str | None = None) -> Sheet:
    """Every outcome, or those of one issue."""
    pack = reader.pack
    blocks = tuple(
        Block(
            f"**{reader.read(about.question)}**\n-# {_kind(reader, about)}",
            reader.issue(about.issue) if issue is None else "",
            links=(reader.outcome_link(about.id),),
        )
        for id_ in (pack.issues if issue is None else (issue,))
        for about in pack.outcomes_by_issue.get(id_, ())
    )
    if issue is None:
        card = Card("What the summit may bring", blocks, reader.summit_name)
        menus = (reader.other_summits(Name.OUTCOMES),)
        buttons: tuple[Link, ...] = (reader.list_link(Name.ISSUES, words.ISSUES), reader.home())
        return Sheet(card, menus, buttons, words.OPEN_OUTCOME)
    shown = blocks or (Block("No outcome is recorded on this issue."),)
    title = f"What may come of {reader.issue(issue)}"
    buttons = (
        reader.issue_link(issue),
        reader.list_link(Name.OUTCOMES, "All outcomes"),
        reader.home(),
    )
    return Sheet(Card(title, shown, reader.summit_name), (), buttons, words.OPEN_OUTCOME)


def _kind(reader: Reader, about: Outcome) -> str:
    accounts = names(reader.actor(id_) for id_ in about.readouts)
    readouts = "readout" if len(about.readouts) == 1 else "readouts"
    return f"{words.OUTCOME_KINDS[about.kind]} · settled by the {readouts} of {accounts}"


def _readouts(reader: Reader, about: Outcome) -> str:
    decides = reader.actor(about.decided_by)
    if len(about.readouts) == 1:
        return f"The readout of **{decides}** settles it."
    accounts = names(f"**{reader.actor(id_)}**" for id_ in about.readouts)
    return (
        f"The readouts of {accounts} are read. Where they contradict each other, "
        f"**{decides}**'s decides."
    )
