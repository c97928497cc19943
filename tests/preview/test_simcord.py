"""The preview uses parts of simcord that its authors may change without notice."""

from importlib.metadata import version


def test_simcord_is_the_version_whose_private_parts_the_preview_was_written_for() -> None:
    # Another one: run the tests of the preview, read bot/preview anew, and only then change this.
    assert version("simcord") == "3.2.1"
