"""The texts of the demo's project. `<<word>>` stands for a word of the theme or a function's name, see `sample`.

`<<it>>` is the function that is to be renamed, whichever of the three that is; `<<same>>` has the same name and is
something else. What follows a colon is the kind of place where that is not code. `<<here>>` is where a person types.
"""

from collections.abc import Mapping

README = """\
# <<package>>

Keeps the <<things>> of a small <<package>>, and says what they come to.
"""

INIT = '''\
"""The <<package>>: its <<things>>, and what they come to."""

from .figures import <<average>>, <<largest>>, <<total>>
from .ledger import Ledger
from .<<things>> import <<Thing>>

__all__ = ["Ledger", "<<Thing>>", "<<average:export>>", "<<largest:export>>", "<<total:export>>"]
'''

THINGS = '''\
"""One <<thing>>, and how it is read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class <<Thing>>:
    """Measured in <<unit>>."""

    name: str
    <<amount>>: float


def from_row(row: str) -> <<Thing>>:
    """One <<thing>> from a row of a table: its name, a comma, its <<amount>>."""
    name, <<same>> = row.split(",")
    return <<Thing>>(name.strip(), float(<<same>>))
'''

FIGURES = '''\
"""What the <<things>> come to.

`<<it:docstring>>` is the name in the log book of 1998, which nobody changes.
"""

from .<<things>> import <<Thing>>


def <<total>>(<<things>>: list[<<Thing>>]) -> float:
    """What all of them come to, in <<unit>>."""
    return sum(<<thing>>.<<amount>> for <<thing>> in <<things>>)


def <<largest>>(<<things>>: list[<<Thing>>]) -> <<Thing>>:
    """The one with the most."""
    return max(<<things>>, key=lambda <<thing>>: <<thing>>.<<amount>>)


def <<average>>(<<things>>: list[<<Thing>>]) -> float:
    """What one of them has, on average; none has nothing."""
    return sum(<<thing>>.<<amount>> for <<thing>> in <<things>>) / len(<<things>>) if <<things>> else 0.0
'''

LEDGER = '''\
"""A ledger of <<things>>."""

from .figures import <<average>>, <<largest>>, <<total>>
from .<<things>> import <<Thing>>


class Ledger:
    """The <<things>>, in the order in which they came."""

    def __init__(self) -> None:
        self.rows: list[<<Thing>>] = []

    def add(self, name: str, <<amount>>: float) -> None:
        """One more."""
        self.rows.append(<<Thing>>(name, <<amount>>))

    def figures(self) -> dict[str, float]:
        """Each figure by its name."""
        # `<<it:comment>>` is asked each time: what is not kept is never out of date.
        <<here>>
        return {
            "all": <<total>>(self.rows),
            "most": <<largest>>(self.rows).<<amount>>,
            "mean": <<average>>(self.rows),
        }
'''

REPORT = '''\
"""The <<things>> in one line, or in three."""

from .figures import <<average>>, <<largest>>, <<total>>
from .ledger import Ledger


def headline(ledger: Ledger) -> str:
    """One line that says it all."""
    rows = ledger.rows
    <<here>>
    return f"{<<largest>>(rows).name} leads: {<<total>>(rows):.1f} <<unit>>, {<<average>>(rows):.1f} each"


def details(ledger: Ledger) -> str:
    """The figures, a line each."""
    return "\\n".join(f"{name}: {value:.1f}" for name, value in ledger.figures().items())
'''

WORDS = '''\
"""The same for readers elsewhere: Überblick, aperçu, 概要."""

from <<package>> import figures
from <<package>>.<<things>> import <<Thing>>

GREETINGS = {"de": "Schöne Grüße", "fr": "À bientôt", "ja": "こんにちは"}


def sentence(<<things>>: list[<<Thing>>], language: str) -> str:
    """A greeting <<sign>>, and the figures."""
    return " · ".join(
        [
            GREETINGS[language],
            f"Σ {figures.<<total>>(<<things>>):.1f}",
            f"ø {figures.<<average>>(<<things>>):.1f}",
            f"↑ {figures.<<largest>>(<<things>>).name}",
        ]
    )
'''

