"""The commands that answer from the packs."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.knowledge.library import Kind, Library, Ref
from bot.ui.interaction import library_of, locale_of
from bot.ui.knowledge import addresses
from bot.ui.knowledge.addresses import CardAddress, CardKind
from bot.ui.knowledge.links import choices
from cogs.knowledge.handlers import answer, publish

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.interaction import Interaction

Choices = list[app_commands.Choice[str]]


class Knowledge(commands.Cog):
    """Answers questions about the summit: actors, issues, positions, outcomes, terms."""

    def __init__(self, bot: SummitBot) -> None:
        self.library: Library = bot.services.library

    @app_commands.command(description="What the summit is, why now, and what is at stake.")
    @app_commands.describe(section="A part of the overview, such as why now")
    async def summit(self, interaction: Interaction, section: str | None = None) -> None:
        library = library_of(interaction)
        whole = library.exact(Kind.SUMMIT, section or library.default.id)
        if whole is not None:
            await publish(interaction, CardAddress.of(whole))
        else:
            await answer(interaction, CardAddress.of, (Kind.SECTION, section or ""))

    @app_commands.command(description="Who an actor is, what they aim for and what limits them.")
    @app_commands.describe(name="A person, state or group. Part of a name is enough")
    async def actor(self, interaction: Interaction, name: str) -> None:
        await answer(interaction, CardAddress.of, (Kind.ACTOR, name))

    @app_commands.command(description="What is at issue, why it matters and who stands where.")
    @app_commands.describe(name="The issue")
    async def issue(self, interaction: Interaction, name: str) -> None:
        await answer(interaction, CardAddress.of, (Kind.ISSUE, name))

    @app_commands.command(description="What one actor wants, offers and fears on one issue.")
    @app_commands.describe(actor="Whose position", issue="On which issue")
    async def position(self, interaction: Interaction, actor: str, issue: str) -> None:
        await answer(interaction, addresses.position, (Kind.ACTOR, actor), (Kind.ISSUE, issue))

    @app_commands.command(description="Two actors side by side, on every issue or on one.")
    @app_commands.describe(first="One actor", second="The other", issue="Only this issue, in full")
    async def compare(
        self, interaction: Interaction, first: str, second: str, issue: str | None = None
    ) -> None:
        both = ((Kind.ACTOR, first), (Kind.ACTOR, second))
        asked = both if issue is None else (*both, (Kind.ISSUE, issue))
        await answer(interaction, addresses.comparison, *asked)

    @app_commands.command(description="What may come of the summit, as questions to be settled.")
    @app_commands.describe(issue="Only outcomes on this issue")
    async def outcomes(self, interaction: Interaction, issue: str | None = None) -> None:
        if issue is None:
            address = addresses.summit_list(CardKind.OUTCOMES, library_of(interaction).default.id)
            await publish(interaction, address)
        else:
            await answer(interaction, addresses.outcomes_on, (Kind.ISSUE, issue))

    @app_commands.command(description="What a term means here.")
    @app_commands.describe(term="The term")
    async def glossary(self, interaction: Interaction, term: str) -> None:
        await answer(interaction, CardAddress.of, (Kind.TERM, term))

    @summit.autocomplete("section")
    async def _sections(self, interaction: Interaction, typed: str) -> Choices:
        found = self._offered(interaction, Kind.SECTION, typed)
        if len(self.library.packs) > 1:
            found = [*found[:20], *self._offered(interaction, Kind.SUMMIT, typed)[:5]]
        return found

    @actor.autocomplete("name")
    async def _actors(self, interaction: Interaction, typed: str) -> Choices:
        return self._offered(interaction, Kind.ACTOR, typed)

    @issue.autocomplete("name")
    @outcomes.autocomplete("issue")
    async def _issues(self, interaction: Interaction, typed: str) -> Choices:
        return self._offered(interaction, Kind.ISSUE, typed)

    @glossary.autocomplete("term")
    async def _terms(self, interaction: Interaction, typed: str) -> Choices:
        return self._offered(interaction, Kind.TERM, typed)

    @position.autocomplete("actor")
    async def _actors_on_issue(self, interaction: Interaction, typed: str) -> Choices:
        issue = library_of(interaction).exact(Kind.ISSUE, _filled(interaction, "issue"))
        return self._offered(interaction, Kind.ACTOR, typed, self._actors_with_position_on(issue))

    @position.autocomplete("issue")
    async def _issues_of_actor(self, interaction: Interaction, typed: str) -> Choices:
        actor = library_of(interaction).exact(Kind.ACTOR, _filled(interaction, "actor"))
        return self._offered(interaction, Kind.ISSUE, typed, self._issues_with_position_of(actor))

    @compare.autocomplete("first")
    async def _first(self, interaction: Interaction, typed: str) -> Choices:
        return self._without(interaction, typed, "second")

    @compare.autocomplete("second")
    async def _second(self, interaction: Interaction, typed: str) -> Choices:
        return self._without(interaction, typed, "first")

    @compare.autocomplete("issue")
    async def _issues_between(self, interaction: Interaction, typed: str) -> Choices:
        library = library_of(interaction)
        both = [
            self._issues_with_position_of(library.exact(Kind.ACTOR, _filled(interaction, option)))
            for option in ("first", "second")
        ]
        return self._offered(interaction, Kind.ISSUE, typed, both[0] & both[1])

    def _offered(
        self, interaction: Interaction, kind: Kind, typed: str, prefer: Collection[Ref] = ()
    ) -> Choices:
        locale = locale_of(interaction, private=True)
        return choices(library_of(interaction).search(kind, typed, locale=locale, prefer=prefer))

    def _without(self, interaction: Interaction, typed: str, other: str) -> Choices:
        """Actors, except the one that the other option names."""
        library = library_of(interaction)
        taken = library.exact(Kind.ACTOR, _filled(interaction, other))
        locale = locale_of(interaction, private=True)
        hits = library.search(Kind.ACTOR, typed, 26, locale=locale)
        return choices([hit for hit in hits if hit.ref != taken][:25])

    def _issues_with_position_of(self, actor: Ref | None) -> frozenset[Ref]:
        if actor is None:
            return frozenset()
        found = self.library.pack(actor.summit).positions_by_actor.get(actor.id, ())
        return frozenset(Ref(Kind.ISSUE, actor.summit, position.issue) for position in found)

    def _actors_with_position_on(self, issue: Ref | None) -> frozenset[Ref]:
        if issue is None:
            return frozenset()
        found = self.library.pack(issue.summit).positions_by_issue.get(issue.id, ())
        return frozenset(Ref(Kind.ACTOR, issue.summit, position.actor) for position in found)


def _filled(interaction: Interaction, option: str) -> str:
    """What is typed so far in another option of the command."""
    value = getattr(interaction.namespace, option, None)
    return value if isinstance(value, str) else ""
