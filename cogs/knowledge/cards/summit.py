"""The cards of a summit's overview, its sections and its glossary."""

from bot.knowledge.library import Kind
from bot.knowledge.model import SummitSection
from bot.ui.cards import Block, Card, Link
from bot.ui.knowledge import strings as shared
from bot.ui.knowledge.addresses import CardAddress, CardKind
from bot.ui.knowledge.links import Menu
from bot.ui.knowledge.reader import PackReader
from cogs.knowledge import strings
from cogs.knowledge.views import LinkedCard


def overview(reader: PackReader) -> LinkedCard:
    """What the summit is, when and where, and what there is to read about it."""
    summit, source = reader.pack.summit, reader.pack.source
    when = f"**When:** {reader.read(summit.date)}" if summit.date else shared.NO_DATE
    where = f"**Where:** {reader.read(summit.venue)}" if summit.venue else shared.NO_VENUE
    title = reader.read(source.title)
    linked = f"[{title}]({source.url})" if source.url else f"*{title}*"
    blocks = (
        Block(f"{reader.read(summit.summary)}\n-# {shared.SUMMARY_MARK}"),
        Block(f"{when}\n{where}"),
        *(Block(f"- {reader.read(part.title)}", strings.OVERVIEW) for part in summit.sections),
        Block(f"{linked}\n{reader.read(source.note)}", strings.SOURCE),
    )
    return LinkedCard(
        Card(reader.summit_name, blocks),
        (_parts(reader), reader.other_summits()),
        (
            reader.list_link(CardKind.ACTORS, shared.ACTORS),
            reader.list_link(CardKind.ISSUES, shared.ISSUES),
            reader.list_link(CardKind.OUTCOMES, shared.OUTCOMES),
            reader.list_link(CardKind.GLOSSARY, shared.GLOSSARY),
        ),
    )


def section(reader: PackReader, id_: str) -> LinkedCard:
    """One section of the overview, with a button to the next one."""
    parts = reader.pack.summit.sections
    index = next(number for number, part in enumerate(parts) if part.id == id_)
    card = Card(
        reader.read(parts[index].title),
        reader.blocks("", parts[index].statements),
        subtitle=reader.summit_name,
    )
    onward = (
        () if index + 1 == len(parts) else (_part_link(reader, parts[index + 1], strings.NEXT),)
    )
    return LinkedCard(card, (_parts(reader),), (*onward, reader.home_link()))


def term(reader: PackReader, id_: str) -> LinkedCard:
    """What a term means here."""
    entry = reader.pack.glossary[id_]
    also = dict.fromkeys((*entry.name.by_locale.values(), *entry.aliases))
    also.pop(reader.read(entry.name), None)
    subtitle = f"also: {', '.join(also)}" if also else reader.summit_name
    card = Card(reader.read(entry.name), reader.blocks("", entry.definition), subtitle)
    buttons = (reader.list_link(CardKind.GLOSSARY, shared.GLOSSARY), reader.home_link())
    return LinkedCard(card, buttons=buttons)


def glossary(reader: PackReader) -> LinkedCard:
    """Every term with the first statement of its definition."""
    blocks = tuple(
        Block(
            f"**{reader.read(entry.name)}** · {reader.attributed(entry.definition[0])}",
            notes=reader.sections(entry.definition[:1]),
            links=(
                Link(
                    reader.read(entry.name),
                    CardAddress.of(reader.ref(Kind.TERM, entry.id)).key,
                ),
            ),
        )
        for entry in reader.pack.glossary.values()
    )
    shown = blocks or (Block(strings.NO_GLOSSARY),)
    card = Card(shared.GLOSSARY, shown, reader.summit_name)
    menus = (reader.other_summits(CardKind.GLOSSARY),)
    return LinkedCard(card, menus, (reader.home_link(),), strings.OPEN_TERM)


def _parts(reader: PackReader) -> Menu:
    links = tuple(_part_link(reader, part) for part in reader.pack.summit.sections)
    return Menu(strings.OPEN_SECTION, links, reader.home_link())


def _part_link(reader: PackReader, part: SummitSection, before: str = "") -> Link:
    address = CardAddress.of(reader.ref(Kind.SECTION, part.id))
    return Link(f"{before}{reader.read(part.title)}", address.key)
