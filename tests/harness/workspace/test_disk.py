"""The disk: what is refused, what is kept, and what stands after a failure."""

import os
import resource
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec

import pytest

from bridge.harness.errors import BridgeError, FileProblem, Stale
from bridge.harness.values.text import Sha
from bridge.harness.workspace.disk.files import SIZE_LIMIT, DiskFiles
from bridge.harness.workspace.disk.walk import contains
from bridge.harness.workspace.text import form_of, sha_bytes
from tests.harness.workspace.child import become_nobody, die_at, in_child

P = ParamSpec("P")
FORM = form_of("")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can")


@pytest.fixture
def files(folder: Path) -> DiskFiles:
    return DiskFiles(folder)


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "f.txt"
    path.write_bytes(b"old\n")
    return path


def put(files: DiskFiles, path: Path, text: str = "new\n", expected: bytes = b"old\n") -> Sha:
    return files.write_text(path, text, FORM, sha_bytes(expected))


def kind_of(call: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> str:
    with pytest.raises(BridgeError) as refused:
        call(*args, **kwargs)
    return refused.value.kind


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ------------------------------------------------------------------------------------------------------------- reading
def test_a_read_gives_text_form_mode_and_the_hash_of_the_bytes(files: DiskFiles, folder: Path) -> None:
    path = folder / "f"
    path.write_bytes(b"\xef\xbb\xbfa\r\n")
    path.chmod(0o640)
    found = files.read_text(path)
    assert (found.text, found.sha) == ("a\r\n", sha_bytes(b"\xef\xbb\xbfa\r\n"))
    assert (found.form.bom, found.form.eol, found.form.mode) == (True, "crlf", 0o640)


def test_a_huge_file_is_refused_by_its_size_alone(files: DiskFiles, folder: Path) -> None:
    path = folder / "huge"
    path.touch()
    os.truncate(path, 100_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert kind_of(files.read_text, path) == "file_too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    os.truncate(path, SIZE_LIMIT + 1)
    assert kind_of(put, files, path) == "file_too_large"


def test_the_limit_is_a_setting(folder: Path, file: Path) -> None:
    assert DiskFiles(folder, limit=4).read_text(file).text == "old\n"
    assert kind_of(DiskFiles(folder, limit=3).read_text, file) == "file_too_large"


def test_binary_missing_and_folder_are_told_apart(files: DiskFiles, folder: Path, file: Path) -> None:
    (folder / "bin").write_bytes(b"\0\1")
    assert kind_of(files.read_text, folder / "bin") == "file_binary"
    assert kind_of(files.read_text, folder / "gone") == "file_missing"
    assert kind_of(files.read_text, folder / "no" / "f") == "file_missing"
    assert kind_of(files.read_text, file / "f") == "file_missing"
    assert kind_of(files.read_text, folder / "a\0b") == "file_missing"
    assert kind_of(files.read_text, folder) == "file_unreadable"


@pytest.mark.timeout(10)
def test_a_pipe_a_socket_and_a_device_are_refused_without_waiting(files: DiskFiles, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "socket"))
    listener.close()
    for path in (folder / "pipe", folder / "socket", Path("/dev/zero")):
        assert kind_of(files.read_text, path) == "file_unreadable"
    assert kind_of(put, files, folder / "pipe") == "file_unreadable"


def test_a_file_without_read_permission_is_unreadable(folder: Path, file: Path) -> None:
    file.chmod(0)

    def read() -> None:
        become_nobody()
        DiskFiles(folder).read_text(file)

    ended = in_child(read)
    assert ended.kind == "file_unreadable"
    assert "Permission denied" in ended.message


def test_a_folder_is_listed_in_order_and_links_are_not_followed(files: DiskFiles, folder: Path, file: Path) -> None:
    (folder / "b").mkdir()
    (folder / "a").symlink_to("b")
    assert [(entry.name, entry.is_dir) for entry in files.list_dir(folder)] == [
        ("a", False),
        ("b", True),
        ("f.txt", False),
    ]
    assert next(iter(files.list_dir(folder / "a")), None) is None
    assert kind_of(list, files.list_dir(file)) == "file_unreadable"
    assert kind_of(list, files.list_dir(folder / "no")) == "file_missing"


def test_something_exists_also_when_a_link_leads_nowhere(files: DiskFiles, folder: Path, file: Path) -> None:
    (folder / "dangling").symlink_to("no")
    (folder / "out").symlink_to("/")
    found = [files.exists(folder / name) for name in ("f.txt", "dangling", "out", "no", "no/f")]
    assert found == [True, True, True, False, False]
    assert (files.stat(file).size, files.stat(folder).is_dir) == (4, True)


# ------------------------------------------------------------------------------------------------------------- writing
def test_a_write_keeps_the_mode_and_answers_the_new_hash(files: DiskFiles, folder: Path, file: Path) -> None:
    file.chmod(0o751)
    assert put(files, file) == sha_bytes(b"new\n")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode), names(folder)) == (b"new\n", 0o751, ["f.txt"])


