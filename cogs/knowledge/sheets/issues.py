"""One issue, and all of them."""

from bot.knowledge.library import Kind
from bot.text import counted
from bot.ui.cards import Block, Card, Link
from cogs.knowledge import strings as words
from cogs.knowledge.places import Name, Place
from cogs.knowledge.reading import Menu, Reader, Sheet, discussion_block, poll_block


def issue(reader: Reader, id_: str) -> Sheet:
    """What is at issue, why it matters, who stands where, and what may come of it."""
    matter = reader.pack.issues[id_]
    outcomes = reader.pack.outcomes_by_issue.get(id_, ())
    polls = reader.polls_on(outcome.id for outcome in outcomes)
    stands = reader.stands_on(id_)
    blocks = (
        *reader.blocks("", matter.summary),
        *discussion_block(reader.discussion),
        *poll_block(polls),
        *reader.blocks(words.WHY_IT_MATTERS, matter.why),
        *(
            reader.block(
                reader.gist(stand)[0],
                words.WHO_STANDS_WHERE,
                before=f"**{reader.actor(stand.actor)}** · ",
            )
            for stand in stands
        ),
        *(Block(f"- {reader.read(question)}", words.QUESTIONS) for question in matter.questions),
        *(Block(f"- {reader.read(outcome.question)}", words.OUTCOMES) for outcome in outcomes),
    )
    ref = reader.ref(Kind.ISSUE, id_)
    stand_links = tuple(reader.stand_link(stand, reader.actor(stand.actor)) for stand in stands)
    return Sheet(
        Card(reader.read(matter.name), blocks, reader.summit_name),
        (
            Menu(words.OPEN_STAND, stand_links, Link("", Place(Name.STANDS, (ref,)).key)),
            Menu(
                words.OPEN_OUTCOME,
                tuple(reader.outcome_link(outcome.id) for outcome in outcomes),
                Link("", Place(Name.OUTCOMES, (ref,)).key),
            ),
        ),
        (reader.list_link(Name.ISSUES, words.ISSUES), reader.home()),
    )


def listing(reader: Reader) -> Sheet:
    """Every issue with what it is about in one statement."""
    blocks = []
    for matter in reader.pack.issues.values():
        stands = counted(len(reader.stands_on(matter.id)), "stand", "stands")
        outcomes = reader.pack.outcomes_by_issue.get(matter.id, ())
        first = matter.summary[0]
        blocks.append(
            Block(
                f"**{reader.read(matter.name)}**\n{reader.said(first)} · {stands} · "
                f"{counted(len(outcomes), 'outcome', 'outcomes')}",
                notes=reader.notes((first,)),
                links=(reader.issue_link(matter.id),),
            )
        )
    card = Card(words.ISSUES, tuple(blocks), reader.summit_name)
    menus = (reader.other_summits(Name.ISSUES),)
    return Sheet(card, menus, (reader.home(),), page_menu=words.OPEN_ISSUE)
