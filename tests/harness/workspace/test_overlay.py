"""All texts that stand before the disk's: open documents, and closed files with pending work of the session's own."""

from pathlib import Path

import pytest

from bridge.harness.values.documents import OpenDocument
from bridge.harness.workspace.disk.files import DiskFiles
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.uris import to_uri
from bridge.harness.workspace.workspace import Workspace
from tests.support.review_desk import Desk, ids_of, swap

pytestmark = pytest.mark.anyio


def desk_in(root: Path) -> Desk:
    root.mkdir(exist_ok=True)
    for name in ("closed.py", "opened.py", "other.py"):
        (root / name).write_bytes(b"one\r\ntwo\r\n")
    return Desk(files=DiskFiles(root), root=root)


async def test_pending_work_counts_while_it_is_pending(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    desk.editor.open(desk.uri("opened.py"), "one\r\ntwo\r\n")
    async with desk.running():
        assert await desk.workspace.overlay() == {"opened.py": "one\r\ntwo\r\n"}
        first = await desk.propose({name: swap("one", "1") for name in ("closed.py", "opened.py")})
        second = await desk.propose({"closed.py": swap("two", "2")})
        pending = {"opened.py": "1\r\ntwo\r\n", "closed.py": "1\r\n2\r\n"}
        assert await desk.workspace.overlay() == pending
        await desk.decide(ids_of(second), "rejected")
        assert await desk.workspace.overlay() == {**pending, "closed.py": "1\r\ntwo\r\n"}
        await desk.accept(ids_of(first))
        assert await desk.workspace.overlay() == {"opened.py": "1\r\ntwo\r\n"}
        assert (tmp_path / "closed.py").read_bytes() == b"1\r\ntwo\r\n"


async def test_files_that_are_not_there_yet_or_any_more_have_no_text(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    async with desk.running():
        await desk.create("new.py", "x")
        await desk.propose({"closed.py": swap("one", "1")})
        (tmp_path / "closed.py").unlink()
        assert await desk.workspace.overlay() == {}


async def test_a_file_has_its_own_name_and_what_lies_outside_none(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to("real")
    (tmp_path / "out.py").touch()
    (tmp_path / "real/a.py").touch()
    (tmp_path / "real/link.py").symlink_to("a.py")
    (tmp_path / "real/out.py").symlink_to("../out.py")
    documents = Documents()
    workspace = Workspace(tmp_path / "root", DiskFiles(tmp_path / "root"), documents)
    for name in ("root/link.py", "root/out.py", "out.py", "real/b.py"):
        documents.opened(OpenDocument(to_uri(tmp_path / name), 1, name))
    assert await workspace.overlay() == {"a.py": "root/link.py", "b.py": "real/b.py"}
