"""Documents that only the bridge has."""

import pytest

from bridge.harness.errors import NotFound
from bridge.harness.ids import HunkId, Uri
from bridge.surfaces.lsp.review.show import show_hunk
from bridge.surfaces.lsp.review.virtual import MOST_KNOWN, VirtualDocuments, hunk_uri, proposal_uri
from tests.surfaces.lsp.review_fakes import URI, FakeRuntime, a_hunk, connected

pytestmark = pytest.mark.anyio

OTHER = Uri("file:///w/sub/b%20c%23.py")


async def test_a_hunk_is_a_diff() -> None:
    view = a_hunk("h", 3, "a\nb\n", "c\n")
    context, _, _ = connected([view])
    assert hunk_uri(view) == "harness:/hunk/h.diff"
    assert await VirtualDocuments(context).text("harness:/hunk/h.diff") == "- a\n- b\n+ c\n"


async def test_a_proposal_is_the_file_as_it_would_be_under_its_own_name() -> None:
    view = a_hunk("h", 3, uri=OTHER)
    context, runtime, _ = connected([view])
    runtime.texts[OTHER] = "all of it\n"
    assert proposal_uri(view) == "harness:/proposal/h/b%20c%23.py"
    assert await VirtualDocuments(context).text(proposal_uri(view)) == "all of it\n"


async def test_a_new_file_is_shown_whole_and_one_that_goes_is_empty() -> None:
    new, gone = a_hunk("new", 0, "", "x\ny\n", op="create"), a_hunk("gone", 0, "x\n", "", op="delete")
    context, _, _ = connected([new, gone])
    assert hunk_uri(new) == "harness:/proposal/new/a.py"
    assert await VirtualDocuments(context).text(hunk_uri(new)) == "x\ny\n"
    assert await VirtualDocuments(context).text(proposal_uri(gone)) == ""
    assert await VirtualDocuments(context).text(hunk_uri(gone)) == "- x\n"


async def test_a_client_may_write_the_uri_with_an_empty_authority() -> None:
    context, _, _ = connected([a_hunk("h", 3)])
    assert await VirtualDocuments(context).text("harness:///hunk/h.diff") == "- old\n+ new\n"


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "harness:",
        "harness:/hunk/nobody.diff",
        "harness:/proposal/nobody/a.py",
        "harness:/hunk/h",
        "harness:/hunk/h.diff/",
        "harness:/hunk/h.diff\n",
        "harness:/proposal/h",
        "harness:/proposal/h/",
        "harness:/proposal/h/../../etc/passwd",
        "harness://elsewhere/hunk/h.diff",
        "file:///w/a.py",
    ],
)
async def test_there_are_no_other_documents(uri: str) -> None:
    context, runtime, _ = connected([a_hunk("h", 3)])
    runtime.texts[URI] = "x\n"
    with pytest.raises(NotFound):
        await VirtualDocuments(context).text(uri)


async def test_the_proposals_of_a_file_that_were_given_are_known_the_last_ones_of_many() -> None:
    views = [a_hunk(f"h{n}", 2 * n) for n in range(MOST_KNOWN + 20)] + [a_hunk("other", 0, uri=OTHER)]
    context, runtime, _ = connected(views)
    runtime.texts = {URI: "x\n", OTHER: "y\n"}
    documents = VirtualDocuments(context)
    for view in views:
        await documents.text(proposal_uri(view))
        await documents.text(hunk_uri(view))
    await documents.text(proposal_uri(views[30]))
    known = documents.of_file(URI)
    assert len(known) == MOST_KNOWN - 1
    assert known[-1] == proposal_uri(views[30])
    assert documents.of_file(OTHER) == [proposal_uri(views[-1])]


async def test_a_file_whose_session_was_closed_is_none_of_ours() -> None:
    context, runtime, _ = connected([a_hunk("h", 3)])
    runtime.texts[URI] = "x\n"
    documents = VirtualDocuments(context)
    await documents.text("harness:/proposal/h/a.py")
    runtime.views.clear()
    assert documents.of_file(URI) == []


async def test_a_client_that_shows_no_documents_is_told_in_a_message() -> None:
    view = a_hunk("h", 3)
    context, _, outbox = connected([view], runtime=FakeRuntime([view]))
    await show_hunk(context, context.runtime.hunk(HunkId("h"))[1])
    (told,) = outbox.sent
    assert told["method"] == "window/showMessage"
    assert "- old\n+ new" in told["params"]["message"]
