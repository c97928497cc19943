"""Whatever is done to a pack's files: it loads, or every problem has a place in a file."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.loader import load_pack
from bot.knowledge.yaml_source import PackError
from tests.knowledge.conftest import HARBOR

FILES = sorted(path.name for path in HARBOR.glob("*.yaml"))
ODD = st.sampled_from(
    ["\t", ":", "- ", "{", "]", "&a ", "*a", "!!python/object:os.x ", "'", '"', "|", ">", "%",
     "\x00", "\u2028", "---\n", "null", "yes", "2026-01-01", "1e9", "<<: ", "? ", "# ", "\ufeff",
     "{}", "[]", "~", "\n", " ", "en: ", "시", "𐀀", "0x1F", ".nan", "@", "`"]
)  # fmt: skip


def check(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(shutil.copytree(HARBOR, Path(folder) / "harbor-talks"))
        (pack / name).write_bytes(data)
        lines = len(data.decode(errors="replace").splitlines()) + 1
        try:
            load_pack(pack)
        except PackError as error:
            assert error.problems  # noqa: PT017 - loading is allowed to work, too
            for problem in error.problems:
                assert problem.line >= 1
                assert problem.column >= 1
                assert problem.message.endswith((".", "?"))
                assert "\n" not in str(problem)
                if problem.path.name == name:
                    assert problem.line <= lines


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_text_put_in_or_taken_out_anywhere(name: str, data: st.DataObject) -> None:
    text = (HARBOR / name).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 40, len(text))))
        text = text[:start] + data.draw(ODD | st.just("") | st.text(max_size=5)) + text[end:]
    check(name, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FILES), st.binary(max_size=8), st.data())
def test_any_bytes_anywhere(name: str, noise: bytes, data: st.DataObject) -> None:
    text = (HARBOR / name).read_bytes()
    at = data.draw(st.integers(0, len(text)))
    check(name, text[:at] + noise + text[at:])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FILES), st.randoms(use_true_random=False))
def test_lines_lost_repeated_or_moved(name: str, random: object) -> None:
    lines = (HARBOR / name).read_text(encoding="utf-8").splitlines(keepends=True)
    for _ in range(3):
        at = random.randrange(len(lines))  # type: ignore[attr-defined]
        to = random.randrange(len(lines))  # type: ignore[attr-defined]
        line = lines.pop(at) if random.random() < 0.7 and len(lines) > 1 else lines[at]  # type: ignore[attr-defined]
        if random.random() < 0.6:  # type: ignore[attr-defined]
            lines.insert(to, line)
    check(name, "".join(lines).encode())
