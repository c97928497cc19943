"""The cards of actors: one, and the list."""

from collections.abc import Iterator

from bot.knowledge.library import Kind
from bot.knowledge.model import Actor, ActorKind
from bot.ui.cards import Block, Card, Link
from bot.ui.knowledge import strings as shared
from bot.ui.knowledge.addresses import CardKind, comparison, positions
from bot.ui.knowledge.links import Menu
from bot.ui.knowledge.reader import PackReader
from cogs.knowledge import strings
from cogs.knowledge.views import LinkedCard


def actor(reader: PackReader, id_: str) -> LinkedCard:
    """Who this is, its aims, its constraints, and its relations to others."""
    who = reader.pack.actors[id_]
    relations = tuple(
        reader.block(relation, strings.RELATIONS, before=f"**{reader.actor(relation.to)}** · ")
        for relation in who.relations
    )
    blocks = (
        *reader.blocks(strings.PROFILE, who.profile),
        *reader.blocks(strings.AIMS, who.aims),
        *reader.blocks(strings.CONSTRAINTS, who.constraints),
        *relations,
    )
    card = Card(reader.read(who.name), blocks, _who(reader, who))
    ref = reader.ref(Kind.ACTOR, id_)
    issues = tuple(reader.position_link(p, reader.issue(p.issue)) for p in reader.positions_of(id_))
    related = tuple(reader.actor_link(other) for other in _related(reader, who))
    return LinkedCard(
        card,
        (
            Menu(
                strings.POSITIONS_OF.format(actor=reader.read(who.name)),
                issues,
                Link("", positions(ref).key),
            ),
            Menu(strings.OPEN_ACTOR, related, reader.list_link(CardKind.ACTORS, "")),
        ),
        (
            *_counterpart(reader, who),
            reader.list_link(CardKind.ACTORS, shared.ACTORS),
            reader.home_link(),
        ),
    )


def actor_list(reader: PackReader) -> LinkedCard:
    """Every actor, by kind."""
    blocks = tuple(
        Block(
            f"**{reader.read(who.name)}**{''.join(_other_names(reader, who))}\n"
            f"-# {reader.read(who.role)}",
            strings.ACTOR_KINDS_MANY[kind],
            links=(reader.actor_link(who.id),),
        )
        for kind in ActorKind
        for who in reader.pack.actors.values()
        if who.kind is kind
    )
    card = Card(shared.ACTORS, blocks, subtitle=reader.summit_name)
    menus = (reader.other_summits(CardKind.ACTORS),)
    return LinkedCard(card, menus, (reader.home_link(),), page_menu=strings.OPEN_ACTOR)


def _who(reader: PackReader, who: Actor) -> str:
    parts = [strings.ACTOR_KINDS[who.kind], reader.read(who.role)]
    if who.affiliation:
        parts.append(f"affiliated with {reader.actor(who.affiliation)}")
    return f"{' · '.join(parts)}{''.join(_other_names(reader, who))}"


def _other_names(reader: PackReader, who: Actor) -> Iterator[str]:
    shown = reader.read(who.name)
    for name in dict.fromkeys(who.name.by_locale.values()):
        if name != shown:
            yield f" · {name}"


def _related(reader: PackReader, who: Actor) -> tuple[str, ...]:
    """The actors that it names or belongs to, and those that name it or belong to it."""
    related = [relation.to for relation in who.relations]
    if who.affiliation:
        related.append(who.affiliation)
    related.extend(
        other.id
        for other in reader.pack.actors.values()
        if other.affiliation == who.id or any(r.to == who.id for r in other.relations)
    )
    return tuple(dict.fromkeys(id_ for id_ in related if id_ != who.id))


def _counterpart(reader: PackReader, who: Actor) -> tuple[Link, ...]:
    """A link to compare it with the actor of its kind that has positions on most of its issues."""
    common: dict[str, int] = {}
    for own in reader.positions_of(who.id):
        for found in reader.positions_on(own.issue):
            if found.actor != who.id and reader.pack.actors[found.actor].kind is who.kind:
                common[found.actor] = common.get(found.actor, 0) + 1
    if not common:
        return ()
    order = list(reader.pack.actors)
    other = min(common, key=lambda id_: (-common[id_], order.index(id_)))
    address = comparison(reader.ref(Kind.ACTOR, who.id), reader.ref(Kind.ACTOR, other))
    return (Link(strings.COMPARE_WITH_ONE.format(actor=reader.actor(other)), address.key),)
