"""The glossary."""

from bot.knowledge.library import Kind
from bot.ui.cards import Block, Card, Link
from cogs.knowledge import strings as words
from cogs.knowledge.places import Name, Place
from cogs.knowledge.reading import Reader, Sheet


def term(reader: Reader, id_: str) -> Sheet:
    """What a term means here."""
    entry = reader.pack.glossary[id_]
    also = dict.fromkeys((*entry.name.by_locale.values(), *entry.aliases))
    also.pop(reader.read(entry.name), None)
    subtitle = f"also: {', '.join(also)}" if also else reader.summit_name
    card = Card(reader.read(entry.name), reader.blocks("", entry.definition), subtitle)
    buttons = (reader.list_link(Name.GLOSSARY, words.GLOSSARY), reader.home())
    return Sheet(card, buttons=buttons)


def listing(reader: Reader) -> Sheet:
    """Every term with the first thing said of it."""
    blocks = tuple(
        Block(
            f"**{reader.read(entry.name)}** · {reader.said(entry.definition[0])}",
            notes=reader.notes(entry.definition[:1]),
            links=(
                Link(
                    reader.read(entry.name),
                    Place.of(reader.ref(Kind.TERM, entry.id)).key,
                ),
            ),
        )
        for entry in reader.pack.glossary.values()
    )
    shown = blocks or (Block("This summit's pack has no glossary."),)
    card = Card(words.GLOSSARY, shown, reader.summit_name)
    menus = (reader.other_summits(Name.GLOSSARY),)
    return Sheet(card, menus, (reader.home(),), words.OPEN_TERM)
