"""What the card of every place says: a place in, a sheet out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.knowledge.library import Kind, Library, Ref
from cogs.knowledge.places import Name, Place
from cogs.knowledge.reading import OpenPoll, Reader, Sheet
from cogs.knowledge.sheets import actors, issues, outcomes, stands, summit, terms

_ONE: dict[Name, Callable[[Reader, str], Sheet]] = {
    Name.SUMMIT: lambda reader, _: summit.overview(reader),
    Name.SECTION: summit.section,
    Name.ACTORS: lambda reader, _: actors.listing(reader),
    Name.ACTOR: actors.actor,
    Name.ISSUES: lambda reader, _: issues.listing(reader),
    Name.ISSUE: issues.issue,
    Name.OUTCOME: outcomes.outcome,
    Name.GLOSSARY: lambda reader, _: terms.listing(reader),
    Name.TERM: terms.term,
}


def draw(
    library: Library,
    place: Place,
    locale: str,
    open_polls: Sequence[OpenPoll] = (),
    discussion: str | None = None,
) -> Sheet:
    """The sheet of a place in a language.

    `open_polls` are those of the server it is shown in; an issue and an outcome link to theirs.
    `discussion` is a link to where the server discusses the place's issue.
    """
    reader = Reader(library, library.pack(place.summit), locale, open_polls, discussion)
    first = place.refs[0]
    match place.name:
        case Name.POSITION:
            return stands.position(reader, first.id, place.refs[1].id)
        case Name.COMPARE if len(place.refs) == 2:
            return stands.comparison(reader, *_ids(place.refs))
        case Name.COMPARE:
            return stands.comparison_on(reader, *_ids(place.refs))
        case Name.STANDS if first.kind is Kind.ACTOR:
            return stands.of_actor(reader, first.id)
        case Name.STANDS:
            return stands.on_issue(reader, first.id)
        case Name.OUTCOMES if first.kind is Kind.ISSUE:
            return outcomes.listing(reader, first.id)
        case Name.OUTCOMES:
            return outcomes.listing(reader)
        case _:
            return _ONE[place.name](reader, first.id)


def _ids(refs: Sequence[Ref]) -> tuple[str, ...]:
    return tuple(ref.id for ref in refs)