def test_other_bytes_than_expected_are_stale_and_stay(files: DiskFiles, file: Path) -> None:
    status = file.stat()
    assert kind_of(put, files, file, expected=b"other\n") == "stale"
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (b"old\n", status.st_mtime_ns)


def test_a_file_that_vanished_is_missing_and_not_made_again(files: DiskFiles, folder: Path, file: Path) -> None:
    file.unlink()
    assert kind_of(put, files, file) == "file_missing"
    assert names(folder) == []


def test_a_new_file_gets_its_folders_and_what_the_umask_leaves(files: DiskFiles, folder: Path) -> None:
    path = folder / "a" / "b" / "f"
    files.write_text(path, "x\n", FORM, None)
    umask = os.umask(0)
    os.umask(umask)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"x\n", 0o666 & ~umask)
    assert path.stat().st_nlink == 1
    assert names(path.parent) == ["f"]
    files.write_text(folder / "run", "x\n", form_of("", mode=0o755), None)
    assert stat.S_IMODE((folder / "run").stat().st_mode) == 0o755


def test_creating_what_exists_is_stale(files: DiskFiles, folder: Path, file: Path) -> None:
    with pytest.raises(Stale, match="exists already"):
        files.write_text(file, "x\n", FORM, None)
    assert (file.read_bytes(), names(folder)) == (b"old\n", ["f.txt"])


def test_a_removal_needs_the_expected_bytes(files: DiskFiles, folder: Path, file: Path) -> None:
    assert kind_of(files.remove, file, sha_bytes(b"other")) == "stale"
    files.remove(file, sha_bytes(b"old\n"))
    assert names(folder) == []


def test_a_link_is_kept_and_its_target_written(files: DiskFiles, folder: Path, file: Path) -> None:
    (folder / "d").mkdir()
    (folder / "d" / "link").symlink_to("../f.txt")
    (folder / "e").symlink_to(folder / "d")
    put(files, folder / "e" / "link")
    assert file.read_bytes() == b"new\n"
    assert (folder / "d" / "link").is_symlink()
    assert names(folder / "d") == ["link"]


def test_all_names_of_a_file_see_a_write_and_no_backup_is_left(files: DiskFiles, folder: Path, file: Path) -> None:
    os.link(file, folder / "other")
    inode = file.stat().st_ino
    put(files, file, "a much longer text\n")
    put(files, file, "n\n", b"a much longer text\n")
    assert ((folder / "other").read_bytes(), file.stat().st_ino) == (b"n\n", inode)
    assert names(folder) == ["f.txt", "other"]


@AS_ROOT
def test_a_file_of_another_owner_that_we_may_write_keeps_its_owner(folder: Path, file: Path) -> None:
    file.chmod(0o666)

    def write() -> None:
        become_nobody()
        put(DiskFiles(folder), file)

    assert in_child(write).kind == ""
    assert (file.read_bytes(), file.stat().st_uid, stat.S_IMODE(file.stat().st_mode)) == (b"new\n", 0, 0o666)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_extended_attributes_are_kept(files: DiskFiles, file: Path) -> None:
    try:
        os.setxattr(file, "user.note", b"kept")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    put(files, file)
    assert os.getxattr(file, "user.note") == b"kept"


@pytest.mark.parametrize("mode", [0o444, 0o555])
def test_a_read_only_file_stays_as_it_is_for_root_too(files: DiskFiles, folder: Path, file: Path, mode: int) -> None:
    file.chmod(mode)
    assert kind_of(put, files, file) == "read_only"
    assert kind_of(files.remove, file, sha_bytes(b"old\n")) == "read_only"
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode), names(folder)) == (b"old\n", mode, ["f.txt"])


def test_nothing_is_made_in_a_read_only_folder(folder: Path, file: Path) -> None:
    folder.chmod(0o555)

    def create() -> None:
        become_nobody()
        DiskFiles(folder).write_text(folder / "new", "x", FORM, None)

    assert in_child(create).kind == "read_only"
    assert names(folder) == ["f.txt"]


# -------------------------------------------------------------------------------------------------------------- faults
@pytest.mark.parametrize("linked", [False, True], ids=["one name", "two names"])
@pytest.mark.parametrize("limit", [0, 1, 4, 5000])
def test_a_full_disk_leaves_the_old_bytes(folder: Path, file: Path, limit: int, linked: bool) -> None:
    if linked:
        os.link(file, folder / "other")

    def write() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        put(DiskFiles(folder), file, "new\n" * 5000)

    ended = in_child(write)
    assert (ended.kind, file.read_bytes()) == ("disk_full", b"old\n")
    assert not [name for name in names(folder) if name.startswith(".")]


def test_a_full_disk_leaves_no_new_file(folder: Path) -> None:
    def create() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))
        DiskFiles(folder).write_text(folder / "new", "xyz", FORM, None)

    assert (in_child(create).kind, names(folder)) == ("disk_full", [])


@pytest.mark.parametrize("event", ["os.rename", "os.link"])
def test_what_a_killed_writer_left_is_removed_by_the_next_write(folder: Path, file: Path, event: str) -> None:
    def write() -> None:
        die_at(event)
        put(DiskFiles(folder), file)
        DiskFiles(folder).write_text(folder / "new", "x", FORM, None)

    assert in_child(write).signal == signal.SIGKILL
    (left,) = [name for name in names(folder) if name.startswith(".harness-")]
    assert left.endswith(".tmp")
    put(DiskFiles(folder), file, "later\n", file.read_bytes())
    assert names(folder) == ["f.txt"]


