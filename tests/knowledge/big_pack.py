"""Writes a pack of any size."""

from pathlib import Path


def write_big_pack(folder: Path, actors: int = 1000, issues: int = 500, each: int = 20) -> Path:
    """A valid pack in `folder`, where every actor has a position on `each` issues."""
    pack = folder / "big"
    pack.mkdir(parents=True)
    claim = "{{text: {0}, standing: analysis, source: lead}}"

    def said(words: str) -> str:
        return claim.format(words)

    files = {
        "summit": [
            "id: big\nname: Big summit\nsummary: Many meet.\nsections:",
            f"  - {{id: why, title: Why, statements: [{said('Because.')}]}}",
        ],
        "source": ["title: A text\nnote: A note.\nsections:\n  - {id: lead, title: Lead}"],
        "actors": ["actors:"],
        "issues": ["issues:"],
        "positions": ["positions:"],
        "outcomes": [
            "outcomes:\n  - id: deal\n    issue: issue-0\n    kind: yes_no\n"
            "    question: Will there be a deal?\n    criteria: A deal is signed.\n"
            "    readouts: [actor-0]\n    decided_by: actor-0"
        ],
        "glossary": [f"terms:\n  - {{id: deal, name: Deal, definition: [{said('A paper.')}]}}"],
    }
    for number in range(actors):
        files["actors"].append(
            f"  - id: actor-{number}\n    kind: state\n    name: {{en: Actor {number}, "
            f"ko: 행위자 {number}}}\n    aliases: [A{number}]\n    role: State number {number}\n"
            f"    profile:\n      - {said(f'It is number {number}.')}"
        )
        for step in range(each):
            issue = (number * 7 + step) % issues
            files["positions"].append(
                f"  - actor: actor-{number}\n    issue: issue-{issue}\n"
                f"    wants:\n      - {said(f'It wants {step}.')}\n"
                f"    fears:\n      - {said(f'It fears {step}.')}"
            )
    for number in range(issues):
        files["issues"].append(
            f"  - id: issue-{number}\n    name: Issue {number}\n    summary: [{said('It is.')}]\n"
            f"    why: [{said('It matters.')}]\n    questions: [What now?]"
        )
    for name, lines in files.items():
        (pack / f"{name}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return pack
