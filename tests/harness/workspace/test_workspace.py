"""Where a path leads, whether it is inside, and what is read there."""

from pathlib import Path

import pytest

from bridge.harness.errors import FileProblem
from bridge.harness.values.documents import OpenDocument
from bridge.harness.workspace.disk.files import DiskFiles
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.uris import to_uri
from bridge.harness.workspace.workspace import Workspace
from tests.support.review_desk import Desk, ids_of, swap

pytestmark = pytest.mark.anyio


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a file, links, and a neighbour whose name begins alike."""
    root = tmp_path / "work"
    (root / "src").mkdir(parents=True)
    (root / "src/a.txt").write_text("on disk\n")
    (tmp_path / "work-too").mkdir()
    (tmp_path / "work-too/secret.txt").write_text("secret\n")
    (root / "out").symlink_to(tmp_path / "work-too")
    (root / "alias.txt").symlink_to("src/a.txt")
    (root / "loop").symlink_to("loop")
    return root


def workspace(root: Path, documents: Documents | None = None) -> Workspace:
    return Workspace(root, DiskFiles(root), documents or Documents())


@pytest.mark.parametrize(
    "path", ["src/a.txt", "./src//a.txt", "src/../src/a.txt", "alias.txt", "src/new/deep.txt", "A.TXT", ".", "~/x"]
)
def test_a_path_inside_is_inside_however_it_is_written(root: Path, path: str) -> None:
    for named in (path, str(root / path), to_uri(root / path)):
        assert workspace(root).locate(named).inside


@pytest.mark.parametrize(
    "path",
    ["..", "../work-too/secret.txt", "src/../../work-too/x", "out/secret.txt", "out/new.txt", "/etc/passwd",
     "file:///etc/passwd", "//etc/passwd", "src/../../../etc/passwd"],
)  # fmt: skip
def test_a_path_that_leads_out_is_outside_through_dots_links_and_like_names(root: Path, path: str) -> None:
    assert not workspace(root).locate(path).inside


@pytest.mark.parametrize(
    "path", ["", "a\0b", "file:///a%00b", "http://example.org/a", "file:", "\ud800.txt", "loop", "x" * 5000],
)  # fmt: skip
def test_what_is_no_path_is_refused_in_our_words_or_found_missing(root: Path, path: str) -> None:
    there = workspace(root)
    with pytest.raises(FileProblem):
        there._files.read_text(there.locate(path).path)


async def test_two_slashes_at_the_start_name_the_same_file(root: Path) -> None:
    place = workspace(root).locate(f"/{root}/src/a.txt")
    assert (place.path, place.inside) == (root / "src/a.txt", True)


async def test_a_root_named_through_a_link_is_the_same_workspace(root: Path, tmp_path: Path) -> None:
    named = tmp_path / "named"
    named.symlink_to(root)
    there = workspace(named)
    for path in ("src/a.txt", str(root / "src/a.txt"), str(named / "src/a.txt")):
        assert there.locate(path).inside
        assert (await there.read(there.locate(path))).text == "on disk\n"


@pytest.mark.parametrize(("opened", "asked"), [("src/a.txt", "alias.txt"), ("alias.txt", "src/a.txt")])
async def test_a_buffer_comes_before_the_disk_by_whatever_name_it_is_asked_for(
    root: Path, opened: str, asked: str
) -> None:
    desk = Desk(files=DiskFiles(root), root=root)
    async with desk.running():
        desk.editor.open(desk.uri(opened), "unsaved\n")
        hunks = ids_of(await desk.propose({asked: swap("unsaved\n", "better\n")}))
        assert (await desk.accept(hunks))[0].outcome == "present"
        assert desk.editor.text(desk.uri(opened)) == "better\n"
        assert (root / "src/a.txt").read_text() == "on disk\n"


async def test_reads_show_the_buffer_with_pending_work_and_keep_what_stands_below_it(root: Path) -> None:
    async with Desk(files=DiskFiles(root), root=root).running() as desk:
        await desk.propose({"src/a.txt": swap("on disk\n", "on disk\npending\n")})
        place = desk.workspace.locate("src/a.txt")
        closed = await desk.workspace.read(place)
        assert (closed.base, closed.text, closed.source.kind) == ("on disk\n", "on disk\npending\n", "disk")
        desk.editor.open(place.uri, "unsaved\non disk\n")
        opened = await desk.workspace.read(place)
        assert (opened.text, opened.source.kind) == ("unsaved\non disk\npending\n", "buffer")
        assert [text.text for _, text in desk.workspace.buffers()] == [opened.text]


async def test_a_folder_lists_buffers_that_are_not_on_disk_yet(root: Path) -> None:
    documents = Documents()
    there = workspace(root, documents)
    documents.opened(OpenDocument(to_uri(root / "src/new.txt"), 1, "new\n"))
    assert [entry.name for entry in await there.list_dir(there.locate("src"))] == ["a.txt", "new.txt"]
    assert await there.exists(there.locate("src/new.txt"))
    assert not await there.exists(there.locate("src/none.txt"))
