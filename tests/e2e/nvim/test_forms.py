"""Line ends, byte order marks, encodings: outside the accepted hunks every byte is as it was, inside as approved."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.nvim.scripts import edit, step
from tests.support.nvim import Neovim, Place
from tests.support.nvim_tiers import CLIENT, TIERS, Tier

pytestmark = pytest.mark.nvim


@dataclass(frozen=True)
class Form:
    """A file, one replacement, and the bytes that should stand after it; `saved` where Neovim's `:w` adds to them."""

    name: str
    before: bytes
    old: str
    new: str
    after: bytes
    saved: bytes | None = None


FORMS = (
    Form("crlf", b"one\r\ntwo\r\nthree\r\n", "two\n", "TWO\nand\n", b"one\r\nTWO\r\nand\r\nthree\r\n"),
    Form("bom", b"\xef\xbb\xbfone\ntwo\n", "one\n", "ONE\n", b"\xef\xbb\xbfONE\ntwo\n"),
    Form("bom-crlf", b"\xef\xbb\xbfone\r\ntwo\r\n", "two\n", "TWO\n", b"\xef\xbb\xbfone\r\nTWO\r\n"),
    Form("no-final-newline", b"one\ntwo\nthree", "two\n", "TWO\n", b"one\nTWO\nthree", b"one\nTWO\nthree\n"),
    Form("last-line-without-newline", b"one\ntwo", "two", "TWO", b"one\nTWO", b"one\nTWO\n"),
    Form("latin-1", b"caf\xe9\ntwo\n", "two\n", "d\u00e9j\u00e0\n", b"caf\xe9\nd\xe9j\xe0\n"),
    Form(
        "astral",
        "a = '😀'; b = 1\nx = '🎉🎉'\n".encode(),
        "x = '🎉🎉'\n",
        "x = '🎉'  # 𝔘\n",
        "a = '😀'; b = 1\nx = '🎉'  # 𝔘\n".encode(),
    ),
    Form("combining", "e\u0301a\n\u2028two\n".encode(), "e\u0301a\n", "e\u0301b\n", "e\u0301b\n\u2028two\n".encode()),
    Form("mixed-one-line", b"one\r\ntwo\nthree\r\nfour\n", "three", "THREE", b"one\r\ntwo\nTHREE\r\nfour\n"),
    Form("empty-lines", b"\n\none\n\n\n", "one\n", "", b"\n\n\n\n"),
    Form("tabs-and-controls", b"\tone\x0b\x0c\n\x1b[31mtwo\n", "two\n", "TWO\n", b"\tone\x0b\x0c\n\x1b[31mTWO\n"),
)

every_form = pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])


def proposed(nvim: Neovim, place: Place, form: Form) -> Path:
    """The change, proposed and on the screen."""
    path = place.file("b.txt", form.before)
    place.play(step(edit("b.txt", (form.old, form.new))), step(say="Done."))
    return path


@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.name)
@every_form
def test_a_hunk_accepted_in_an_open_buffer_is_exact_when_saved(
    nvim: Neovim, place: Place, tier: Tier, form: Form
) -> None:
    path = proposed(nvim, place, form)
    nvim.edit(path)
    nvim.run("harness.prompt", text="go")
    tier.accept(nvim, nvim.hunks(1)[0])
    nvim.ended()
    assert "accepted and applied" in place.results()[0]
    if tier is not CLIENT:  # a file without unsaved changes stays so where the client can be asked to save
        assert path.read_bytes() == form.before
        nvim.command("write")
    assert path.read_bytes() == (form.saved or form.after)


@every_form
def test_a_hunk_accepted_in_a_closed_file_is_exact_on_disk(nvim: Neovim, place: Place, form: Form) -> None:
    path = proposed(nvim, place, form)
    nvim.edit(place.file("a.txt", "here\n"))
    nvim.run("harness.prompt", text="go")
    nvim.hunks(1, path)
    nvim.run("harness.acceptFile", uri=path.as_uri())
    nvim.ended()
    assert "accepted and applied" in place.results()[0]
    assert path.read_bytes() == form.after


def test_the_newline_that_saving_adds_is_no_change_of_the_persons(nvim: Neovim, place: Place) -> None:
    path = place.file("b.txt", b"one\ntwo\nthree")
    place.play(step(edit("b.txt", ("one\n", "ONE\n"), ("three", "THREE"))), step(say="Done."))
    nvim.edit(path)
    nvim.run("harness.prompt", text="go")
    nvim.hunks(2)
    nvim.go(0)
    nvim.act("Accept hunk 1/2")
    nvim.placed(1)
    nvim.command("write")
    assert path.read_bytes() == b"ONE\ntwo\nthree\n"
    nvim.go(2)
    offered = nvim.act("Accept hunk 2/2")
    assert not [title for title in offered if title.startswith("Dismiss")]
    nvim.ended()
    nvim.command("write")
    assert path.read_bytes() == b"ONE\ntwo\nTHREE\n"
    assert [row["placement"] for row in place.records("Placed")] == ["present", "present"]


def test_lines_added_to_a_file_with_mixed_line_ends_are_exact_or_said_not_to_be(nvim: Neovim, place: Place) -> None:
    """Neovim reads such a file as `unix`, with the carriage returns as text, and takes them out of what is inserted."""
    before = b"one\r\ntwo\nthree\r\nfour\n"
    path = place.file("b.txt", before)
    place.play(step(edit("b.txt", ("three\r\n", "three\r\nadded\r\n"))), step(say="Done."))
    nvim.edit(path)
    nvim.run("harness.prompt", text="go")
    nvim.hunks(1)
    nvim.run("harness.acceptFile", uri=path.as_uri())
    nvim.says("Look at the file")
    nvim.ended()
    assert place.records("Placed")[-1]["placement"] == "unverified"
    assert "could not be confirmed" in place.results()[0]
    nvim.command("write")
    assert path.read_bytes() == b"one\r\ntwo\nthree\r\nadded\nfour\n"


def test_lines_added_to_a_closed_file_with_mixed_line_ends_are_exact(nvim: Neovim, place: Place) -> None:
    path = place.file("b.txt", b"one\r\ntwo\nthree\r\nfour\n")
    place.play(step(edit("b.txt", ("three\r\n", "three\r\nadded\r\n"))), step(say="Done."))
    nvim.edit(place.file("a.txt", "here\n"))
    nvim.run("harness.prompt", text="go")
    nvim.hunks(1, path)
    nvim.run("harness.acceptFile", uri=path.as_uri())
    nvim.ended()
    assert path.read_bytes() == b"one\r\ntwo\nthree\r\nadded\r\nfour\n"
