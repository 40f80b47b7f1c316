"""What JSX uses without naming it."""

from bridge.harness.refactoring.script.analysis import Analysis

_PRAGMAS = ("@jsx ", "@jsxFrag ")
_KNOWN = frozenset({"React", "h", "Fragment", "jsx", "createElement"})
"""What compilers are commonly told to call for an element; the setting itself is in another file."""


def factories(analysis: Analysis) -> set[str]:
    """Names that the file's JSX may stand for: the usual ones, and what a comment says (`@jsx h`)."""
    names = set(_KNOWN)
    for comment in analysis.comments:
        text = analysis.source.text(comment)
        for pragma in _PRAGMAS:
            words = text.partition(pragma)[2].split()
            if words:
                names.add(words[0].split(".")[0])
    return names
