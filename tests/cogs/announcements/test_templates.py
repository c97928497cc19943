"""Templates as the values go in and the text comes out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.announcements.model import BODY_BYTES, BODY_LIMIT, TITLE_LIMIT
from bot.announcements.rules import content_problems
from bot.announcements.templates import Changes, TemplateData
from bot.discussions.model import Discussion, DiscussionState, IssueRef
from bot.errors import UserError
from bot.knowledge.library import Library
from bot.knowledge.model import Pack
from bot.polls.model import (
    Action,
    ActionKind,
    HideResults,
    PollState,
    Proposal,
    Resolution,
    Results,
    Verdict,
)
from bot.polls.visibility import report
from bot.text import byte_length
from bot.ui.knowledge.reader import OpenPoll, PackReader
from cogs.announcements import templates
from cogs.announcements.templates import Values
from tests.factories import FORECAST_POLL, changed
from tests.knowledge.making import harbor_pack, monstrous_pack

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUIET = TemplateData(Changes(NOW))
POLL = changed(
    FORECAST_POLL,
    channel_id=7,
    message_id=70,
    text="Will [they] agree?",
    opened_at=NOW,
    closes_at=NOW + timedelta(days=3),
)
RESOLVED = changed(
    POLL,
    state=PollState.CLOSED,
    closed_at=NOW,
    resolution=Resolution(Verdict.SETTLED, 1, 5),
)
CROWD = Results({250: 4}, 4, 250)
RESOLVING = Action(
    5,
    Proposal(
        ActionKind.RESOLVE,
        1,
        "Read.",
        "https://example.org/readout",
        Verdict.SETTLED,
        1,
        readouts=(("Seoul", "Yes"), ("Beijing", "No")),
    ),
    by=9,
    at=NOW,
)


def reader(pack: Pack | None = None, **rest: object) -> PackReader:
    known = pack or harbor_pack()
    return PackReader(Library([known]), known, "en", **rest)  # type: ignore[arg-type]


def filled(key: str, briefing: TemplateData = QUIET, read: PackReader | None = None) -> str:
    """The body of a filled template, which the form takes as it is."""
    known = read or reader()
    made = templates.find(known, key).fill(Values(known, briefing))
    assert list(content_problems(made)) == []
    return made.body


def issue_key(read: PackReader, label: str) -> str:
    return next(t.key for t in templates.on_issues(read) if t.label == f"Issue briefing: {label}")


def test_the_summits_briefing_says_what_when_where_and_from_which_source() -> None:
    body = filled("summit")
    assert "Two ports meet to share one harbour.\n-# summary of the source" in body
    assert "the source gives no date" in body
    assert "### Issues\n- Harbour dues\n- Dredging" in body
    assert "### Why now\nThe old treaty ends.\n-# fact · §1" in body
    assert "### What is at stake\nTrade.\n-# analysis · §1" in body
    assert "-# Sources: §1 How it began" in body
    assert body.endswith("-# The whole of it: `/summit`.")


def test_an_issues_briefing_puts_every_side_with_its_standing() -> None:
    read = reader()
    body = filled(issue_key(read, "Harbour dues"), read=read)
    assert "Harbour dues divides the two ports.\n-# fact · §1" in body
    assert "**Ada Berg** · Dues must fall.\n-# stated by Ada Berg · §2" in body
    assert "**Bo Lind** · Dues must stay.\n-# stated by Bo Lind · §2" in body
    assert "- What would settle harbour dues?" in body
    assert body.endswith("-# The whole of it: `/issue Harbour dues`.")


def test_an_issues_briefing_links_the_polls_that_are_open_on_it() -> None:
    read = reader(open_polls=(OpenPoll("dues-cut", "Lower dues?", "https://example.org/p"),))
    assert "[Lower dues?](https://example.org/p)" in filled(
        issue_key(read, "Harbour dues"), QUIET, read
    )
    assert "Lower dues?" not in filled(issue_key(read, "Dredging"), QUIET, read)


def test_there_is_a_briefing_for_every_issue() -> None:
    labels = [template.label for template in templates.on_issues(reader())]
    assert labels == ["Issue briefing: Harbour dues", "Issue briefing: Dredging"]


@pytest.mark.parametrize("letter", ["", "가", "长"])
@pytest.mark.parametrize("issues", [2, 30])
def test_texts_of_any_length_fit_and_keep_each_claims_source(issues: int, letter: str) -> None:
    read = reader(monstrous_pack(actors=60, positions=issues, letter=letter))
    claim = read.read(read.pack.issues["issue-0"].summary[0].text).strip()
    told = 0
    for template in (templates.general()[0], templates.on_issues(read)[0]):
        made = template.fill(Values(read, QUIET))
        assert len(made.title) <= TITLE_LIMIT
        assert len(made.body) <= BODY_LIMIT
        assert byte_length(made.body) <= BODY_BYTES
        by = f"-# stated by {read.actor('actor-0')}"
        assert made.body.count(by) == made.body.count(claim)
        assert made.body.splitlines()[-1].startswith("-# The whole of it")
        told += made.body.count(claim)
    assert told > 0


def test_open_polls_are_told_with_the_crowd_where_it_may_be_shown() -> None:
    hidden = changed(POLL, id=2, text="Hidden?", hide_results=HideResults.UNTIL_CLOSE)
    reports = [report(POLL, 4, CROWD, now=NOW), report(hidden, 4, CROWD, now=NOW)]
    body = filled("polls", TemplateData(Changes(NOW), reports))
    shown, withheld = body.split("**[Hidden?]")
    assert "**[Will (they) agree?](https://discord.com/channels/10/7/70)**" in shown
    assert "closes <t:" in shown
    assert "The crowd says **25%**" in shown
    assert "**4 forecasts**\n-# Results are hidden until the poll closes." in withheld
    assert "25%" not in withheld


def test_results_say_what_happened_what_the_crowd_thought_and_where_it_says_so() -> None:
    told = replace(report(RESOLVED, 4, CROWD, now=NOW), resolved_by=RESOLVING)
    body = filled("results", TemplateData(Changes(NOW), (), [told]))
    assert "[Will (they) agree?](https://discord.com/channels/10/7/70)\n**Yes**" in body
    # -log2(0.25) = 2 bits.
    assert "The crowd gave this **25%** (2.0 bits of surprise)." in body
    assert "**Seoul**'s readout says: Yes\n**Beijing**'s readout says: No\n" in body
    assert "**The readouts differ.**" in body
    assert "[Evidence](https://example.org/readout)" in body


def test_results_of_too_few_do_not_show_the_crowd() -> None:
    told = report(RESOLVED, 2, Results({250: 2}, 2, 250), now=NOW)
    body = filled("results", TemplateData(Changes(NOW), (), [told]))
    assert "**Yes**" in body
    assert "crowd" not in body


def test_changes_tell_polls_and_discussions_under_what_became_of_them() -> None:
    undone = replace(RESOLVING, proposal=replace(RESOLVING.proposal, kind=ActionKind.UNRESOLVE))
    dues = IssueRef("harbor-talks", "dues")
    talk = Discussion(1, 10, dues, 7, 500, DiscussionState.OPEN, 9, NOW, None)
    changes = Changes(
        NOW,
        opened=[changed(POLL, text="New?")],
        extended=[changed(POLL, text="Longer?")],
        closed=[changed(POLL, text="Shut?")],
        ruled=[(RESOLVED, RESOLVING), (changed(POLL, text="Undone?"), undone)],
        discussions=[talk],
    )
    body = filled("changes", TemplateData(changes))
    url = "(https://discord.com/channels/10/7/70)"
    assert f"### What became of polls\n- [Will (they) agree?]{url} · Resolved: Yes" in body
    assert f"- [Undone?]{url} · Resolution undone" in body
    assert f"### Closed, to be resolved\n- [Shut?]{url}" in body
    assert f"### Open for longer\n- [Longer?]{url} · closes <t:" in body
    assert f"### New polls\n- [New?]{url} · closes <t:" in body
    assert "### New discussions\n- [Harbour dues](https://discord.com/channels/10/500)" in body


@pytest.mark.parametrize("key", ["polls", "results", "changes"])
def test_where_there_is_nothing_to_tell_it_says_so(key: str) -> None:
    with pytest.raises(UserError, match=r"No poll|Nothing has changed"):
        filled(key)


def test_a_template_of_an_issue_that_is_gone_is_refused() -> None:
    with pytest.raises(UserError, match="no longer"):
        templates.find(reader(), "issue:AAAAAAAA")
