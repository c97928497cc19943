import shutil
from pathlib import Path

import pytest

from bot.knowledge.loader import load_pack
from bot.knowledge.yaml_source import PackError

HARBOR = Path(__file__).parents[1] / "packs" / "harbor-talks"


class Workshop:
    """A copy of the small pack to break."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def replace(self, file: str, old: str, new: str, count: int = 1) -> None:
        path = self.folder / f"{file}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, count), encoding="utf-8")

    def write(self, file: str, text: str | bytes) -> None:
        data = text if isinstance(text, bytes) else text.encode()
        (self.folder / f"{file}.yaml").write_bytes(data)

    def append(self, file: str, text: str) -> None:
        path = self.folder / f"{file}.yaml"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def problems(self) -> list[str]:
        """Every problem, as `file:line:column: message` without the folder."""
        with pytest.raises(PackError) as found:
            load_pack(self.folder)
        return [str(p).removeprefix(f"{self.folder}/") for p in found.value.problems]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(Path(shutil.copytree(HARBOR, tmp_path / "harbor-talks")))
