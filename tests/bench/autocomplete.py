"""How long the library takes to answer an autocomplete."""

import random
import statistics
import time

from bot.knowledge.library import Kind, Library
from bot.knowledge.model import ActorKind
from tests.knowledge.making import actor, harbor_pack, make_text

GIVEN = ("Ada", "Bo", "Chen", "Dana", "Emil", "Goran", "Hana", "Jin", "Kwame", "Min", "Petra")
FAMILY = ("Berg", "Lind", "Park", "Wang", "Okafor", "Suzuki", "Kim", "Novak", "Haddad", "Choi")
PLACES = ("harbour", "river", "coast", "delta", "island", "strait", "valley", "upland", "border")
HANGUL = "가나다라마바사아자차카타파하진핑이재명박정"
LONG = "the quick brown fox jumps over the lazy dog again"
QUERIES = (
    *("", "k", "x", "xi", "kim", "min kim", "xi jingping", "sumuki", "haddad hana", "petra novk"),
    *("minister", "minster of", "시진", "习", "zzzzzzzz", LONG),
)


def library_of(actors: int) -> Library:
    """A library whose first pack has that many actors with names in three scripts."""
    chance = random.Random(7)
    pack = harbor_pack()
    people = {}
    for number in range(actors):
        name = f"{chance.choice(GIVEN)}-{chance.choice(GIVEN)} {chance.choice(FAMILY)} {number}"
        hangul = "".join(chance.choices(HANGUL, k=3))
        who = actor(
            f"actor-{number}",
            ActorKind.PERSON,
            make_text(name, ko=hangul, zh_CN=f"{hangul[::-1]}国"),
            f"Minister of the {chance.choice(PLACES)}",
            f"alias {number} {chance.choice(FAMILY)}",
            f"{chance.choice(PLACES)} envoy {number}",
        )
        people[who.id] = who
    pack.__dict__["actors"] = people
    return Library([pack])


def autocomplete_milliseconds(actors: int = 1000, rounds: int = 20) -> tuple[float, float]:
    """The median and the slowest answer over queries of many kinds, in milliseconds."""
    library = library_of(actors)
    taken = []
    for _ in range(rounds):
        for query in QUERIES:
            started = time.perf_counter()
            library.search(Kind.ACTOR, query)
            taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), max(taken)


if __name__ == "__main__":
    median, slowest = autocomplete_milliseconds()
    print(f"autocomplete over 1,000 actors: median {median:.1f} ms, slowest {slowest:.1f} ms")
