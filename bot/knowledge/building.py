"""From checked shapes to the model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.knowledge import model as m
from bot.knowledge import shape as s


@dataclass(frozen=True, slots=True)
class Built:
    """The shapes of a pack; lists by their places in the files, with the faulty left out."""

    summit: s.SummitShape | None
    source: s.SourceShape | None
    actors: Mapping[int, s.ActorShape]
    issues: Mapping[int, s.IssueShape]
    positions: Mapping[int, s.PositionShape]
    outcomes: Mapping[int, s.OutcomeShape]
    terms: Mapping[int, s.TermShape]


def build(built: Built) -> m.Pack:
    """The model of a pack without problems."""
    if built.summit is None or built.source is None:
        raise ValueError("a pack with problems cannot be built")
    positions = [_position(shape) for shape in built.positions.values()]
    return m.Pack(
        summit=_summit(built.summit),
        source=_source(built.source),
        actors={shape.id: _actor(shape) for shape in built.actors.values()},
        issues={shape.id: _issue(shape) for shape in built.issues.values()},
        positions={(position.actor, position.issue): position for position in positions},
        outcomes={shape.id: _outcome(shape) for shape in built.outcomes.values()},
        glossary={shape.id: _term(shape) for shape in built.terms.values()},
    )


def _statement(shape: s.StatementShape) -> m.Statement:
    return m.Statement(m.Text(shape.text), shape.standing, tuple(shape.source), shape.by)


def _statements(shapes: Iterable[s.StatementShape]) -> tuple[m.Statement, ...]:
    return tuple(_statement(shape) for shape in shapes)


def _optional(text: dict[str, str] | None) -> m.Text | None:
    return m.Text(text) if text is not None else None


def _summit(shape: s.SummitShape) -> m.Summit:
    return m.Summit(
        id=shape.id,
        name=m.Text(shape.name),
        aliases=tuple(shape.aliases),
        summary=m.Text(shape.summary),
        date=_optional(shape.date),
        venue=_optional(shape.venue),
        sections=tuple(
            m.SummitSection(part.id, m.Text(part.title), _statements(part.statements))
            for part in shape.sections
        ),
    )


def _source(shape: s.SourceShape) -> m.Source:
    sections = (m.SourceSection(part.id, m.Text(part.title)) for part in shape.sections)
    return m.Source(m.Text(shape.title), m.Text(shape.note), tuple(sections), shape.url)


def _actor(shape: s.ActorShape) -> m.Actor:
    return m.Actor(
        id=shape.id,
        kind=shape.kind,
        name=m.Text(shape.name),
        aliases=tuple(shape.aliases),
        role=m.Text(shape.role),
        affiliation=shape.affiliation,
        profile=_statements(shape.profile),
        aims=_statements(shape.aims),
        constraints=_statements(shape.constraints),
        relations=tuple(m.Relation(part.to, _statement(part)) for part in shape.relations),
    )


def _issue(shape: s.IssueShape) -> m.Issue:
    return m.Issue(
        id=shape.id,
        name=m.Text(shape.name),
        aliases=tuple(shape.aliases),
        summary=_statements(shape.summary),
        why=_statements(shape.why),
        questions=tuple(m.Text(question) for question in shape.questions),
    )


def _position(shape: s.PositionShape) -> m.Position:
    return m.Position(
        actor=shape.actor,
        issue=shape.issue,
        wants=_statements(shape.wants),
        offers=_statements(shape.offers),
        fears=_statements(shape.fears),
        stance=_statements(shape.stance),
    )


def _outcome(shape: s.OutcomeShape) -> m.Outcome:
    return m.Outcome(
        id=shape.id,
        issue=shape.issue,
        kind=shape.kind,
        question=m.Text(shape.question),
        options=tuple(m.Option(part.id, m.Text(part.label)) for part in shape.options),
        criteria=m.Text(shape.criteria),
        readouts=tuple(shape.readouts),
        decided_by=shape.decided_by,
        expectation=_statement(shape.expectation) if shape.expectation else None,
    )


def _term(shape: s.TermShape) -> m.Term:
    return m.Term(shape.id, m.Text(shape.name), tuple(shape.aliases), _statements(shape.definition))
