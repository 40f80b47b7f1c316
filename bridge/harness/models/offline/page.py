"""Help, made from the grammar: a page of the documentation, the text of `--help`, what is said in a conversation."""

import re

from bridge.harness.models.offline.grammar import FORMS

PAGE = "docs/offline.md"
"""Where the page is, from the project's root."""

TALK = frozenset({"help", "greeting", "rename_back", "undo", "again", "dismissal"})
"""Kinds that no refactoring is asked for with."""

READY = "Say `help` for all that I understand."

_SAMPLE = re.compile(r"(?<![\w.])(?:sub)?total(?![\w.])")
"""The name in the examples that another can stand for."""

_HEAD = """\
# The offline engine

<!-- Written by scripts/gen.py from the grammar in bridge/harness/models/offline; edit that. -->

Without a model, and without a network, harness-bridge understands requests in plain English for the refactorings
below. It plans the same tool calls as a model would: it looks, proposes a change, you decide hunk by hunk, it reports.
It costs nothing.

Wording is free within limits: politeness, articles, word order and small slips of the pen don't matter, names may stand
in backticks, in quotes or bare, and several requests may follow each other (`rename a to b and then organise imports of
x.py`). **A request is acted on only if every word of it is understood.** Anything else is asked back: conditions,
exceptions (`except in tests`), questions (`how do I rename …?`). To leave out a part of a change, reject its hunks.

- `this` is what is at your cursor, or your selection; `it` is what was dealt with last.
- Of several definitions the one at your cursor, or in the file that you are in, is taken. Otherwise you are asked:
  answer with a number, a file, or a name.
- `Class.method`, `module.function`, `total of Basket`, `Basket's total` and `total in basket.py` say which one.
"""

_REST = """\
## What it does not do

Write or explain code, fix bugs, change text that no rule of the language decides.
"""


def page(setup: str) -> str:
    """The documentation's page. `setup` says which other models there are."""
    parts = [_HEAD]
    for form in FORMS:
        if form.kind in TALK:
            continue
        rows = "\n".join(f"- {_code(text)}" for text, _ in form.examples)
        needs = f"\n{form.needs}\n" if form.needs else ""
        parts.append(f"## {form.title}\n\n{form.help}\n{needs}\n{rows}\n")
    talk = "\n".join(f"- {_code(form.examples[0][0])}: {_lower(form.help)}" for form in FORMS if form.kind in TALK)
    parts += [f"## In a conversation\n\n{talk}\n", f"{_REST}\n{setup}\n"]
    return "\n".join(parts)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def help_text() -> str:
    """A few lines for a terminal: one example of each kind."""
    rows = [f"  {form.examples[0][0]}" for form in FORMS if form.kind not in TALK]
    return "without a model the offline engine understands requests such as:\n" + "\n".join(rows)


def told(name: str = "") -> str:
    """What can be asked, with a name that is at hand in the examples."""
    rows = [f"- {with_name(form.examples[0][0], name)}" for form in FORMS if form.kind not in TALK]
    return "I refactor without a model. You can say, for example:\n" + "\n".join(rows)


def with_name(text: str, name: str) -> str:
    """An example, with a name that is at hand in the place of its own."""
    return _SAMPLE.sub(lambda _: name, text) if name else text
