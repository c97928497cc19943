"""Packs for tests, built in Python: a small one that reads well, and one far too big."""

import re

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


def make_text(en: str, **others: str) -> Text:
    return Text({"en": en, **{locale.replace("_", "-"): said for locale, said in others.items()}})


def said(words: str, standing: str = "fact", by: str | None = None, *sources: str) -> Statement:
    return Statement(make_text(words), Standing(standing), sources or ("opening",), by)


def related(to: str, words: str) -> Relation:
    return Relation(make_text(words), Standing.FACT, ("opening",), to=to)


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
        id=id_,
        kind=ActorKind(kind),
        name=name,
        aliases=aliases,
        role=make_text(role),
        affiliation=affiliation,
        profile=(said(f"{name} keeps watch over the harbour."),),
        aims=(said(f"{name} aims at calm waters.", "stated", id_, "talks"),),
        constraints=(said(f"{name} depends on the tide.", "analysis", None, "opening", "talks"),),
        relations=relations,
    )


def position(actor_id: str, issue_id: str, **aspects: str) -> Position:
    lists = {
        name: (said(words, "stated", actor_id, "talks"),) if (words := aspects.get(name)) else ()
        for name in ("wants", "offers", "fears", "stance")
    }
    return Position(actor=actor_id, issue=issue_id, **lists)


def issue(id_: str, name: str, *aliases: str) -> Issue:
    return Issue(
        id=id_,
        name=make_text(name),
        aliases=aliases,
        summary=(said(f"{name} divides the two ports."),),
        why=(said(f"{name} decides who trades.", "analysis"),),
        questions=(make_text(f"What would settle {name.lower()}?"),),
    )


def outcome(
    id_: str, issue_id: str, question: str, *labels: str, expected: str | None = None
) -> Outcome:
    return Outcome(
        id=id_,
        issue=issue_id,
        kind=OutcomeKind.OPTIONS if labels else OutcomeKind.YES_NO,
        question=make_text(question),
        options=tuple(Option(f"option-{n}", make_text(label)) for n, label in enumerate(labels)),
        criteria=make_text("Settled by what the readouts say within two days."),
        readouts=("north-port", "south-port"),
        decided_by="north-port",
        expectation=said(expected, "expected", "ada-berg") if expected else None,
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
        SourceSection("opening", make_text("How it began")),
        SourceSection("talks", make_text("What was said")),
    )
    return Pack(
        summit,
        Source(
            title=make_text("The Harbour Paper"),
            note=make_text("An invented text."),
            sections=sections,
        ),
        {thing.id: thing for thing in actors},
        {thing.id: thing for thing in issues},
        {(thing.actor, thing.issue): thing for thing in positions},
        {thing.id: thing for thing in outcomes},
        {thing.id: thing for thing in terms},
    )


def harbor_pack(summit_id: str = "harbor-talks", name: str = "Harbor Talks") -> Pack:
    """Two ports, their heads, an onlooker without any stand; one issue that only one speaks to."""
    summit = Summit(
        id=summit_id,
        name=make_text(name),
        summary=make_text("Two ports meet to share one harbour."),
        sections=(
            SummitSection("why-now", make_text("Why now"), (said("The old treaty ends."),)),
            SummitSection("stakes", make_text("What is at stake"), (said("Trade.", "analysis"),)),
        ),
    )
    actors = [
        actor(
            "ada-berg",
            "person",
            make_text("Ada Berg", ko="아다 베르크", zh_CN="阿达·贝格"),
            "Harbour master of North Port",
            "Berg",
            affiliation="north-port",
            relations=(related("bo-lind", "They trained together."),),
        ),
        actor("bo-lind", "person", make_text("Bo Lind"), "Harbour master of South Port", "Lind"),
        actor(
            "north-port", "state", make_text("North Port", ko="북항"), "A trading city", "the North"
        ),
        actor("south-port", "state", make_text("South Port"), "A fishing city"),
        actor("gulls", "public", make_text("The gulls"), "Onlookers"),
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
        Term(
            id="lay-day",
            name=make_text("Lay day"),
            aliases=("laytime",),
            definition=(said("A day allowed for loading."),),
        ),
        Term(id="tide-table", name=make_text("Tide table"), definition=(said("A list of tides."),)),
    ]
    return pack(summit, actors, issues, positions, outcomes, terms)


def monstrous_pack(
    actors: int = 120, positions: int = 500, sections: int = 60, letter: str = ""
) -> Pack:
    """Everything as long and as many as the format allows, and more.

    With a `letter` all texts consist of it, as in a script whose letters take three bytes.
    """

    def text(en: str, **others: str) -> Text:
        return make_text(re.sub("[A-Za-z ]", letter, en) if letter else en, **others)

    names = [f"source-{n}" for n in range(sections)]
    long = ("A long sentence about very little, again and again. " * 12)[:600]
    claim = Statement(text(long), Standing.STATED, tuple(names), "actor-0")
    many = (claim,) * 8
    people = {
        f"actor-{n}": Actor(
            id=f"actor-{n}",
            kind=ActorKind.PERSON,
            name=text(f"Actor {n} ".ljust(80, "x"), ko="가" * 80, zh_CN="长" * 80),
            aliases=tuple(f"alias {n} {k}" for k in range(20)),
            role=text("r" * 200),
            affiliation="actor-1",
            profile=many,
            aims=many,
            constraints=many,
            relations=tuple(
                Relation(claim.text, claim.standing, claim.source, claim.by, to=f"actor-{k}")
                for k in range(min(40, actors))
                if k != n
            ),
        )
        for n in range(actors)
    }
    stands = {
        (f"actor-{n}", f"issue-{k}"): Position(
            actor=f"actor-{n}",
            issue=f"issue-{k}",
            wants=many,
            offers=many,
            fears=many,
            stance=many,
        )
        for k in range(positions)
        for n in (0, 1, k % actors)
    }
    stands |= {(who, "issue-0"): Position(actor=who, issue="issue-0", wants=many) for who in people}
    return Pack(
        Summit(
            id="monstrous-" + "m" * 22,
            name=text("M" * 80),
            summary=text("s" * 500),
            date=text("d" * 200),
            venue=text("v" * 200),
            sections=tuple(SummitSection(f"part-{n}", text("t" * 80), many) for n in range(40)),
        ),
        Source(
            title=text("S" * 300),
            note=text("n " * 450),
            sections=tuple(SourceSection(name, text(name.ljust(80, "y"))) for name in names),
            url="https://example.org/" + "u" * 200,
        ),
        people,
        {
            f"issue-{n}": Issue(
                id=f"issue-{n}",
                name=text(f"Issue {n} ".ljust(80, "z")),
                summary=many,
                why=many,
                questions=(text("q" * 300),) * 30,
            )
            for n in range(positions)
        },
        stands,
        {
            f"outcome-{n}": Outcome(
                id=f"outcome-{n}",
                issue=f"issue-{n % 2}",
                kind=OutcomeKind.OPTIONS,
                question=text(f"Question {n} ".ljust(250, "?")),
                options=tuple(Option(f"o-{k}", text(f"{k}".ljust(75, "o"))) for k in range(20)),
                criteria=text("c" * 900),
                readouts=tuple(f"actor-{k}" for k in range(min(30, actors))),
                decided_by="actor-0",
                expectation=claim,
            )
            for n in range(120)
        },
        {
            f"term-{n}": Term(
                id=f"term-{n}",
                name=text(f"Term {n} ".ljust(80, "w")),
                aliases=("a" * 80,),
                definition=many,
            )
            for n in range(80)
        },
    )
