"""What everything in a pack may be called."""

from collections.abc import Callable, Iterator, Sequence

from bot.knowledge.model import Actor, Issue, Outcome, Pack, Statement, Term, Text
from bot.knowledge.names import Kind, Ref
from bot.knowledge.search import Entry

_NAMES: dict[Kind, Callable[[Pack, str], Text]] = {
    Kind.SUMMIT: lambda pack, _: pack.summit.name,
    Kind.SECTION: lambda pack, id_: next(s.title for s in pack.summit.sections if s.id == id_),
    Kind.ACTOR: lambda pack, id_: pack.actors[id_].name,
    Kind.ISSUE: lambda pack, id_: pack.issues[id_].name,
    Kind.OUTCOME: lambda pack, id_: pack.outcomes[id_].question,
    Kind.TERM: lambda pack, id_: pack.glossary[id_].name,
}


def name_of(pack: Pack, ref: Ref) -> Text:
    """The thing's own name, title or question."""
    return _NAMES[ref.kind](pack, ref.id)


def entries_of(pack: Pack) -> Iterator[Entry[Ref]]:
    """Everything of a pack that can be looked up, kind by kind in pack order."""
    summit = pack.summit
    yield Entry(Ref(Kind.SUMMIT, pack.id, pack.id), _called(summit.id, summit.name, summit.aliases))
    for section in summit.sections:
        yield Entry(
            Ref(Kind.SECTION, pack.id, section.id),
            _called(section.id, section.title),
            _said(section.statements),
        )
    things: tuple[Actor | Issue | Term, ...] = (
        *pack.actors.values(),
        *pack.issues.values(),
        *pack.glossary.values(),
    )
    for thing in things:
        yield _entry(pack, thing)
    for outcome in pack.outcomes.values():
        yield Entry(
            Ref(Kind.OUTCOME, pack.id, outcome.id),
            _called(outcome.id, outcome.question),
            _outcome_words(pack, outcome),
        )


def _entry(pack: Pack, thing: Actor | Issue | Term) -> Entry[Ref]:
    names = _called(thing.id, thing.name, thing.aliases)
    if isinstance(thing, Actor):
        return Entry(Ref(Kind.ACTOR, pack.id, thing.id), names, _all(thing.role))
    if isinstance(thing, Issue):
        described = f"{_said(thing.summary)} {_said(thing.why)}"
        return Entry(Ref(Kind.ISSUE, pack.id, thing.id), names, described)
    return Entry(Ref(Kind.TERM, pack.id, thing.id), names, _said(thing.definition))


def _called(id_: str, name: Text, aliases: Sequence[str] = ()) -> tuple[str, ...]:
    return (id_, *name.by_locale.values(), *aliases)


def _outcome_words(pack: Pack, outcome: Outcome) -> str:
    issue = pack.issues[outcome.issue]
    labels = (_all(option.label) for option in outcome.options)
    return " ".join((_all(issue.name), *issue.aliases, *labels))


def _said(statements: Sequence[Statement]) -> str:
    return " ".join(_all(statement.text) for statement in statements)


def _all(text: Text) -> str:
    return " ".join(text.by_locale.values())
