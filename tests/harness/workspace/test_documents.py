"""The open documents, and who hears of their changes."""

from bridge.harness.ids import Uri
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.text import TextChange
from bridge.harness.workspace.documents import DocumentEvent, Documents

URI = Uri("file:///a.txt")


def document(version: int, text: str) -> OpenDocument:
    return OpenDocument(URI, version, text)


def test_listeners_hear_each_change_at_once_in_the_order_in_which_they_came() -> None:
    documents, heard = Documents(), list[tuple[str, DocumentEvent]]()
    documents.listen(lambda event: heard.append(("first", event)))
    documents.listen(lambda event: heard.append(("second", event)))
    one, two, typed = document(1, "a"), document(2, "ab"), [TextChange(1, 1, "b")]
    documents.opened(one)
    documents.changed(two, typed)
    documents.closed(URI)
    events = [
        DocumentEvent(URI, None, one, None),
        DocumentEvent(URI, one, two, typed),
        DocumentEvent(URI, two, None, None),
    ]
    assert heard == [(who, event) for event in events for who in ("first", "second")]


def test_a_listener_sees_the_new_text_when_it_is_told() -> None:
    documents, seen = Documents(), list[str]()
    documents.listen(lambda event: seen.append(found.text if (found := documents.get(event.uri)) else "closed"))
    documents.opened(document(1, "a"))
    documents.changed(document(2, "ab"), None)
    documents.closed(URI)
    assert seen == ["a", "ab", "closed"]


def test_one_that_stops_listening_hears_no_more_and_the_others_still_do() -> None:
    documents, heard = Documents(), list[str]()
    stop = documents.listen(lambda _: heard.append("first"))

    def second(_: DocumentEvent) -> None:
        heard.append("second")
        if len(heard) == 2:
            stop()

    documents.listen(second)
    documents.opened(document(1, "a"))
    documents.changed(document(2, "b"), None)
    assert heard == ["first", "second", "second"]


def test_closing_twice_and_opening_anew_are_no_errors() -> None:
    documents = Documents()
    documents.closed(URI)
    documents.opened(document(1, "a"))
    documents.opened(document(1, "b"))
    assert [found.text for found in documents.all()] == ["b"]
    documents.closed(URI)
    documents.closed(URI)
    assert documents.all() == ()
