import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from bridge.surfaces.lsp.documents import LiveWorkspace

URI = "file:///a%20b.txt"
# Of one, two, three and four bytes in UTF-8; the last is two units in UTF-16.
LETTERS = "aé€\N{GRINNING FACE}"
UNITS = {"utf-8": (1, 2, 3, 4), "utf-16": (1, 1, 1, 2), "utf-32": (1, 1, 1, 1)}


def opened(text: str, encoding: str = "utf-16") -> LiveWorkspace:
    workspace = LiveWorkspace(None, [], encoding)
    workspace.put_text_document(types.TextDocumentItem(URI, "text", 1, text))
    return workspace


def changed(workspace: LiveWorkspace, start: tuple[int, int], end: tuple[int, int], text: str) -> str:
    span = types.Range(types.Position(*start), types.Position(*end))
    change = types.TextDocumentContentChangePartial(range=span, text=text)
    workspace.update_text_document(types.VersionedTextDocumentIdentifier(version=2, uri=URI), change)
    return str(workspace.get_text_document(URI).source)


def column(text: str, encoding: str) -> int:
    return sum(UNITS[encoding][LETTERS.index(letter)] for letter in text)


@pytest.mark.parametrize("encoding", UNITS)
@given(
    lines=st.lists(st.text(LETTERS, max_size=6), min_size=1, max_size=4),
    end_of_line=st.sampled_from(["\n", "\r\n", "\r"]),
    new=st.text(LETTERS + "\n", max_size=3),
    data=st.data(),
)
def test_an_incremental_change_lands_where_the_client_meant_it(
    encoding: str, lines: list[str], end_of_line: str, new: str, data: st.DataObject
) -> None:
    text = end_of_line.join(lines)
    points = []
    for _ in range(2):
        row = data.draw(st.integers(0, len(lines) - 1))
        points.append((row, data.draw(st.integers(0, len(lines[row])))))
    (row, start), (last, end) = sorted(points)
    offsets = [sum(len(line) + len(end_of_line) for line in lines[:n]) + at for n, at in ((row, start), (last, end))]
    workspace = opened(text, encoding)
    client = [(row, column(lines[row][:start], encoding)), (last, column(lines[last][:end], encoding))]
    assert changed(workspace, client[0], client[1], new) == text[: offsets[0]] + new + text[offsets[1] :]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_a_character_that_only_python_takes_for_a_line_end_is_none(separator: str) -> None:
    assert changed(opened(f"a{separator}b\nc"), (1, 0), (1, 1), "C") == f"a{separator}b\nC"


@pytest.mark.parametrize(
    ("text", "at", "result"),
    [
        ("ab", (0, 99), "abX"),
        ("ab\ncd\n", (0, 99), "abX\ncd\n"),
        ("ab\r\ncd", (0, 99), "abX\r\ncd"),
        ("ab\n", (1, 0), "ab\nX"),
        ("ab\n", (9, 9), "ab\nX"),
        ("", (0, 0), "X"),
        ("", (3, 3), "X"),
    ],
)
def test_a_position_past_the_end_is_the_end(text: str, at: tuple[int, int], result: str) -> None:
    assert changed(opened(text), at, at, "X") == result


def test_a_position_inside_a_surrogate_pair_splits_no_character() -> None:
    assert changed(opened("\N{GRINNING FACE}b"), (0, 1), (0, 1), "X") == "\N{GRINNING FACE}Xb"


def test_a_change_without_a_range_replaces_the_text() -> None:
    workspace = opened("old")
    whole = types.TextDocumentContentChangeWholeDocument(text="new\r\n")
    workspace.update_text_document(types.VersionedTextDocumentIdentifier(version=7, uri=URI), whole)
    document = workspace.get_text_document(URI)
    assert (document.source, document.version) == ("new\r\n", 7)


def test_two_spellings_of_a_uri_are_one_document() -> None:
    assert opened("text").get_text_document("file:///a b.txt").version == 1


@pytest.mark.parametrize("encoding", UNITS)
def test_positions_go_back_to_the_client_in_its_encoding(encoding: str) -> None:
    document = opened(f"\n{LETTERS}x", encoding).get_text_document(URI)
    position = document.client_position_at_offset(1 + len(LETTERS))
    assert (position.line, position.character) == (1, sum(UNITS[encoding]))
