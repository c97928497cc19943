from datetime import UTC, datetime

import pytest

from bot.polls.export.archive import Archive, Cell, Form, Row, Table, TooLargeError, csv_cell
from tests.exports import Unzipped, unzipped

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = Table("things", "Things.", (("name", "What it is."), ("size", "How large.")))


def written(*rows: Row) -> Unzipped:
    with Archive(NOW, 10_000) as archive:
        for form in Form:
            archive.begin(TABLE, form)
            archive.add(rows[:1])
            archive.add(rows[1:])
        return unzipped(archive.close())


@pytest.mark.parametrize(
    "typed", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1", "\r=1", "\nno", "＝1+1", "＠a"]
)
def test_text_that_a_spreadsheet_would_run_is_neutralised_in_csv_alone(typed: str) -> None:
    found = written((typed, 1))
    assert found.csv("things") == [{"name": f"'{typed}", "size": "1"}]
    assert found.json("things") == [{"name": typed, "size": 1}]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [(-12.5, -12.5), (-3, -3), (None, None), (True, "true"), ("a=b", "a=b"), ("", "")],
)
def test_numbers_and_harmless_text_stay_as_they_are(cell: Cell, shown: object) -> None:
    assert csv_cell(cell) == shown


def test_line_breaks_quotes_and_korean_come_back_as_they_were_typed() -> None:
    typed = 'Line "one", 시원\nline two\r\nline three;'
    found = written((typed, 1), ("plain", 2))
    for rows in (found.csv("things"), found.json("things")):
        assert [row["name"] for row in rows] == [typed, "plain"]
    raw = found.files["csv/things.csv"]
    assert raw.startswith(b"\xef\xbb\xbfname,size\r\n")
    assert raw.count(b"\xef\xbb\xbf") == 1
    assert not found.files["json/things.json"].startswith(b"\xef\xbb\xbf")


def test_a_table_without_rows_is_an_empty_list_and_a_heading() -> None:
    found = written()
    assert found.json("things") == []
    assert found.files["csv/things.csv"].decode("utf-8-sig") == "name,size\r\n"


def test_an_archive_over_its_limit_stops_and_leaves_nothing_open() -> None:
    rows = ((str(number * 7919), number) for number in range(100_000))
    with Archive(NOW, 100) as archive:
        archive.begin(TABLE, Form.CSV)
        with pytest.raises(TooLargeError):
            archive.add(rows)
