"""Runs the command line in forks of a process that has imported the bot already.

`python -m tests.fork_server` imports the bot and then waits for what to do. For each line it forks,
and the child does what `python -m bot` would, with arguments, environment and folder of its own, up
to the end of the interpreter and what that may complain of.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]


class ForkServer:
    """A process that has imported the bot, and makes others of itself."""

    def __init__(self, folder: Path) -> None:
        self._out, self._err = folder / "out", folder / "err"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def bot(
        self, *arguments: str, environment: Mapping[str, str], cwd: Path = ROOT
    ) -> subprocess.CompletedProcess[str]:
        """Run the command line; it has a minute."""
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        asked = [arguments, dict(environment), str(cwd), str(self._out), str(self._err)]
        pipe.write(json.dumps(asked) + "\n")
        pipe.flush()
        status = int(answers.readline())
        return subprocess.CompletedProcess(
            arguments, status, self._out.read_text(), self._err.read_text()
        )

    def close(self) -> None:
        """End it; it must not have failed."""
        self._process.communicate(timeout=60)
        assert self._process.returncode == 0


def _become(
    arguments: Sequence[str], environment: Mapping[str, str], cwd: str, out: str, err: str
) -> int:
    """What the child does, and its exit status."""
    import signal

    from bot.__main__ import main

    for path, stream in ((out, 1), (err, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, stream)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    signal.alarm(60)
    return main(arguments)


def _serve() -> int:
    import bot.__main__  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if not child:
            return _become(*json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(_serve())
