"""A small pack without files, for tests that need only something to ask about."""

from bot.knowledge.model import (
    Actor,
    ActorKind,
    Issue,
    Option,
    Outcome,
    OutcomeKind,
    Pack,
    Source,
    SourceSection,
    Standing,
    Statement,
    Summit,
    SummitSection,
    Text,
)


def text(words: str) -> Text:
    return Text({"en": words})


def said(words: str) -> tuple[Statement, ...]:
    return (Statement(text(words), Standing.FACT, ("lead",)),)


FORECAST = Outcome(
    id="hotline",
    issue="security",
    kind=OutcomeKind.YES_NO,
    question=text("Will they agree on a hotline?"),
    options=(),
    criteria=text("Both readouts mention a hotline."),
    readouts=("north",),
    decided_by="north",
    expectation=None,
)
FLEETS = Outcome(
    id="fleets",
    issue="security",
    kind=OutcomeKind.YES_NO,
    question=text("Will both fleets shrink?"),
    options=(),
    criteria=text("Both readouts name smaller fleets."),
    readouts=("north", "south"),
    decided_by="south",
    expectation=None,
)
CHOICE = Outcome(
    id="tone",
    issue="security",
    kind=OutcomeKind.OPTIONS,
    question=text("Which tone will the readouts take?"),
    options=(Option("warm", text("Warm")), Option("cool", text("Cool 시원"))),
    criteria=text("The adjectives in both readouts."),
    readouts=("north",),
    decided_by="north",
    expectation=None,
)
MANY = Outcome(
    id="first-topic",
    issue="security",
    kind=OutcomeKind.OPTIONS,
    question=text("Which topic will the joint text name first?"),
    options=tuple(Option(f"topic-{n}", text(f"Topic number {n} of twenty")) for n in range(20)),
    criteria=text("The first topic named."),
    readouts=("north",),
    decided_by="north",
    expectation=None,
)


def state(id_: str) -> Actor:
    return Actor(
        id=id_,
        kind=ActorKind.STATE,
        name=text(id_.capitalize()),
        aliases=(),
        role=text("A state"),
        affiliation=None,
        profile=said("It has a coast."),
        aims=(),
        constraints=(),
        relations=(),
    )


def talks() -> Pack:
    """Two states that talk about one issue."""
    issue = Issue(
        id="security",
        name=text("Security"),
        aliases=(),
        summary=said("Ships meet."),
        why=said("Ships may collide."),
        questions=(text("What helps?"),),
    )
    return Pack(
        summit=Summit(
            id="talks",
            name=text("Harbour talks"),
            aliases=(),
            summary=text("Two states talk."),
            date=None,
            venue=None,
            sections=(SummitSection("why", text("Why"), said("Because.")),),
        ),
        source=Source(
            title=text("A text"),
            note=text("A note"),
            sections=(SourceSection("lead", text("Lead")),),
        ),
        actors={id_: state(id_) for id_ in ("north", "south")},
        issues={"security": issue},
        positions={},
        outcomes={outcome.id: outcome for outcome in (FORECAST, FLEETS, CHOICE, MANY)},
        glossary={},
    )
