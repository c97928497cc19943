"""The command line as a process: one clear line and a non-zero exit, never a traceback."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import discord
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.app import run
from bot.config import Settings, read_settings
from bot.errors import StartupError
from tests.fork_server import ForkServer

ROOT = Path(__file__).parents[1]
PACKS = ROOT / "tests" / "packs"
PLAUSIBLE = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"


Bot = Callable[..., subprocess.CompletedProcess[str]]


def clean(environment: dict[str, str]) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if k not in {"DISCORD_TOKEN", "DATABASE_URL"}}
    return ours | environment


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m bot` as people start it."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=clean(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """The same without the second that its imports take."""
    server = ForkServer(tmp_path_factory.mktemp("server"))
    yield lambda *arguments, **environment: server.bot(*arguments, environment=clean(environment))
    server.close()


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("token", ["", "   ", "my-token", "a.b", "Bot " + PLAUSIBLE])
def test_a_missing_or_malformed_token_says_where_to_get_one(
    bot: Bot, token: str, tmp_path: Path
) -> None:
    done = bot("run", DISCORD_TOKEN=token, DATABASE_URL=f"sqlite:///{tmp_path}/x.db")
    refused(done, "DISCORD_TOKEN", "discord.com/developers/applications")
    if token.strip():
        assert token not in done.stderr


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////no/such/folder/x.db", "cannot be opened"),
        ("postgresql://me:hush@127.0.0.1:1/none", "cannot be opened"),
        ("mysql://me:hush@db/none", "SQLite or PostgreSQL"),
        ("just words", "is not a URL"),
        ("sqlite:///:memory:", "would be lost"),
        ("postgresql://me:hush@host:notaport/x", "cannot be read"),
    ],
)
@pytest.mark.parametrize("command", [("run",), ("db", "current")])
def test_an_unusable_database_is_one_line_without_the_password(
    bot: Bot, url: str, words: str, command: tuple[str, ...]
) -> None:
    done = bot(*command, DATABASE_URL=url, DISCORD_TOKEN=PLAUSIBLE)
    refused(done, words)
    assert "hush" not in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:///:memory:",
        "sqlite:///?timeout=5",
        "sqlite:///file:x?mode=memory&uri=true",
    ],
)
def test_a_database_that_would_be_lost_is_refused_with_what_to_name_instead(url: str) -> None:
    with pytest.raises(StartupError, match=r"would be lost.*name one: sqlite:///file\.db"):
        Settings(database_url=url)


def test_a_read_only_database_file_is_one_line(bot: Bot, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_text("this is not a database, however long it may be " * 50)
    refused(bot("db", "upgrade", DATABASE_URL=f"sqlite:///{path}"), "cannot be opened")


def test_an_unknown_log_level_is_one_line() -> None:
    refused(process("check", LOG_LEVEL="LOUD"), "LOG_LEVEL", "INFO")


@pytest.mark.parametrize("command", ["run", "preview"])
def test_a_broken_pack_stops_the_start_with_the_lines_of_check(
    bot: Bot, command: str, tmp_path: Path
) -> None:
    pack = Path(shutil.copytree(PACKS / "harbor-talks", tmp_path / "harbor-talks"))
    actors = pack / "actors.yaml"
    actors.write_text(actors.read_text(encoding="utf-8").replace("to: southmark", "to: south"))
    environment = {"KNOWLEDGE_DIR": str(tmp_path), "DISCORD_TOKEN": PLAUSIBLE}
    checked, started = bot("check", str(pack)), bot(command, **environment)
    assert checked.returncode == started.returncode == 1
    line = f'{actors}:13:14: There is no actor "south".'
    assert checked.stdout.startswith(line)
    assert started.stderr == checked.stdout


def test_check_counts_what_is_in_a_good_pack() -> None:
    done = process("check", str(PACKS))
    assert done.returncode == 0
    assert done.stdout == (
        "tests/packs/harbor-talks: ok (4 actors, 2 issues, 3 positions, 2 outcomes, 1 terms)\n"
    )
    assert process("check").returncode == 0


def test_check_of_a_file_names_the_folder_that_is_the_pack(bot: Bot) -> None:
    pack = "tests/packs/harbor-talks"
    done = bot("check", f"{pack}/actors.yaml")
    assert done.returncode == 1
    assert done.stdout == (
        f'{pack}/actors.yaml:1:1: This is a file, and a pack is a folder: name "{pack}" instead.\n'
    )


def test_db_upgrade_makes_the_tables_and_current_tells(bot: Bot, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    assert "no tables yet" in bot("db", "current", DATABASE_URL=url).stdout
    assert "up to date" in bot("db", "upgrade", DATABASE_URL=url).stdout
    assert "up to date" in bot("db", "current", DATABASE_URL=url).stdout


def test_an_unknown_schema_file_is_one_line(bot: Bot) -> None:
    refused(bot("schema", "people"), "actors")
    assert bot("schema", "actors").stdout.startswith("{")


async def test_a_refused_token_says_where_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unauthorized(_: web.Request) -> web.Response:
        return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", unauthorized)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}")
    settings = Settings(
        database_url=f"sqlite+aiosqlite:///{tmp_path}/x.db", discord_token=SecretStr(PLAUSIBLE)
    )
    with pytest.raises(StartupError, match=r"refused DISCORD_TOKEN.*developers/applications"):
        await run(settings)
    await runner.cleanup()
    assert PLAUSIBLE not in repr(settings)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only files")
def test_a_file_that_may_only_be_read_is_one_line(bot: Bot, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    bot("db", "upgrade", DATABASE_URL=f"sqlite:///{path}")
    path.chmod(0o444)
    done = bot("db", "upgrade", DATABASE_URL=f"sqlite:///{path}")
    refused(done, "cannot be opened", "readonly")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://x.db", "three slashes"),
        ("postgresql://me:hush@127.0.0.1:1/x?sslmode=require", "cannot be opened"),
        ("postgresql://me:hush@127.0.0.1:1/x?nonsense=1", 'does not document: "nonsense"'),
    ],
)
def test_slips_in_database_urls_are_one_line(bot: Bot, url: str, words: str) -> None:
    refused(bot("db", "upgrade", DATABASE_URL=url), words)


def test_the_environment_goes_before_the_dotenv_file_and_an_empty_variable_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        f"LOG_LEVEL=debug\nDATABASE_URL=sqlite:///file.db\nDISCORD_TOKEN={PLAUSIBLE}\nOTHER=1\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///environment.db")
    monkeypatch.setenv("LOG_LEVEL", "")
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    settings = read_settings()
    assert settings.database_url == "sqlite+aiosqlite:///environment.db"
    assert settings.log_level == "DEBUG"
    assert settings.require_token() == PLAUSIBLE
    assert PLAUSIBLE not in f"{settings!r} {settings}"


def test_a_dotenv_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"LOG_LEVEL=\xff\xfe")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    refused(done, ".env", "UTF-8")
