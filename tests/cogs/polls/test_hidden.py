"""Hidden means hidden in every way out.

Each case is played twice, with other votes by the same members. All that the bot sends to Discord
must be the same both times, but for what a voter is told of their own ballot.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.db.engine import Database
from bot.knowledge.library import Kind, Library, Ref
from bot.polls.model import HideResults, PollKind, Question
from bot.ui.knowledge.addresses import CardAddress
from tests.exports import unzipped
from tests.packs_in_code import talks
from tests.sim.announcements import write_announcement
from tests.sim.messages import components, reread, text_of
from tests.sim.polls import approval_question, open_poll, post_poll, propose
from tests.sim.server import World, world

LASTS = timedelta(days=4)
"""Long enough that the newest forecasts count most at first, and no longer: time passes slowly."""
MENU = 3
FORECAST, HOPE, CHOICE, MANY, APPROVAL = "forecast", "hope", "choice", "many", "approval"
ANSWERS = {
    # Ann's own, then what the others may say: one way, or the other.
    FORECAST: ("poll:answer:v1:{poll}:{answer}", (500, 900, 100)),
    HOPE: ("poll:answer:v1:{poll}:{answer}", (500, 900, 100)),
    CHOICE: ("poll:answer:v1:{poll}:{answer}", (0, 0, 1)),
    MANY: ("poll:choose:v1:{poll}", (3, 4, 17)),
    APPROVAL: ("poll:approve:v1:{poll}", (0, 1, 2)),
}
OUTCOMES: dict[str, tuple[str, ...]] = {
    FORECAST: ("hotline", "fleets"),
    HOPE: ("hotline", "fleets"),
    CHOICE: ("tone",),
    MANY: ("first-topic",),
    APPROVAL: (),
}
QUESTIONS = {
    HOPE: Question(PollKind.FORECAST, "Will they meet?"),
    CHOICE: Question(PollKind.CHOICE, "Which tone?", (("warm", "Warm"), ("cool", "Cool"))),
    APPROVAL: approval_question(),
}
"""What is asked if all outcomes of the pack have an open poll already."""
RESULTS = {APPROVAL: "Way 1", CHOICE: "Warm", FORECAST: "Yes", HOPE: "Yes", MANY: "ambiguous"}


@dataclass(frozen=True)
class Asked:
    """A poll of a case. If `shared`, all forecast the same both times: only their hopes differ."""

    kind: str
    hide: HideResults = HideResults.NEVER
    shared: bool = False

    def __str__(self) -> str:
        return f"{self.kind}-{self.hide}{'-shared' if self.shared else ''}"


@dataclass(frozen=True)
class Case:
    """Polls in one server. `voters` members vote in each, Ann among them.

    Until a poll closes nothing but the count may be seen, and not after that either if there are
    `few` voters.
    """

    asked: tuple[Asked, ...]
    anonymous: bool = False
    voters: int = 7

    @property
    def few(self) -> bool:
        return self.voters < (5 if self.anonymous else 3)

    def __str__(self) -> str:
        kept = "anonymous" if self.anonymous else "named"
        return f"{kept}-{self.voters}"


@dataclass(frozen=True)
class Posted:
    """A poll that is posted; the poll on what members hope for has the next id."""

    id: int
    asked: Asked
    outcome: str | None
    message: Any

    @property
    def kind(self) -> str:
        return self.asked.kind

    @property
    def hope_id(self) -> int | None:
        return self.id + 1 if self.kind == HOPE else None

    @property
    def both_ids(self) -> list[int]:
        return [self.id] if self.hope_id is None else [self.id, self.hope_id]


@dataclass(frozen=True)
class Scene:
    here: World
    case: Case
    polls: list[Posted] = field(default_factory=list)

    async def open(self) -> None:
        for one in self.case.asked:
            poll_id = max((poll.both_ids[-1] for poll in self.polls), default=0) + 1
            taken = {poll.outcome for poll in self.polls}
            outcome = next((name for name in OUTCOMES[one.kind] if name not in taken), None)
            terms: Any = {"hide_results": one.hide, "anonymous": self.case.anonymous}
            hope = one.kind == HOPE
            if outcome is None:
                terms["asks_hope"] = hope
                message = await post_poll(self.here, QUESTIONS[one.kind], LASTS, **terms)
            else:
                terms["closes_in"] = f"{LASTS.days} days"
                message = await open_poll(self.here, outcome, hope=hope, **terms)
            self.polls.append(Posted(poll_id, one, outcome, message))

    async def click(
        self, who: Any, poll: Posted, custom_id: str, values: list[str] | None = None
    ) -> Any:
        menu = {} if values is None else {"component_type": MENU, "values": values}
        return await self.here.raw_click(who, self.here.channel, custom_id, poll.message.id, **menu)

    async def vote(self, who: Any, poll: Posted, way: int) -> None:
        custom_id, answers = ANSWERS[poll.kind]
        answer = answers[1 if way and poll.asked.shared else way]
        menu = None if "answer" in custom_id else [str(answer)]
        assert (
            await self.click(who, poll, custom_id.format(poll=poll.id, answer=answer), menu)
        ).ephemeral
        if poll.hope_id is not None:
            await self.click(who, poll, f"poll:answer:v1:{poll.hope_id}:{(2, 0, 1)[way]}")

    def in_order(self, requests: Sequence[Any]) -> list[Any]:
        """Edits of the polls' messages last, by poll: those of several polls may overtake others.

        The edits of one poll stay in their order.
        """
        places = {f"/messages/{poll.message.id}": poll.id for poll in self.polls}

        def place(request: Any) -> int:
            ends = (at for end, at in places.items() if request.path.endswith(end))
            return next(ends, 0) if request.method == "PATCH" else 0

        return sorted(requests, key=place)


async def poll_message(scene: Scene, poll: Posted) -> str:
    await scene.here.env.advance_time(4)
    return text_of(reread(scene.here, poll.message))


async def show(scene: Scene, poll: Posted) -> None:
    await scene.here.ben.slash(scene.here.channel, "poll show", poll=str(poll.id))


async def show_hopes_alone(scene: Scene, poll: Posted) -> None:
    if poll.hope_id is not None:
        await scene.here.ben.slash(scene.here.channel, "poll show", poll=str(poll.hope_id))


async def listing(scene: Scene) -> None:
    await scene.here.ben.slash(scene.here.channel, "poll list")


async def names_while_typing(scene: Scene) -> None:
    here = scene.here
    await here.ben.autocomplete(here.channel, "poll show", "poll", "")
    await here.mod.autocomplete(here.channel, "poll close", "poll", "")


async def answers_while_typing(scene: Scene, poll: Posted) -> None:
    here = scene.here
    await here.mod.autocomplete(here.channel, "poll resolve", "result", "", poll=str(poll.id))


async def issue_card(scene: Scene) -> None:
    await scene.here.ben.slash(scene.here.channel, "issue", name="security")


async def outcome_card(scene: Scene, poll: Posted) -> None:
    place = CardAddress.of(Ref(Kind.OUTCOME, "talks", poll.outcome or "hotline"))
    await scene.click(scene.here.ben, poll, f"know:go:v1:{place.key}:0")


async def own_view_of_who_has_not_voted(scene: Scene, poll: Posted) -> None:
    for poll_id in poll.both_ids:
        await scene.click(scene.here.ben, poll, f"poll:own:v1:{poll_id}")


async def own_view_of_a_voter(scene: Scene, poll: Posted) -> None:
    if scene.case.few or poll.asked.hide is not HideResults.UNTIL_BALLOT:
        for poll_id in poll.both_ids:
            await scene.click(scene.here.ann, poll, f"poll:own:v1:{poll_id}")


async def how_it_is_settled(scene: Scene, poll: Posted) -> None:
    await scene.click(scene.here.ben, poll, f"poll:criteria:v1:{poll.id}")


async def dialogs_of_moderators(scene: Scene, poll: Posted) -> None:
    here = scene.here
    for verb, options in (
        ("close", {}),
        ("extend", {"by": "2 hours"}),
        ("annul", {"reason": "It was broken."}),
    ):
        asked_for = await propose(here, verb, str(poll.id), **options)
        await here.mod.click(asked_for.response, label="Cancel")
    await here.mod.slash(here.channel, "poll resolve", poll=str(poll.id), result=RESULTS[poll.kind])


async def export(scene: Scene, poll: Posted) -> dict[str, bytes]:
    here = scene.here
    result = await here.mod.slash(here.channel, "poll export", poll=str(poll.id))
    assert result.response is not None
    return unzipped(await result.response.attachments[0].read()).files


async def records(scene: Scene) -> None:
    for command in ("leaderboard", "calibration", "surprises"):
        await scene.here.ben.slash(scene.here.channel, f"forecast {command}")
    await scene.here.ben.slash(scene.here.channel, "forecast mine")


async def announcements_of_polls(scene: Scene) -> None:
    here = scene.here
    for template in ("polls", "changes", "results"):
        preview = await write_announcement(here, title="", text="")
        menu = next(
            node["custom_id"]
            for node in components(preview.response)
            if str(node.get("custom_id", "")).startswith("announce:start:")
        )
        await here.mod.select(preview.response, [template], custom_id=menu)  # type: ignore[arg-type]


async def extension(scene: Scene, poll: Posted) -> None:
    dialog = await propose(scene.here, "extend", str(poll.id), by="2 hours")
    await scene.here.mod.click(dialog.response, label="Confirm")
    await scene.here.env.advance_time(4)


async def reminders(scene: Scene) -> None:
    env = scene.here.env
    for poll in scene.polls:
        own = await scene.click(scene.here.ben, poll, f"poll:own:v1:{poll.id}")
        await scene.here.ben.click(own.response, label="Remind me before it closes")
    before = len(env.http_requests)
    await env.advance_time((LASTS - timedelta(hours=21)).total_seconds())
    sent = [str(request.json) for request in env.http_requests[before:]]
    assert sum("You asked to be reminded" in body for body in sent) == len(scene.polls)


async def closing(scene: Scene, poll: Posted) -> None:
    dialog = await propose(scene.here, "close", str(poll.id))
    await scene.here.mod.click(dialog.response, label="Confirm")
    await scene.here.env.advance_time(4)


async def resolution(scene: Scene, poll: Posted) -> None:
    here = scene.here
    form = await here.mod.slash(
        here.channel, "poll resolve", poll=str(poll.id), result=RESULTS[poll.kind]
    )
    fields = [part["component"] for part in form.modal["components"]]  # type: ignore[index]
    typed: dict[str, Any] = {fields[0]["custom_id"]: "https://example.org/readout"}
    typed[fields[1]["custom_id"]] = "It says so."
    for menu in fields[2:]:
        typed[menu["custom_id"]] = ["unclear"]
    dialog = await here.mod.submit_modal(form, typed)
    await here.mod.click(dialog.response, label="Confirm")
    await here.env.advance_time(4)


async def undone(scene: Scene, poll: Posted) -> None:
    dialog = await propose(scene.here, "unresolve", str(poll.id), reason="It did not say so.")
    await scene.here.mod.click(dialog.response, label="Confirm")
    await scene.here.env.advance_time(4)


OfPoll = Callable[[Scene, Posted], Awaitable[object]]
OfServer = Callable[[Scene], Awaitable[object]]
POLL_LOOKS: tuple[OfPoll, ...] = (
    poll_message,
    show,
    show_hopes_alone,
    answers_while_typing,
    outcome_card,
    own_view_of_who_has_not_voted,
    own_view_of_a_voter,
    how_it_is_settled,
    export,
)
SERVER_LOOKS: tuple[OfServer, ...] = (
    listing,
    names_while_typing,
    issue_card,
    records,
    announcements_of_polls,
)
"""The ways in which something of a poll can be seen, open or closed. A new one goes in here."""

Seen = list[tuple[str, Any]]
"""What the bot sent, each request with the way out that it belongs to, and the poll."""


async def played(database: Database, case: Case, way: int) -> Seen:
    """All that the bot sends when everybody but Ann votes this way (1 or 2)."""
    async with world(Library([talks()]), database) as here:
        scene = Scene(here, case)
        await scene.open()
        members = here.members(case.voters - 1)
        await here.env.settle()
        for poll in scene.polls:
            await scene.vote(here.ann, poll, 0)
            for number, member in enumerate(members):
                await scene.vote(member, poll, way if number else 3 - way)
        seen = await looked(scene, POLL_LOOKS, SERVER_LOOKS)
        seen += await looked(scene, (dialogs_of_moderators, extension), (reminders,))
        if case.few:
            # Of a named poll that is over moderators may export ballots, and scores rank everybody,
            # however few voted.
            told: tuple[object, ...] = () if case.anonymous else (export, records)
            of_poll = tuple(way for way in POLL_LOOKS if way not in told)
            of_server = tuple(way for way in SERVER_LOOKS if way not in told)
            for change in (closing, resolution, undone):
                seen += await looked(scene, (change, *of_poll), of_server)
        return seen


async def looked(
    scene: Scene, of_poll: tuple[OfPoll, ...], of_server: tuple[OfServer, ...]
) -> Seen:
    """What is sent by these ways: first all of each poll, then those of the server."""
    seen: Seen = []
    ways = [
        (f"{way.__name__} {poll.asked}", partial(way, scene, poll))
        for poll in scene.polls
        for way in of_poll
    ]
    ways += [(way.__name__, partial(way, scene)) for way in of_server]
    for name, way in ways:
        start = len(scene.here.env.http_requests)
        seen.append((name, ("told", await way())))
        sent = scene.in_order(scene.here.env.http_requests[start:])
        seen += [(name, (request.method, without_ids(request.json))) for request in sent]
        for poll in scene.polls:
            now = reread(scene.here, poll.message)
            attached = [(file.filename, file.size, file.description) for file in now.attachments]
            seen.append((name, ("attached", attached)))
    return seen


def without_ids(body: Any) -> str:
    """A request without what Discord and discord.py number at random."""
    return re.sub(r"'(custom_id)': '[0-9a-f]{32}'", r"'\1'", repr(body))


UNTIL_CLOSE, UNTIL_BALLOT = HideResults.UNTIL_CLOSE, HideResults.UNTIL_BALLOT
HIDDEN = [
    Case(
        (
            Asked(HOPE, UNTIL_CLOSE),
            Asked(HOPE, UNTIL_BALLOT),
            Asked(HOPE, shared=True),
            Asked(CHOICE, UNTIL_CLOSE),
            Asked(CHOICE, UNTIL_BALLOT),
        )
    ),
    Case(
        (
            Asked(HOPE, UNTIL_CLOSE),
            Asked(HOPE, UNTIL_BALLOT),
            Asked(APPROVAL, UNTIL_CLOSE),
            Asked(APPROVAL, UNTIL_BALLOT),
            Asked(MANY, UNTIL_CLOSE),
        ),
        anonymous=True,
    ),
    Case(
        (Asked(HOPE), Asked(HOPE, UNTIL_BALLOT), Asked(CHOICE), Asked(APPROVAL)),
        anonymous=True,
        voters=4,
    ),
    Case((Asked(FORECAST),), voters=2),
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
    assert ways >= {way.__name__ for way in (*SERVER_LOOKS, reminders)}
    for poll in case.asked:
        looks = (*POLL_LOOKS, dialogs_of_moderators, extension)
        assert ways >= {f"{way.__name__} {poll}" for way in looks}
    assert one == other
    count = f"**{case.voters} "
    for poll in case.asked:
        assert any(count in str(sent) for way, sent in one if way == f"show {poll}")


async def test_the_walk_does_see_results_where_they_are_shown(
    fresh: Callable[[], Database],
) -> None:
    polls = (Asked(FORECAST), Asked(CHOICE), Asked(APPROVAL))
    one, other = await both(fresh, Case(polls))
    assert len(one) == len(other)
    differing = {way for (way, sent), (_, again) in zip(one, other, strict=True) if sent != again}
    looks = (poll_message, show, own_view_of_a_voter)
    assert differing >= {f"{way.__name__} {poll}" for way in looks for poll in polls}
