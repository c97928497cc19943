"""Packs for tests, built in Python: a small one that reads well, and one far too big."""

from bot.knowledge.model import (
    Actor,
    ActorKind,
    Issue,
    Option,
    Outcome,
    OutcomeKind,
    Pack,
    Position,
    Relation,
    Source,
    SourceSection,
    Standing,
    Statement,
    Summit,
    SummitSection,
    Term,
    Text,
)


def text(en: str, **others: str) -> Text:
    return Text({"en": en, **{locale.replace("_", "-"): said for locale, said in others.items()}})


def said(words: str, standing: str = "fact", by: str | None = None, *sources: str) -> Statement:
    return Statement(text(words), Standing(standing), sources or ("opening",), by)


def actor(
    id_: str,
    kind: str,
    name: Text,
    role: str,
    *aliases: str,
    affiliation: str | None = None,
    relations: tuple[Relation, ...] = (),
) -> Actor:
    return Actor(
        id_,
        ActorKind(kind),
        name,
        aliases,
        text(role),
        affiliation,
        (said(f"{name} keeps watch over the harbour."),),
        (said(f"{name} aims at calm waters.", "stated", id_, "talks"),),
        (said(f"{name} depends on the tide.", "analysis", None, "opening", "talks"),),
        relations,
    )


def position(actor_id: str, issue_id: str, **aspects: str) -> Position:
    lists = {
        name: (said(words, "stated", actor_id, "talks"),) if (words := aspects.get(name)) else ()
        for name in ("wants", "offers", "fears", "stance")
    }
    return Position(actor_id, issue_id, **lists)


def issue(id_: str, name: str, *aliases: str) -> Issue:
    return Issue(
        id_,
        text(name),
        aliases,
        (said(f"{name} divides the two ports."),),
        (said(f"{name} decides who trades.", "analysis"),),
        (text(f"What would settle {name.lower()}?"),),
    )


def outcome(
    id_: str, issue_id: str, question: str, *labels: str, expected: str | None = None
) -> Outcome:
    return Outcome(
        id_,
        issue_id,
        OutcomeKind.OPTIONS if labels else OutcomeKind.YES_NO,
        text(question),
        tuple(Option(f"option-{n}", text(label)) for n, label in enumerate(labels)),
        text("Settled by what the readouts say within two days."),
        ("north-port", "south-port"),
        "north-port",
        said(expected, "expected", "ada-berg") if expected else None,
    )


def pack(
    summit: Summit,
    actors: list[Actor],
    issues: list[Issue],
    positions: list[Position],
    outcomes: list[Outcome],
    terms: list[Term],
) -> Pack:
    sections = (
        SourceSection("opening", text("How it began")),
        SourceSection("talks", text("What was said")),
    )
    return Pack(
        summit,
        Source(text("The Harbour Paper"), text("An invented text."), sections),
        {thing.id: thing for thing in actors},
        {thing.id: thing for thing in issues},
        {(thing.actor, thing.issue): thing for thing in positions},
        {thing.id: thing for thing in outcomes},
        {thing.id: thing for thing in terms},
    )


