import shutil
from pathlib import Path

import pytest

from bot.knowledge.loader import load_library, load_pack
from bot.knowledge.model import OutcomeKind, Standing
from bot.knowledge.yaml_source import PackError
from tests.knowledge.big_pack import write_big_pack
from tests.knowledge.conftest import HARBOR, Workshop


def test_a_pack_of_another_event_loads_whole() -> None:
    pack = load_pack(HARBOR)
    assert pack.summit.name.read("ko") == "항구 회담"
    assert pack.summit.name.read("fr") == "Harbor talks"
    assert list(pack.actors) == ["norland", "southmark", "ada-brandt", "fishers"]
    assert pack.actors["ada-brandt"].affiliation == "norland"
    claim = pack.actors["norland"].aims[0]
    assert (claim.standing, claim.by, claim.source) == (Standing.STATED, "norland", ("strait",))
    position = pack.positions["southmark", "lanes"]
    assert [str(fear.text) for fear in position.fears] == ["Losing the best grounds."]
    assert pack.outcomes["who-pays"].kind is OutcomeKind.OPTIONS
    assert [str(o.label) for o in pack.outcomes["who-pays"].options][-1] == "It stays open"


CASES = [
    # file, what is replaced, by what, the whole problem
    ("actors", "affiliation: norland", "affiliation: nurland",
     'actors.yaml:27:18: There is no actor "nurland". Did you mean "norland"?'),
    ("actors", "aliases: [Brandt]", "alias: [Brandt]",
     'actors.yaml:25:5: "alias" is not a key of this part. Did you mean "aliases"?'),
    ("actors", "kind: person", "kind: persona",
     'actors.yaml:23:11: "persona" is none of person, state, bloc, institution, public. '
     'Did you mean "person"?'),
    ("actors", "id: fishers", "id: The Fishers",
     'actors.yaml:30:9: "The Fishers" cannot be an id. Use small letters, digits and single '
     'hyphens, as in "south-korea".'),
    ("actors", "id: ada-brandt", "id: norland",
     'actors.yaml:22:9: "norland" is used already, in line 3. Use another one.'),
    ("actors", "aliases: [Brandt]", "aliases: [LUME]",
     'actors.yaml:25:15: "LUME" is used already, in line 6. Use another one.'),
    ("actors", "aliases: [Brandt]", "aliases: [ada  brandt]",
     'actors.yaml:25:15: "ada  brandt" is its name or alias already. Remove it here.'),
    ("actors", "name: {en: Ada Brandt, ko: 아다 브란트}", "name: {ko: 아다 브란트}",
     'actors.yaml:24:11: A text in several languages needs an English one: add "en".'),
    ("actors", "ko: 아다 브란트", "kr: 아다 브란트",
     'actors.yaml:24:11: Discord has no language "kr".'),
    ("actors", "    role: People who fish the strait\n", "",
     'actors.yaml:30:5: "role" is missing here.'),
    ("actors", "role: People who fish the strait", "role:",
     "actors.yaml:33:10: There is no value here. Write one, or remove the key."),
    ("actors", "role: People who fish the strait", "role: 1994",
     'actors.yaml:33:11: 1994 is read as a number here. Put it in quotes: "1994".'),
    ("actors", "role: People who fish the strait", "role: no",
     'actors.yaml:33:11: no is read as yes or no here. Put it in quotes: "no".'),
    ("actors", "role: People who fish the strait", 'role: "  "',
     "actors.yaml:33:11: This text is blank. Write something, or remove the key."),
    ("actors", "role: People who fish the strait", f"role: {'x' * 201}",
     "actors.yaml:33:11: This text has 201 characters; at most 200 fit. Shorten it."),
    ("actors", "role: People who fish the strait", "role: [a, b]",
     "actors.yaml:33:11: A text belongs here, not a list or a mapping."),
    ("actors", "profile:\n      - {text: Brandt", "profile:\n        {text: Brandt",
     "actors.yaml:29:9: A list belongs here: each item on a line of its own that starts with "
     "a hyphen."),
    ("actors", "role: People who fish the strait", "role: !!python/name:os.system x",
     "actors.yaml:33:11: The tag `!!python/name:os.system` is not allowed here. Remove it."),
    ("summit", "id: harbor-talks", "id: harbour-talks",
     'summit.yaml:2:5: The id is "harbour-talks" but the folder is "harbor-talks". They must be '
     "the same."),
    ("summit", "venue: The old", "date: The old",
     'summit.yaml:7:1: "date" is here a second time. Keep one of them.'),
    ("summit", "date: Second week of May", "date: 2026-05-04",
     'summit.yaml:6:7: 2026-05-04 is read as a date here. Put it in quotes: "2026-05-04".'),
    ("summit", ", by: norland}", "}",
     'summit.yaml:13:9: A "stated" claim needs "by": the id of who said it.'),
    ("summit", "source: [lead, strait]", "source: [lead, straight]",
     'summit.yaml:17:107: There is no source section "straight". Did you mean "strait"?'),
    ("positions", "issue: quotas", "issue: lanes",
     'positions.yaml:15:5: "southmark" has a position on "lanes" already, in line 9. Join them.'),
    ("positions", "    wants:\n      - {text: The quotas of last year., standing: stated, "
     "source: strait, by: southmark}\n", "",
     "positions.yaml:15:5: This position says nothing. Give it a stance, wants, offers or fears."),
    ("outcomes", "decided_by: norland", "decided_by: fishers",
     'outcomes.yaml:9:17: "fishers" is not among the readouts of this outcome.'),
    ("outcomes", "kind: options", "kind: yes_no",
     'outcomes.yaml:16:7: A yes/no outcome has no options. Remove them, or write '
     '"kind: options".'),
    ("outcomes", "kind: yes_no", "kind: options",
     'outcomes.yaml:3:5: An outcome with "kind: options" needs at least two options.'),
    ("outcomes", "{id: both, label: Both}", "{id: both, label: norland}",
     'outcomes.yaml:17:9: "norland" is used by another option of this outcome.'),
    ("outcomes", "{id: both, label: Both}", "{id: both, label: NORLAND}",
     'outcomes.yaml:17:9: "norland" is used by another option of this outcome.'),
    ("outcomes", "{id: both, label: Both}", "{id: both, label: Ｕnclear}",
     'outcomes.yaml:17:27: "Ｕnclear" means something else when a poll is settled. Use other '
     'words.'),
    ("outcomes", "{id: both, label: Both}", "{id: both, label: {en: Both, ko: annulled}}",
     'outcomes.yaml:17:42: "annulled" means something else when a poll is settled. Use other '
     'words.'),
    ("outcomes", "{id: both, label: Both}", '{id: both, label: "\\u3164"}',
     "outcomes.yaml:17:27: This text has only characters that nobody can see. "
     "Write something to read."),
    ("glossary", "definition:\n", "definition: []\n#",
     "glossary.yaml:6:17: At least one item belongs here."),
    ("glossary", "  - id: lane", "\t- id: lane",
     "glossary.yaml:3:1: There is a tab here. YAML is indented with spaces. Replace the tab."),
    ("glossary", "terms:", "term:",
     'glossary.yaml:2:1: "term" is not a key of this part. Did you mean "terms"?'),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "problem"), CASES)