HOLD = """
import sys
from bridge.harness.workspace.disk.temporary import make_temporary
print(make_temporary(None, sys.argv[1]).name, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_writer(folder: Path) -> Iterator[Path]:
    """The temporary file of another process that is writing in the folder right now."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Path(process.stdout.readline().strip())
        process.communicate("")


def test_a_temporary_file_of_a_living_writer_is_left_alone(files: DiskFiles, file: Path, other_writer: Path) -> None:
    put(files, file)
    assert other_writer.exists()


def test_a_file_that_is_replaced_during_the_write_is_stale(folder: Path, file: Path) -> None:
    """The other program writes between our look at the bytes and our rename: at the sync of the temporary file."""
    seen: list[str] = []

    def race(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and ".harness-" in str(arguments[0]) and not seen:
            seen.append(event)
            file.write_bytes(b"theirs\n")

    def write() -> None:
        sys.addaudithook(race)
        put(DiskFiles(folder), file)

    assert in_child(write).kind == "stale"
    assert (file.read_bytes(), names(folder)) == (b"theirs\n", ["f.txt"])


# ------------------------------------------------------------------------------------------------------------ boundary
@pytest.mark.parametrize(
    ("root", "path", "inside"),
    [
        ("/w", "/w", True),
        ("/w", "/w/a/b", True),
        ("/w", "/wide/a", False),
        ("/w", "/w-old", False),
        ("/w", "/w/../x", False),
        ("/w", "/", False),
    ],
)
def test_containment_goes_by_components(root: str, path: str, inside: bool) -> None:
    assert contains(Path(root), Path(path)) is inside


@pytest.fixture
def outside(folder: Path) -> Path:
    path = folder.parent / "outside"
    path.mkdir()
    (path / "f.txt").write_bytes(b"old\n")
    return path


@pytest.mark.parametrize("target", ["../outside", "{outside}", "d/../../outside"])
def test_a_link_that_leads_out_is_refused_for_reading_and_writing(
    files: DiskFiles, folder: Path, outside: Path, target: str
) -> None:
    (folder / "d").mkdir()
    (folder / "out").symlink_to(target.format(outside=outside))
    (folder / "leaf").symlink_to(outside / "f.txt")
    (folder / "new").symlink_to(outside / "new")
    for path in (folder / "out" / "f.txt", folder / "leaf"):
        assert kind_of(files.read_text, path) == "outside_workspace"
        assert kind_of(put, files, path) == "outside_workspace"
        assert kind_of(files.remove, path, sha_bytes(b"old\n")) == "outside_workspace"
    for path in (folder / "new", folder / "out" / "new"):
        assert kind_of(files.write_text, path, "x", FORM, None) == "outside_workspace"
    assert ((outside / "f.txt").read_bytes(), names(outside)) == (b"old\n", ["f.txt"])


def test_a_path_outside_by_its_own_name_can_be_read_and_never_written(
    files: DiskFiles, folder: Path, outside: Path
) -> None:
    assert files.read_text(outside / "f.txt").text == "old\n"
    for path in (outside / "f.txt", folder / ".." / "outside" / "f.txt"):
        assert kind_of(put, files, path) == "outside_workspace"


def test_links_in_a_circle_are_refused(files: DiskFiles, folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    assert kind_of(files.read_text, folder / "a") == "file_unreadable"


def test_a_workspace_named_through_a_link_is_the_same_one(folder: Path, file: Path) -> None:
    alias = folder.parent / "alias"
    alias.symlink_to(folder)
    files = DiskFiles(alias)
    put(files, alias / "f.txt")
    assert files.read_text(folder / "f.txt").text == "new\n"
    (folder / "link").symlink_to(folder / "f.txt")
    assert files.read_text(alias / "link").text == "new\n"


def test_a_folder_swapped_for_a_link_after_the_path_was_judged_is_not_followed(folder: Path, outside: Path) -> None:
    """The swap comes at the last moment: when the folder is opened."""
    (folder / "d").mkdir()
    (folder / "d" / "f.txt").write_bytes(b"old\n")

    def swap(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and arguments[0] == "d":
            (folder / "d").rename(folder / "was")
            (folder / "d").symlink_to(outside)

    def write() -> None:
        sys.addaudithook(swap)
        put(DiskFiles(folder), folder / "d" / "f.txt")

    assert in_child(write).kind in ("file_missing", "outside_workspace")
    assert ((outside / "f.txt").read_bytes(), (folder / "was" / "f.txt").read_bytes()) == (b"old\n", b"old\n")


def test_problems_say_what_and_where(files: DiskFiles, folder: Path) -> None:
    with pytest.raises(FileProblem) as refused:
        files.read_text(folder / "gone")
    assert refused.value.path == str(folder / "gone")
    assert refused.value.message.startswith(f"{folder / 'gone'}: ")
    assert refused.value.hint