def harbor_pack(summit_id: str = "harbor-talks", name: str = "Harbor Talks") -> Pack:
    """Two ports, their heads, an onlooker without any stand; one issue that only one speaks to."""
    summit = Summit(
        summit_id,
        text(name),
        (),
        text("Two ports meet to share one harbour."),
        None,
        None,
        (
            SummitSection("why-now", text("Why now"), (said("The old treaty ends."),)),
            SummitSection("stakes", text("What is at stake"), (said("Trade.", "analysis"),)),
        ),
    )
    actors = [
        actor(
            "ada-berg",
            "person",
            text("Ada Berg", ko="아다 베르크", zh_CN="阿达·贝格"),
            "Harbour master of North Port",
            "Berg",
            affiliation="north-port",
            relations=(Relation("bo-lind", said("They trained together.")),),
        ),
        actor("bo-lind", "person", text("Bo Lind"), "Harbour master of South Port", "Lind"),
        actor("north-port", "state", text("North Port", ko="북항"), "A trading city", "the North"),
        actor("south-port", "state", text("South Port"), "A fishing city"),
        actor("gulls", "public", text("The gulls"), "Onlookers"),
    ]
    issues = [issue("dues", "Harbour dues", "fees"), issue("dredging", "Dredging")]
    positions = [
        position(
            "ada-berg", "dues", stance="Dues must fall.", wants="Half the dues.", fears="War."
        ),
        position("bo-lind", "dues", wants="Dues must stay.", offers="A rebate."),
        position("ada-berg", "dredging", wants="A deeper channel."),
    ]
    outcomes = [
        outcome("dues-cut", "dues", "Will the ports announce lower dues?", expected="Likely."),
        outcome("dues-rate", "dues", "Which rate will be agreed?", "One", "Two"),
        outcome("channel", "dredging", "Will a joint channel survey be agreed?"),
    ]
    terms = [
        Term("lay-day", text("Lay day"), ("laytime",), (said("A day allowed for loading."),)),
        Term("tide-table", text("Tide table"), (), (said("A list of tides."),)),
    ]
    return pack(summit, actors, issues, positions, outcomes, terms)


def monstrous_pack(actors: int = 120, positions: int = 500, sections: int = 60) -> Pack:
    """Everything as long and as many as the format allows, and more."""
    names = [f"source-{n}" for n in range(sections)]
    long = ("A long sentence about very little, again and again. " * 12)[:600]
    claim = Statement(text(long), Standing.STATED, tuple(names), "actor-0")
    many = (claim,) * 8
    people = {
        f"actor-{n}": Actor(
            f"actor-{n}",
            ActorKind.PERSON,
            text(f"Actor {n} ".ljust(80, "x"), ko="가" * 80, zh_CN="长" * 80),
            tuple(f"alias {n} {k}" for k in range(20)),
            text("r" * 200),
            "actor-1",
            many,
            many,
            many,
            tuple(Relation(f"actor-{k}", claim) for k in range(min(40, actors)) if k != n),
        )
        for n in range(actors)
    }
    stands = {
        (f"actor-{n}", f"issue-{k}"): Position(f"actor-{n}", f"issue-{k}", many, many, many, many)
        for k in range(positions)
        for n in (0, 1, k % actors)
    }
    stands |= {(who, "issue-0"): Position(who, "issue-0", many, (), (), ()) for who in people}
    return Pack(
        Summit(
            "monstrous-" + "m" * 22,
            text("M" * 80),
            (),
            text("s" * 500),
            text("d" * 200),
            text("v" * 200),
            tuple(SummitSection(f"part-{n}", text("t" * 80), many) for n in range(40)),
        ),
        Source(
            text("S" * 300),
            text("n " * 450),
            tuple(SourceSection(name, text(name.ljust(80, "y"))) for name in names),
            "https://example.org/" + "u" * 200,
        ),
        people,
        {
            f"issue-{n}": Issue(
                f"issue-{n}",
                text(f"Issue {n} ".ljust(80, "z")),
                (),
                many,
                many,
                (text("q" * 300),) * 30,
            )
            for n in range(positions)
        },
        stands,
        {
            f"outcome-{n}": Outcome(
                f"outcome-{n}",
                f"issue-{n % 2}",
                OutcomeKind.OPTIONS,
                text(f"Question {n} ".ljust(250, "?")),
                tuple(Option(f"o-{k}", text(f"{k}".ljust(75, "o"))) for k in range(20)),
                text("c" * 900),
                tuple(f"actor-{k}" for k in range(min(30, actors))),
                "actor-0",
                claim,
            )
            for n in range(120)
        },
        {
            f"term-{n}": Term(f"term-{n}", text(f"Term {n} ".ljust(80, "w")), ("a" * 80,), many)
            for n in range(80)
        },
    )