def test_each_mistake_is_named_with_its_place(
    workshop: Workshop, file: str, old: str, new: str, problem: str
) -> None:
    workshop.replace(file, old, new)
    assert problem in workshop.problems()


def test_every_problem_of_every_file_is_reported_at_once(workshop: Workshop) -> None:
    workshop.replace("actors", "affiliation: norland", "affiliation: nurland")
    workshop.replace("actors", "aliases: [Brandt]", "alias: [Brandt]")
    workshop.replace("positions", "issue: quotas", "issue: quotes")
    workshop.replace("outcomes", "kind: yes_no", "kind: maybe")
    workshop.write("glossary", "terms: [\n")
    places = [problem.split(": ")[0] for problem in workshop.problems()]
    assert places == [
        "actors.yaml:25:5",
        "actors.yaml:27:18",
        "positions.yaml:16:12",
        "outcomes.yaml:5:11",
        "glossary.yaml:1:1",
    ]


def test_a_wrong_id_is_reported_once_and_not_with_each_reference_to_it(workshop: Workshop) -> None:
    workshop.replace("actors", "id: norland", "id: nor-land")
    (problem,) = workshop.problems()
    assert problem.startswith("actors.yaml:")
    assert 'references name the actor "norland", which does not exist' in problem
    assert problem.endswith('and none names "nor-land". Give both the same id.')


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('"\\u200b\\u2060"', "This text has only characters that nobody can see."),
        ('"fair\\u202e words"', "This text contains U+202E, an invisible character"),
        ('"fair\\u2069 words"', "This text contains U+2069, an invisible character"),
    ],
)
def test_hidden_characters_in_a_pack_are_refused_with_their_place(
    workshop: Workshop, text: str, problem: str
) -> None:
    workshop.replace("actors", "aliases: [Brandt]", f"aliases: [{text}]")
    (found,) = [line for line in workshop.problems() if problem in line]
    assert found.startswith("actors.yaml:25:15: ")