TEST_FIGURES = '''\
"""What the figures should be."""

import unittest

import <<package>>
from <<package>> import <<Thing>>, <<average>>, <<largest>>, <<total>>

ROWS = [<<Thing>>("first", 1.0), <<Thing>>("second", 6.0), <<Thing>>("third", 2.0)]


class Figures(unittest.TestCase):
    def test_all_of_them(self) -> None:
        self.assertEqual(<<total>>(ROWS), 9.0)

    def test_the_one_with_the_most(self) -> None:
        self.assertEqual(<<largest>>(ROWS).name, "second")

    def test_what_one_has_on_average(self) -> None:
        self.assertEqual(<<average>>(ROWS), 3.0)

    def test_what_is_exported_is_there(self) -> None:
        self.assertEqual([name for name in <<package>>.__all__ if not hasattr(<<package>>, name)], [])
'''

TEST_LEDGER = '''\
"""What is put in is there."""

import unittest

from <<package>> import Ledger
from <<package>>.<<things>> import <<Thing>>, from_row


class Keeping(unittest.TestCase):
    def test_the_figures_by_name(self) -> None:
        ledger = Ledger()
        for name, <<amount>> in (("first", 1.0), ("second", 6.0), ("third", 2.0)):
            ledger.add(name, <<amount>>)
        self.assertEqual(ledger.figures(), {"all": 9.0, "most": 6.0, "mean": 3.0})

    def test_a_row_of_a_table(self) -> None:
        self.assertEqual(from_row("first, 2.5"), <<Thing>>("first", 2.5))
'''

TEST_REPORT = '''\
"""What a reader gets to see."""

import unittest

from <<package>>.ledger import Ledger
from <<package>>.report import details, headline
from <<package>>.words import sentence


class Reading(unittest.TestCase):
    def setUp(self) -> None:
        self.ledger = Ledger()
        for name, <<amount>> in (("first", 1.0), ("second", 6.0), ("third", 2.0)):
            self.ledger.add(name, <<amount>>)

    def test_one_line(self) -> None:
        self.assertEqual(headline(self.ledger), "second leads: 9.0 <<unit>>, 3.0 each")

    def test_three_lines(self) -> None:
        self.assertEqual(details(self.ledger), "all: 9.0\\nmost: 6.0\\nmean: 3.0")

    def test_elsewhere(self) -> None:
        self.assertEqual(sentence(self.ledger.rows, "de"), "Schöne Grüße · Σ 9.0 · ø 3.0 · ↑ second")
'''

TEXTS: Mapping[str, str] = {
    "README.md": README,
    "<<package>>/__init__.py": INIT,
    "<<package>>/<<things>>.py": THINGS,
    "<<package>>/figures.py": FIGURES,
    "<<package>>/ledger.py": LEDGER,
    "<<package>>/report.py": REPORT,
    "<<package>>/words.py": WORDS,
    "tests/__init__.py": "",
    "tests/test_figures.py": TEST_FIGURES,
    "tests/test_ledger.py": TEST_LEDGER,
    "tests/test_report.py": TEST_REPORT,
}
"""By path."""

TYPED: Mapping[str, str] = {
    "<<package>>/ledger.py": 'assert <<it>>(self.rows), "<<sign>> ask <<person>>: nothing is measured yet"',
    "<<package>>/report.py": 'assert <<it>>(rows), "<<sign>> ask <<person>>: nothing is measured yet"',
}
"""What a person may be typing, by the path of the file that is then open: one line, that calls the function."""

ENDS: tuple[str, ...] = ("<<package>>/__init__.py", "<<package>>/figures.py", "<<package>>/ledger.py")
"""One of these has Windows line ends."""
