"""The summit's overview and its parts."""

from bot.knowledge.library import Kind
from bot.knowledge.model import SummitSection
from bot.ui.cards import Block, Card, Link
from cogs.knowledge import strings as words
from cogs.knowledge.places import Name, Place
from cogs.knowledge.reading import Menu, Reader, Sheet


def overview(reader: Reader) -> Sheet:
    """What the summit is, when and where, and what there is to read about it."""
    summit, source = reader.pack.summit, reader.pack.source
    when = f"**When:** {reader.read(summit.date)}" if summit.date else words.NO_DATE
    where = f"**Where:** {reader.read(summit.venue)}" if summit.venue else words.NO_VENUE
    title = reader.read(source.title)
    linked = f"[{title}]({source.url})" if source.url else f"*{title}*"
    blocks = (
        Block(f"{reader.read(summit.summary)}\n-# {words.SUMMARY_MARK}"),
        Block(f"{when}\n{where}"),
        *(Block(f"- {reader.read(part.title)}", words.OVERVIEW) for part in summit.sections),
        Block(f"{linked}\n{reader.read(source.note)}", words.SOURCE),
    )
    return Sheet(
        Card(reader.summit_name, blocks),
        (_parts(reader), reader.other_summits()),
        (
            reader.list_link(Name.ACTORS, words.ACTORS),
            reader.list_link(Name.ISSUES, words.ISSUES),
            reader.list_link(Name.OUTCOMES, words.OUTCOMES),
            reader.list_link(Name.GLOSSARY, words.GLOSSARY),
        ),
    )


def section(reader: Reader, id_: str) -> Sheet:
    """One part of the overview, with the next one at hand."""
    parts = reader.pack.summit.sections
    index = next(number for number, part in enumerate(parts) if part.id == id_)
    card = Card(
        reader.read(parts[index].title),
        reader.blocks("", parts[index].statements),
        subtitle=reader.summit_name,
    )
    onward = () if index + 1 == len(parts) else (_part_link(reader, parts[index + 1], "Next: "),)
    return Sheet(card, (_parts(reader),), (*onward, reader.home()))


def _parts(reader: Reader) -> Menu:
    links = tuple(_part_link(reader, part) for part in reader.pack.summit.sections)
    return Menu(words.OPEN_SECTION, links, reader.home())


def _part_link(reader: Reader, part: SummitSection, before: str = "") -> Link:
    place = Place.of(reader.ref(Kind.SECTION, part.id))
    return Link(f"{before}{reader.read(part.title)}", place.key)