def test_a_file_that_cannot_be_read_makes_no_flood_of_dangling_references(
    workshop: Workshop,
) -> None:
    workshop.write("actors", "actors: [oops\n")
    problems = workshop.problems()
    assert len(problems) == 1
    assert problems[0].startswith("actors.yaml:1:1: This is not valid YAML")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"terms:\n  - \xff\xfe", "glossary.yaml:2:5: This is not UTF-8 text."),
        (b"", "glossary.yaml:1:1: The file is empty."),
        (b"# only a comment\n", "glossary.yaml:1:1: The file is empty."),
        (b"- a\n- b\n", "glossary.yaml:1:1: "),
        (b"terms: []\n---\nterms: []\n", "glossary.yaml:2:1: A second document starts here."),
        (b"? [a, b]\n: c\n", "glossary.yaml:1:3: A key must be a plain word."),
        (
            b"terms: &all\n  - *all\n",
            "glossary.yaml:1:8: This is nested too deep, or repeated too often",
        ),
        (b"terms:\n  <<: {a: b}\n", "glossary.yaml:2:3: "),
    ],
)
def test_files_that_are_no_pack_files_are_refused_with_a_place(
    workshop: Workshop, text: bytes, problem: str
) -> None:
    workshop.write("glossary", text)
    assert any(found.startswith(problem) for found in workshop.problems())


def test_a_bomb_of_aliases_is_refused_quickly(workshop: Workshop) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    workshop.write("glossary", "\n".join(levels))
    assert any("repeated too often" in problem for problem in workshop.problems())


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(workshop: Workshop) -> None:
    path = workshop.folder / "glossary.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert "lane" in load_pack(workshop.folder).glossary


def test_only_the_glossary_may_be_left_out(workshop: Workshop) -> None:
    (workshop.folder / "glossary.yaml").unlink()
    assert load_pack(workshop.folder).glossary == {}
    (workshop.folder / "issues.yaml").unlink()
    assert workshop.problems() == ["issues.yaml:1:1: This file is missing from the pack."]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("actor.yml", ' Did you mean "actors.yaml"?'),
        ("glossary.yml", ' Did you mean "glossary.yaml"?'),
        ("Outcome.YAML", ' Did you mean "outcomes.yaml"?'),
        ("zzz.yaml", ""),
    ],
)
def test_a_yaml_file_that_is_no_part_of_a_pack_is_reported(
    workshop: Workshop, name: str, hint: str
) -> None:
    (workshop.folder / name).write_text("terms: []\n")
    assert workshop.problems() == [
        f"{name}:1:1: A pack has no file of this name, so nothing in it is read. "
        f"Rename or remove it.{hint}"
    ]


def test_other_files_in_a_pack_are_nobodys_business(workshop: Workshop) -> None:
    for name in ("README.md", ".actors.yaml", "notes.txt"):
        (workshop.folder / name).write_text("Whatever: [\n")
    (workshop.folder / "drafts.yaml").mkdir()
    assert load_pack(workshop.folder).actors


def test_a_pack_whose_summit_file_has_the_wrong_ending_is_no_folder_without_packs(
    workshop: Workshop,
) -> None:
    summit = workshop.folder / "summit.yaml"
    summit.rename(summit.with_suffix(".yml"))
    with pytest.raises(PackError, match=r'summit\.yml.*Did you mean "summit\.yaml"'):
        load_library(workshop.folder.parent)


def test_a_library_reports_the_problems_of_all_its_packs(workshop: Workshop) -> None:
    other = shutil.copytree(HARBOR, workshop.folder.with_name("second"))
    workshop.replace("actors", "affiliation: norland", "affiliation: nurland")
    with pytest.raises(PackError) as found:
        load_library(workshop.folder.parent)
    text = str(found.value)
    assert "nurland" in text
    assert f"{other}/summit.yaml:2:5" in text


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_without_packs_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(PackError, match=r"no such folder|No pack is in"):
        load_library(tmp_path / folder)


def test_a_pack_of_a_thousand_actors_loads(tmp_path: Path) -> None:
    pack = load_pack(write_big_pack(tmp_path))
    assert (len(pack.actors), len(pack.issues), len(pack.positions)) == (1000, 500, 20_000)
    assert [str(w.text) for w in pack.positions["actor-999", "issue-0"].wants] == ["It wants 7."]
