"""What each knowledge card says: an address in, a card out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.knowledge.library import Kind, Library, Ref
from bot.ui.knowledge.addresses import CardAddress, CardKind
from bot.ui.knowledge.reader import OpenPoll, PackReader
from cogs.knowledge.cards import actors, issues, positions, summit
from cogs.knowledge.views import LinkedCard

_ONE: dict[CardKind, Callable[[PackReader, str], LinkedCard]] = {
    CardKind.SUMMIT: lambda reader, _: summit.overview(reader),
    CardKind.SECTION: summit.section,
    CardKind.ACTORS: lambda reader, _: actors.actor_list(reader),
    CardKind.ACTOR: actors.actor,
    CardKind.ISSUES: lambda reader, _: issues.issue_list(reader),
    CardKind.ISSUE: issues.issue,
    CardKind.OUTCOME: issues.outcome,
    CardKind.GLOSSARY: lambda reader, _: summit.glossary(reader),
    CardKind.TERM: summit.term,
}


def build_card(
    library: Library,
    address: CardAddress,
    locale: str,
    open_polls: Sequence[OpenPoll] = (),
    discussion: str | None = None,
) -> LinkedCard:
    """The card at an address, in a language.

    `open_polls` are polls of the server where the card is shown; cards of issues and outcomes link
    to theirs. `discussion` is a link to the server's discussion of the card's issue.
    """
    reader = PackReader(library, library.pack(address.summit), locale, open_polls, discussion)
    first = address.refs[0]
    match address.kind:
        case CardKind.POSITION:
            return positions.position(reader, first.id, address.refs[1].id)
        case CardKind.COMPARISON if len(address.refs) == 2:
            return positions.comparison(reader, *_ids(address.refs))
        case CardKind.COMPARISON:
            return positions.comparison_on(reader, *_ids(address.refs))
        case CardKind.POSITIONS if first.kind is Kind.ACTOR:
            return positions.of_actor(reader, first.id)
        case CardKind.POSITIONS:
            return positions.on_issue(reader, first.id)
        case CardKind.OUTCOMES if first.kind is Kind.ISSUE:
            return issues.outcomes_on(reader, first.id)
        case CardKind.OUTCOMES:
            return issues.all_outcomes(reader)
        case _:
            return _ONE[address.kind](reader, first.id)


def _ids(refs: Sequence[Ref]) -> tuple[str, ...]:
    return tuple(ref.id for ref in refs)
