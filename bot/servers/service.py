"""The settings of all servers."""

from bot.servers.model import ServerSettings


class SettingsService:
    """Knows every server's settings."""

    def of(self, guild_id: int) -> ServerSettings:
        """A server's settings; what nobody has changed is as usual."""
        return ServerSettings(guild_id)
