"""Offsets to an editor's positions, and what becomes of its answers to an edit."""

from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.ids import Uri
from bridge.harness.ports.editor import DocumentEdit, EditReply
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.spans import Encoding, LineIndex
from bridge.surfaces.lsp.editor import LspEditor, to_range
from bridge.surfaces.lsp.jsonrpc import Response
from bridge.surfaces.lsp.peer import Peer
from tests.surfaces.lsp.fakes import FakeOutbox

URI = Uri("file:///w/a.py")
ASTRAL = "x\N{GRINNING FACE}é\r\ny\n"
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", 7), ("utf-16", 4), ("utf-32", 3)])
def test_columns_are_counted_in_the_units_of_the_encoding(encoding: Encoding, end: int) -> None:
    found = to_range(LineIndex(ASTRAL), 0, ASTRAL.index("\r"), encoding)
    assert found == {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": end}}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_end_of_the_text_is_a_position(encoding: Encoding) -> None:
    assert to_range(LineIndex(ASTRAL), len(ASTRAL), len(ASTRAL), encoding)["start"] == {"line": 2, "character": 0}
    assert to_range(LineIndex("é"), 1, 1, encoding)["start"]["line"] == 0
    assert to_range(LineIndex(""), 0, 0, encoding)["start"] == {"line": 0, "character": 0}


@given(st.text(alphabet="aé\N{GRINNING FACE}世\r\n", max_size=40), st.sampled_from(ENCODINGS), st.data())
def test_a_position_leads_back_to_its_offset(text: str, encoding: Encoding, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    index = LineIndex(text)
    line, character = index.position(offset, encoding)
    codec, width = CODECS[encoding]
    start = index.offset_of_line(line)
    if text[offset - 1 : offset + 1] == "\r\n":
        assert index.offset(line, character, encoding) == offset - 1  # inside a line end: the end of its line
    else:
        assert index.offset(line, character, encoding) == offset
        assert character == len(text[start:offset].encode(codec)) // width


async def sent(editor: LspEditor, outbox: FakeOutbox, peer: Peer, edit: DocumentEdit, reply: Response) -> Any:
    """Apply, answer; (what was sent, what came of it)."""
    came: list[EditReply] = []

    async def apply() -> None:
        came.append(await editor.apply(edit))

    async with anyio.create_task_group() as group:
        group.start_soon(apply)
        (request,) = await outbox.until(1)
        peer.deliver(Response(request["id"], reply.result, reply.error, reply.fault))
    return request["params"], came[0]


def parts(name: str = "") -> tuple[LspEditor, FakeOutbox, Peer]:
    outbox = FakeOutbox()
    peer = Peer(outbox)
    editor = LspEditor(peer)
    editor.know(name, "utf-16")
    return editor, outbox, peer


def edit_of(text: str, change: TextChange, version: int = 4) -> DocumentEdit:
    return DocumentEdit(URI, version, text, (change,), "a label")


@pytest.mark.anyio
async def test_an_edit_is_one_versioned_document_change_in_the_clients_spelling() -> None:
    editor, outbox, peer = parts()
    editor.spell(URI, "file:///w/a%2Epy")
    params, reply = await sent(
        editor, outbox, peer, edit_of("a\nb\n", TextChange(2, 4, "B\n")), Response("", {"applied": True})
    )
    (change,) = params["edit"]["documentChanges"]
    assert set(params) == {"edit"}
    assert change["textDocument"] == {"uri": "file:///w/a%2Epy", "version": 4}
    assert change["edits"] == [
        {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}, "newText": "B\n"}
    ]
    assert reply == EditReply(applied=True)


@pytest.mark.anyio
async def test_in_a_text_of_mixed_line_ends_only_what_differs_is_replaced() -> None:
    editor, outbox, peer = parts()
    text = "a\r\nb\nc\r\n"
    params, _ = await sent(editor, outbox, peer, edit_of(text, TextChange(0, 8, "a\r\nB\nc\r\n")), Response("", None))
    (edit,) = params["edit"]["documentChanges"][0]["edits"]
    assert edit == {
        "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 1}},
        "newText": "B",
    }


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "version"), [("Neovim", 1), ("", 0), ("Other", 0)])
async def test_only_for_an_editor_that_does_not_check_version_0_it_is_raised(name: str, version: int) -> None:
    editor, outbox, peer = parts(name)
    params, _ = await sent(editor, outbox, peer, edit_of("a\n", TextChange(0, 2, "b\n"), 0), Response("", None))
    assert params["edit"]["documentChanges"][0]["textDocument"]["version"] == version


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Response("", {"applied": False, "failureReason": "it is closed"}), "it is closed"),
        (Response("", {"applied": False}), ""),
        (Response("", {}), ""),
        (Response("", {"applied": "yes"}), ""),
        (Response("", {"applied": 1}), ""),
        (Response("", None), "the editor's answer was malformed"),
        (Response("", [True]), "the editor's answer was malformed"),
        (Response("", error={"code": -32601, "message": "no such method"}), "no such method (-32601)"),
        (Response("", fault="both a result and an error"), "malformed answer: both a result and an error (-32603)"),
    ],
)
async def test_whatever_is_no_clear_yes_is_not_applied(reply: Response, reason: str) -> None:
    editor, outbox, peer = parts()
    _, came = await sent(editor, outbox, peer, edit_of("a\n", TextChange(0, 2, "b\n")), reply)
    assert came == EditReply(applied=False, reason=reason)
