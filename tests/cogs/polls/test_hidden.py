"""Hidden means hidden in every way out.

Each case is played twice, with other votes by the same members. All that the bot sends to Discord
must be the same both times, but for what a voter is told of their own ballot.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.db.engine import Database
from bot.knowledge.index import Kind, Library, Ref
from bot.polls.model import HideResults
from cogs.knowledge.places import Place
from tests.cogs.announcements.desk import written
from tests.cogs.polls.asking import approval_question, asked, opened, proposed, shown
from tests.exports import unzipped
from tests.packs_in_code import talks
from tests.world import World, components, world

DAY = 86400
MENU = 3
POLL = "1"
FORECAST, HOPE, CHOICE, MANY, APPROVAL = "forecast", "hope", "choice", "many", "approval"
ANSWERS = {
    # Ann's own, then what the others may say: one way, or the other.
    FORECAST: ("poll:answer:v1:1:{}", (500, 900, 100)),
    HOPE: ("poll:answer:v1:1:{}", (500, 900, 100)),
    CHOICE: ("poll:answer:v1:1:{}", (0, 0, 1)),
    MANY: ("poll:choose:v1:1", (3, 4, 17)),
    APPROVAL: ("poll:approve:v1:1", (0, 1, 2)),
}
HOPED = "poll:answer:v1:2:{}"
OUTCOMES = {FORECAST: "hotline", HOPE: "hotline", CHOICE: "tone", MANY: "first-topic"}
RESULTS = {APPROVAL: "Way 1", CHOICE: "Warm", FORECAST: "Yes", HOPE: "Yes", MANY: "ambiguous"}


@dataclass(frozen=True)
class Case:
    """A poll that `voters` members vote in, and Ann among them. Until its close nothing but the
    count may be seen, and not after it either where there are `few` voters. With `shared` all
    forecast the same both times and only their hopes differ."""

    kind: str
    hide: HideResults = HideResults.NEVER
    anonymous: bool = False
    voters: int = 7
    shared: bool = False

    @property
    def few(self) -> bool:
        return self.voters < (5 if self.anonymous else 3)

    def __str__(self) -> str:
        kept = "anonymous" if self.anonymous else "hopes" if self.shared else "named"
        return f"{self.kind}-{self.hide}-{kept}-{self.voters}"


@dataclass(frozen=True)
class Scene:
    here: World
    case: Case
    message: Any

    async def click(self, who: Any, custom_id: str, values: list[str] | None = None) -> Any:
        menu = {} if values is None else {"component_type": MENU, "values": values}
        return await self.here.raw_click(who, self.here.channel, custom_id, self.message.id, **menu)

    async def vote(self, who: Any, way: int) -> None:
        custom_id, answers = ANSWERS[self.case.kind]
        answer = answers[1 if way and self.case.shared else way]
        menu = None if "{}" in custom_id else [str(answer)]
        assert (await self.click(who, custom_id.format(answer), menu)).ephemeral
        if self.case.kind == HOPE:
            await self.click(who, HOPED.format((2, 0, 1)[way]))


async def poll_message(scene: Scene) -> None:
    await scene.here.env.advance_time(4)


async def show(scene: Scene) -> None:
    await scene.here.ben.slash(scene.here.channel, "poll show", poll=POLL)


async def show_hopes_alone(scene: Scene) -> None:
    await scene.here.ben.slash(scene.here.channel, "poll show", poll="2")


async def listing(scene: Scene) -> None:
    await scene.here.ben.slash(scene.here.channel, "poll list")


async def names_while_typing(scene: Scene) -> None:
    here = scene.here
    await here.ben.autocomplete(here.channel, "poll show", "poll", "")
    await here.mod.autocomplete(here.channel, "poll close", "poll", "")
    await here.mod.autocomplete(here.channel, "poll resolve", "result", "", poll=POLL)


async def issue_card(scene: Scene) -> None:
    await scene.here.ben.slash(scene.here.channel, "issue", name="security")


async def outcome_card(scene: Scene) -> None:
    outcome = OUTCOMES.get(scene.case.kind, "hotline")
    place = Place.of(Ref(Kind.OUTCOME, "talks", outcome))
    await scene.click(scene.here.ben, f"know:go:v1:{place.key}:0")


async def own_view_of_who_has_not_voted(scene: Scene) -> None:
    await scene.click(scene.here.ben, "poll:own:v1:1")
    await scene.click(scene.here.ben, "poll:own:v1:2")


async def own_view_of_a_voter(scene: Scene) -> None:
    if scene.case.few or scene.case.hide is not HideResults.UNTIL_BALLOT:
        await scene.click(scene.here.ann, "poll:own:v1:1")
        await scene.click(scene.here.ann, "poll:own:v1:2")


async def how_it_is_settled(scene: Scene) -> None:
    await scene.click(scene.here.ben, "poll:criteria:v1:1")


async def dialogs_of_moderators(scene: Scene) -> None:
    here = scene.here
    for verb, options in (
        ("close", {}),
        ("extend", {"by": "2 days"}),
        ("annul", {"reason": "It was broken."}),
    ):
        asked_for = await proposed(here, verb, POLL, **options)
        await here.mod.click(asked_for.response, label="Cancel")
    await here.mod.slash(here.channel, "poll resolve", poll=POLL, result=RESULTS[scene.case.kind])


async def export(scene: Scene) -> dict[str, bytes]:
    here = scene.here
    result = await here.mod.slash(here.channel, "poll export", poll=POLL)
    assert result.response is not None
    return unzipped(await result.response.attachments[0].read()).files


async def records(scene: Scene) -> None:
    for command in ("leaderboard", "calibration", "surprises"):
        await scene.here.ben.slash(scene.here.channel, f"forecast {command}")
    await scene.here.ben.slash(scene.here.channel, "forecast mine")


async def announcements_of_polls(scene: Scene) -> None:
    here = scene.here
    for template in ("polls", "changes", "results"):
        preview = await written(here, title="", text="")
        menu = next(
            node["custom_id"]
            for node in components(preview.response)
            if str(node.get("custom_id", "")).startswith("announce:start:")
        )
        await here.mod.select(preview.response, [template], custom_id=menu)  # type: ignore[arg-type]


async def extension(scene: Scene) -> None:
    dialog = await proposed(scene.here, "extend", POLL, by="2 days")
    await scene.here.mod.click(dialog.response, label="Confirm")
    await scene.here.env.advance_time(4)


async def reminder(scene: Scene) -> None:
    own = await scene.click(scene.here.ben, "poll:own:v1:1")
    await scene.here.ben.click(own.response, label="Remind me before it closes")
    before = len(scene.here.env.http_requests)
    await scene.here.env.advance_time(8 * DAY + 60)
    assert len(scene.here.env.http_requests) > before


async def closing(scene: Scene) -> None:
    dialog = await proposed(scene.here, "close", POLL)
    await scene.here.mod.click(dialog.response, label="Confirm")
    await scene.here.env.advance_time(4)


async def resolution(scene: Scene) -> None:
    here = scene.here
    form = await here.mod.slash(
        here.channel, "poll resolve", poll=POLL, result=RESULTS[scene.case.kind]
    )
    fields = [part["component"] for part in form.modal["components"]]  # type: ignore[index]
    typed: dict[str, Any] = {fields[0]["custom_id"]: "https://example.org/readout"}
    typed[fields[1]["custom_id"]] = "It says so."
    for menu in fields[2:]:
        typed[menu["custom_id"]] = ["unclear"]
    dialog = await here.mod.submit_modal(form, typed)
    await here.mod.click(dialog.response, label="Confirm")
    await here.env.advance_time(4)


async def undone(scene: Scene) -> None:
    dialog = await proposed(scene.here, "unresolve", POLL, reason="It did not say so.")
    await scene.here.mod.click(dialog.response, label="Confirm")
    await scene.here.env.advance_time(4)


Way = Callable[[Scene], Awaitable[object]]
LOOKS: tuple[Way, ...] = (
    poll_message,
    show,
    show_hopes_alone,
    listing,
    names_while_typing,
    issue_card,
    outcome_card,
    own_view_of_who_has_not_voted,
    own_view_of_a_voter,
    how_it_is_settled,
    export,
    records,
    announcements_of_polls,
)
"""The ways in which something of a poll can be seen, open or closed. A new one goes in here."""
WHILE_OPEN: tuple[Way, ...] = (dialogs_of_moderators, extension, reminder)

Seen = list[tuple[str, Any]]
"""What the bot sent, each request with the way out that it belongs to."""


async def played(database: Database, case: Case, way: int) -> Seen:
    """All that the bot sends when everybody but Ann votes this way (1 or 2)."""
    async with world(Library([talks()]), database) as here:
        scene = Scene(here, case, await posted(here, case))
        members = here.members(case.voters - 1)
        await here.env.settle()
        await scene.vote(here.ann, 0)
        for number, member in enumerate(members):
            await scene.vote(member, way if number else 3 - way)
        seen = await looked(scene, LOOKS)
        seen += await looked(scene, WHILE_OPEN)
        if case.few:
            # Of a named poll that is over moderators may export ballots, and scores rank everybody,
            # however few voted.
            told = () if case.anonymous else (export, records)
            after = tuple(way for way in LOOKS if way not in told)
            seen += await looked(scene, (closing, *after, resolution, *after, undone))
        return seen


async def posted(here: World, case: Case) -> Any:
    if case.kind == APPROVAL:
        return await asked(
            here, approval_question(), hide_results=case.hide, anonymous=case.anonymous
        )
    return await opened(
        here,
        OUTCOMES[case.kind],
        hide_results=case.hide.value,
        anonymous=case.anonymous,
        hope=case.kind == HOPE,
    )


async def looked(scene: Scene, ways: tuple[Way, ...]) -> Seen:
    seen: Seen = []
    for way in ways:
        start = len(scene.here.env.http_requests)
        told = await way(scene)
        seen.append((way.__name__, ("told", told)))
        sent = scene.here.env.http_requests[start:]
        seen += [(way.__name__, (request.method, without_ids(request.json))) for request in sent]
        now = shown(scene.here, scene.message)
        attached = [(file.filename, file.size, file.description) for file in now.attachments]
        seen.append((way.__name__, ("attached", attached)))
    return seen


def without_ids(body: Any) -> str:
    """A request without what Discord and discord.py number at random."""
    return re.sub(r"'(custom_id)': '[0-9a-f]{32}'", r"'\1'", repr(body))


HIDDEN = [
    *(
        Case(kind, hide, anonymous)
        for kind, anonymous in (
            (HOPE, False),
            (HOPE, True),
            (CHOICE, False),
            (APPROVAL, True),
        )
        for hide in (HideResults.UNTIL_CLOSE, HideResults.UNTIL_BALLOT)
    ),
    Case(MANY, HideResults.UNTIL_CLOSE, anonymous=True),
    *(Case(kind, anonymous=True, voters=4) for kind in (HOPE, CHOICE, APPROVAL)),
    Case(HOPE, HideResults.UNTIL_BALLOT, anonymous=True, voters=4),
    Case(FORECAST, voters=2),
    Case(HOPE, shared=True),
]


@pytest.fixture
def fresh(migrated_sqlite: Path, tmp_path: Path) -> Callable[[], Database]:
    """Makes databases of their own for the two times that a case is played."""
    made: list[Path] = []

    def make() -> Database:
        made.append(tmp_path / f"{len(made)}.db")
        made[-1].write_bytes(migrated_sqlite.read_bytes())
        return Database(f"sqlite+aiosqlite:///{made[-1]}")

    return make


async def both(fresh: Callable[[], Database], case: Case) -> tuple[Seen, Seen]:
    databases = fresh(), fresh()
    try:
        return await played(databases[0], case, 1), await played(databases[1], case, 2)
    finally:
        for database in databases:
            await database.close()


@pytest.mark.parametrize("case", HIDDEN, ids=str)
async def test_nothing_that_is_sent_depends_on_hidden_votes(
    fresh: Callable[[], Database], case: Case
) -> None:
    one, other = await both(fresh, case)
    ways = {way for way, _ in one}
    assert ways >= {way.__name__ for way in (*LOOKS, *WHILE_OPEN)}
    assert one == other
    count = f"**{case.voters} "
    assert any(count in str(sent) for way, sent in one if way == "show")


@pytest.mark.parametrize("kind", [FORECAST, CHOICE, APPROVAL])
async def test_the_walk_does_see_results_where_they_are_shown(
    fresh: Callable[[], Database], kind: str
) -> None:
    one, other = await both(fresh, Case(kind))
    assert len(one) == len(other)
    tells = {way for (way, before), (_, after) in zip(one, other, strict=True) if before != after}
    assert tells >= {"poll_message", "show", "own_view_of_a_voter"}
