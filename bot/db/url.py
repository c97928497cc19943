"""Reads the URL of the database strictly, so that a mistake is reported before connecting."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from bot.errors import StartupError

POSTGRES = "postgresql+asyncpg"
SQLITE = "sqlite+aiosqlite"
_SHAPE = "write sqlite:///file.db or postgresql://user:password@host/database."
# Parameters that PostgreSQL documents for its URLs, by what becomes of them. The driver reads the
# first group itself; the second is sent to the server.
_DRIVER = frozenset(
    {
        "host", "port", "dbname", "user", "password", "passfile", "service", "sslmode", "sslcert",
        "sslkey", "sslpassword", "sslrootcert", "sslcrl", "sslnegotiation",
        "ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs",
        "krbsrvname", "gsslib",
    }
)  # fmt: skip
_SERVER = frozenset({"application_name", "options"})
_UNSUPPORTED = frozenset(
    {
        "channel_binding", "client_encoding", "fallback_application_name", "gssdelegation",
        "gssencmode", "hostaddr", "keepalives", "keepalives_count", "keepalives_idle",
        "keepalives_interval", "load_balance_hosts", "max_protocol_version",
        "min_protocol_version", "oauth_client_id", "oauth_client_secret", "oauth_issuer",
        "oauth_scope", "replication", "require_auth", "requirepeer", "requiressl",
        "scram_client_key", "scram_server_key", "servicefile", "sslcertmode", "sslcompression",
        "sslcrldir", "sslkeylogfile", "sslsni", "tcp_user_timeout",
    }
)  # fmt: skip
# Values that ask for what the driver does anyway.
_HARMLESS = {
    "channel_binding": {"prefer", "disable"},
    "client_encoding": {"utf8", "utf-8", "auto"},
    "gssencmode": {"prefer", "disable"},
    "keepalives": {"1"},
    "sslcompression": {"0"},
    "sslsni": {"1"},
    "load_balance_hosts": {"disable"},
}
_POOLER = "pgbouncer"
_SHORTEST_TIMEOUT = 2.0


@dataclass(frozen=True, slots=True)
class PostgresTarget:
    """How to connect to PostgreSQL. `dsn` has the password and must not be shown.

    `timeout` is in seconds, None for the driver's default. `keeps_statements` is false behind a
    pooler that gives each transaction another connection: prepared statements do not last there.
    """

    dsn: str = field(repr=False)
    timeout: float | None
    keeps_statements: bool


def async_url(url: str) -> str:
    """`url` with the asynchronous driver that this bot uses.

    Accepts `sqlite:///file`, `postgres://...` and `postgresql://...` as hosting services write
    them. Raises StartupError for any other database, and for a URL that cannot be used. The message
    never shows what comes after the scheme.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise StartupError(f"DATABASE_URL is not a URL; {_SHAPE}")
    if scheme in {"sqlite", SQLITE}:
        _check_sqlite(rest)
        return f"{SQLITE}://{rest}"
    if scheme in {"postgres", "postgresql", POSTGRES}:
        postgres_target(f"{POSTGRES}://{rest}")
        return f"{POSTGRES}://{rest}"
    raise StartupError(
        f"DATABASE_URL names {scheme!r}; this bot keeps its data in SQLite or PostgreSQL."
    )


def postgres_target(url: str) -> PostgresTarget:
    """What the driver needs to connect to `url`; StartupError for what it cannot do."""
    parts = _split(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    timeout = _timeout(given.pop("connect_timeout", None))
    pooler = given.pop(_POOLER, "false").lower()
    if pooler not in {"true", "false"}:
        raise StartupError(f"DATABASE_URL has {_POOLER}={pooler}; write true or false.")
    for name, value in list(given.items()):
        if name in _DRIVER or name in _SERVER:
            continue
        if value.lower() in _HARMLESS.get(name, ()):
            del given[name]
        elif name in _UNSUPPORTED:
            raise StartupError(
                f"DATABASE_URL has the parameter {name}, which this bot's driver cannot "
                f"honour{_instead(name)}. Remove it."
            )
        else:
            raise StartupError(
                "DATABASE_URL has a parameter that PostgreSQL does not document: "
                f"{_shown_name(name)}. Remove it, or correct its name."
            )
    dsn = parts._replace(scheme="postgresql", query=urlencode(given)).geturl()
    return PostgresTarget(dsn, timeout, keeps_statements=pooler == "false")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        # Reading these fails if the port or the address is none.
        _ = parts.port, parts.hostname
    except ValueError:
        parts = None
    # A later @ shows that an unescaped character in the password ended the address too early.
    if parts is None or url.count("@") > 1 or "@" in parts.path + parts.query or parts.fragment:
        raise StartupError(
            "DATABASE_URL cannot be read. In a user name or password write @ as %40, : as %3A, "
            "/ as %2F, ? as %3F and # as %23."
        )
    return parts


def _timeout(typed: str | None) -> float | None:
    """Seconds as libpq reads `connect_timeout`: 0 or less means for ever, 1 means 2."""
    if typed is None:
        return None
    try:
        seconds = int(typed)
    except ValueError:
        raise StartupError(
            "DATABASE_URL has a connect_timeout that is not a whole number of seconds."
        ) from None
    return max(float(seconds), _SHORTEST_TIMEOUT) if seconds > 0 else float("inf")


def _instead(name: str) -> str:
    if name == "channel_binding":
        return "; sslmode=verify-full protects the connection"
    return ""


def _shown_name(name: str) -> str:
    """The name of a parameter, if it is one: it may be the rest of a password with an `&` in it."""
    plain = name.replace("_", "")
    is_word = plain.isascii() and plain.isalpha() and len(name) <= 40
    return f'"{name}"' if is_word else "(unreadable)"


def _check_sqlite(rest: str) -> None:
    file, _, options = rest.lstrip("/").partition("?")
    if file in {"", ":memory:", "file::memory:"} or "mode=memory" in options:
        raise StartupError(
            "DATABASE_URL names no file, so that everything would be lost with each stop; "
            "name one: sqlite:///file.db or sqlite:////folder/file.db."
        )
    if not rest.startswith("/"):
        raise StartupError(
            "DATABASE_URL needs three slashes for a SQLite file here, four for one anywhere: "
            "sqlite:///file.db or sqlite:////folder/file.db."
        )
