"""One actor, and all of them."""

from collections.abc import Iterator

from bot.knowledge.library import Kind
from bot.knowledge.model import Actor, ActorKind
from bot.ui.cards import Block, Card, Link
from cogs.knowledge import strings as words
from cogs.knowledge.places import Name, Place, comparison
from cogs.knowledge.reading import Menu, Reader, Sheet


def actor(reader: Reader, id_: str) -> Sheet:
    """Who this is, what it aims at, what holds it back, and how it stands to others."""
    who = reader.pack.actors[id_]
    relations = tuple(
        reader.block(
            relation.statement, words.RELATIONS, before=f"**{reader.actor(relation.to)}** · "
        )
        for relation in who.relations
    )
    blocks = (
        *reader.blocks(words.PROFILE, who.profile),
        *reader.blocks(words.AIMS, who.aims),
        *reader.blocks(words.CONSTRAINTS, who.constraints),
        *relations,
    )
    card = Card(reader.read(who.name), blocks, _who(reader, who))
    ref = reader.ref(Kind.ACTOR, id_)
    stands = tuple(reader.stand_link(s, reader.issue(s.issue)) for s in reader.stands_of(id_))
    all_stands = Link("", Place(Name.STANDS, (ref,)).key)
    related = tuple(reader.actor_link(other) for other in _related(reader, who))
    return Sheet(
        card,
        (
            Menu(f"Where {reader.read(who.name)} stands on…", stands, all_stands),
            Menu(words.OPEN_ACTOR, related, reader.list_link(Name.ACTORS, "")),
        ),
        (
            *_counterpart(reader, who),
            reader.list_link(Name.ACTORS, words.ACTORS),
            reader.home(),
        ),
    )


def listing(reader: Reader) -> Sheet:
    """Every actor, by kind."""
    blocks = tuple(
        Block(
            f"**{reader.read(who.name)}**{''.join(_other_names(reader, who))}\n"
            f"-# {reader.read(who.role)}",
            words.ACTOR_KINDS_MANY[kind],
            links=(reader.actor_link(who.id),),
        )
        for kind in ActorKind
        for who in reader.pack.actors.values()
        if who.kind is kind
    )
    card = Card(words.ACTORS, blocks, subtitle=reader.summit_name)
    menus = (reader.other_summits(Name.ACTORS),)
    return Sheet(card, menus, (reader.home(),), page_menu=words.OPEN_ACTOR)


def _who(reader: Reader, who: Actor) -> str:
    parts = [words.ACTOR_KINDS[who.kind], reader.read(who.role)]
    if who.affiliation:
        parts.append(f"belongs with {reader.actor(who.affiliation)}")
    return f"{' · '.join(parts)}{''.join(_other_names(reader, who))}"


def _other_names(reader: Reader, who: Actor) -> Iterator[str]:
    shown = reader.read(who.name)
    for name in dict.fromkeys(who.name.by_locale.values()):
        if name != shown:
            yield f" · {name}"


def _related(reader: Reader, who: Actor) -> tuple[str, ...]:
    """The actors it has a relation to, belongs to, or that name it."""
    related = [relation.to for relation in who.relations]
    if who.affiliation:
        related.append(who.affiliation)
    related.extend(
        other.id
        for other in reader.pack.actors.values()
        if other.affiliation == who.id or any(r.to == who.id for r in other.relations)
    )
    return tuple(dict.fromkeys(id_ for id_ in related if id_ != who.id))


def _counterpart(reader: Reader, who: Actor) -> tuple[Link, ...]:
    """A comparison with the actor of its kind that it shares the most issues with."""
    issues = {stand.issue for stand in reader.stands_of(who.id)}
    shared: dict[str, int] = {}
    for issue in issues:
        for stand in reader.stands_on(issue):
            if stand.actor != who.id and reader.pack.actors[stand.actor].kind is who.kind:
                shared[stand.actor] = shared.get(stand.actor, 0) + 1
    if not shared:
        return ()
    order = list(reader.pack.actors)
    other = min(shared, key=lambda id_: (-shared[id_], order.index(id_)))
    place = comparison(reader.ref(Kind.ACTOR, who.id), reader.ref(Kind.ACTOR, other))
    return (Link(f"Compare with {reader.actor(other)}", place.key),)
