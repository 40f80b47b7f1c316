"""Requests about names and code. The language of patterns is in patterns.py, the parts in parts.py."""

from bridge.harness.models.offline.forms import Form

_TO = (
    "(to|as|into|->|to be|be|to be called|to be named|to the name|so that it is called|so it is "
    "called|so it's called|with|by)"
)
_NEW = "[<named>] {new}"
_RENAMING = "(<place_all>|<update_all>|<with_texts>|<without_texts>|<in_file>)*"
_MUST = "(should|must|shall|needs to|need to|has to|ought to|is to|is supposed to|to)"
_EXTRACT = (
    "(extract|pull out|factor out|split out|lift out|break out|carve out|separate "
    "out|refactor out|take out|split off|isolate)"
)
_DIVIDE = "(split|lift|break|pull|factor|refactor|separate|cut)"
"""Verbs that extract with `out`, or when what comes of it is said: `split this into pieces` names no function."""

NAMING: tuple[Form, ...] = (
    Form(
        "rename",
        "Rename",
        "Another name for a function, class, method, variable, parameter or module, everywhere it is used. "
        "Uses that can't be told for sure, and mentions in comments and strings, are hunks of their own. A name that "
        "may be an ordinary word (`total`, `Basket`) counts there only where it is written as code (in backticks or "
        "quotes, before a `(`, beside a dot), in files whose code uses it; the other places are listed in the report.",
        (
            f"rename <subject> {_TO} {_NEW} {_RENAMING}",
            f"rename [all|every|each] [the] <uses_word> (of|to|for) <subject> {_TO} {_NEW} {_RENAMING}",
            "<wanted> <subject> [to be] (renamed|called|named) [to|as] {new}",
            "<subject> needs a (new|better|different) name [:] {new}",
            f"rename {{pronoun=this}} (to|as) {_NEW} {_RENAMING}",
            f"rename (symbol|identifier) [:] <subject> {_TO} {_NEW} {_RENAMING}",
            "[the] new name [:|is|should be] {new} {pronoun=this}",
            f"(change|alter|update) (this|the) name (to|into|->) {_NEW} {{pronoun=this}} {_RENAMING}",
            f"(replace|change|swap|exchange) [the] [<kind>] name <subject> (with|by|to|into|for|->) {_NEW} {_RENAMING}",
            f"make [the] name of <subject> [be] {{new:codelike}} {_RENAMING}",
            (
                f"(in|inside|within) [<det>] [<function_word>|<method_word>|<class_word>] {{holder}} rename [<det>] "
                f"[<kind>] {{name:plain}} {_TO} {_NEW} {_RENAMING}"
            ),
            "rename <subject> {new:codelike}",
            f"rename <without_texts> <subject> {_TO} {_NEW}",
            f"(change|update|set|switch) [the] name of <subject> (to|into|->) {_NEW} {_RENAMING}",
            f"(change|update|set) <owner_name> (to|into|->) {_NEW} {_RENAMING}",
            "(change|alter) <subject> (to|into|->) (be|be called|be named|the name) {new}",
            f"{_MUST} <subject> be (called|named|renamed to|renamed) {{new}}",
            (
                f"<subject> {_MUST} [really|rather|actually] be (called|named|renamed to|renamed|renamed as) {_NEW} "
                f"[instead] {_RENAMING}"
            ),
            f"<subject> {_MUST} have the name {{new}}",
            "(call|name|rename) <subject> {new} instead",
            "(call|name) {pronoun=it} it {new}",
            "(call|name) <near> {new}",
            "name <this> {new}",
            "(call|name) <subject> {new:codelike}",
            "give <subject> (the|a) [new|better|proper] name [:|of] {new}",
            f"(have|get|make|let) <subject> [be] (called|named|renamed to|renamed) {{new}} {_RENAMING}",
            "the [new] name (of|for) <subject> (is|should be|must be|is now|becomes) {new}",
            "(use|take|choose) [the name] {new} as [the] [new] name (of|for) <subject>",
            (
                f"rename [<det>] <parameter_word> {{kind=parameter}} {{name:plain}} {_TO} {{new:newplain}} "
                f"<holder> [<place>] {_RENAMING}"
            ),
            f"rename [<det>] [<kind>] {{name}} {_TO} {_NEW} <holder> [<place>] {_RENAMING}",
            (
                f"rename [the|this] [<module_word>] {{path}} {_TO} [the] [<module_word>] <named> "
                f"({{newpath:path}}|{{new}}) [{{kind=module}}] {_RENAMING}"
            ),
            (
                f"rename [the|this] (module|package) <named> {{name}} {{kind=module}} {_TO} ({{newpath:path}}|"
                f"{{new}}) {_RENAMING}"
            ),
            (
                f"rename (this|the|the current|my) (module|file|script) {_TO} [<named>] ({{newpath:path}}|"
                f"{{new}}) {{kind=module}} {{pronoun=this}} {_RENAMING}"
            ),
        ),
        (
            ("rename `total` to `grand_total`", "rename `total` to `grand_total`"),
            (
                "please rename the function total in basket.py to grand_total",
                "rename function `total` in `basket.py` to `grand_total`",
            ),
            ("Basket.total should be called grand_total", "rename `Basket.total` to `grand_total`"),
            ("rename this to price", "rename this to `price`"),
            ("rename parameter items of total to lines", "rename parameter `items` of `total` to `lines`"),
            (
                "rename total to grand_total but not in comments",
                "rename `total` to `grand_total` without comments and docstrings",
            ),
            ("rename basket.py to cart.py", "rename module `basket.py` to `cart`"),
        ),
        (
            "replace <subject> (with|by) {new:codelike}",
            "(change|alter|turn) <subject> (to|into|->) {new}",
            "{name} (->) {new}",
            "{name} to {new:codelike}",
            f"<subject> {_MUST} (be|become) {{new}}",
            "(call|name) <subject> {new}",
        ),
        "For `this` and `it`: the cursor on the name.",
    ),
    Form(
        "extract",
        "Extract a function or a variable",
        "Selected statements or a selected expression become a function or a variable.",
        (
            (
                f"({_EXTRACT} <code_here> [out]|{_DIVIDE} <code_here> out) ((to|into|as|in) <into_word> [<fresh>]|[to|"
                f"into|as] <into_word>|(to|into|as) <fresh> [<into_function>|<into_variable>])"
            ),
            (
                f"{_DIVIDE} <code_here> ((to|into|as|in) <into_word> [<fresh>]|[to|into|as] <into_word>|(to|into|as) "
                "(<saying> {new:newplain}|{new:codeplain}))"
            ),
            f"({_EXTRACT}|{_DIVIDE}) [out] <into_word> <fresh> [(from|out of) <code_here>]",
            (
                f"({_EXTRACT}|{_DIVIDE}) [out] <into_word> [(from|out of|for|with|using) <code_here>] [(called|named|"
                f"[and] (call|name) it|with the name|as) {{new:newplain}}]"
            ),
            (
                f"({_EXTRACT}|{_DIVIDE}) <code_here> [out] [(to|into|as) <into_word>] ([and] (call|name) it|called|"
                f"named|and call the result) {{new:newplain}}"
            ),
            f"({_EXTRACT}|refactor) (to|into|as) <into_word> [<fresh>]",
            "<selected> (as|into) (a|an|its) <into_word> [of its own] [<fresh>]",
            "introduce [a|the] [new] [local] <into_variable> [<fresh>]",
            "(give|name|call) <expression> [the name|a name|a new name] [:|of] {new:newplain} {into=variable}",
            "(extract|pull out|factor out|lift out) <code_here>",
            "(turn|make|convert|refactor|transform|change) <code_here> (to|into|a|an|as) <into_word> [<fresh>]",
            "make <code_here> (its|their) own [new|separate|little] (<into_function>|<into_variable>) [<fresh>]",
            (
                "(make|create|introduce|define|build|add|form) <into_word> [<fresh>] (from|out "
                "of|for|with|of|to hold|containing|based on) <code_here>"
            ),
            (
                "(make|create|introduce|define|build|form) <into_word> (from|out of|for|with|of) <code_here> "
                "[(called|named|and call it|and name it) {new:newplain}]"
            ),
            (
                "(move|put|wrap|place|pull|store|save|assign|hide) <code_here> [out] (to|into|in|inside) "
                "<into_word> [<fresh>]"
            ),
            "<code_here> should be [made|turned into] (a|an|its|one) <into_word> [of its own] [<fresh>]",
        ),
        (
            (
                "extract the selected code into a function named `add_up`",
                "extract the selection into a function `add_up`",
            ),
            ("extract this into a variable called price", "extract the selection into a variable `price`"),
            (
                "extract lines 10-14 of basket.py into a function add_up",
                "extract lines 10-14 of `basket.py` into a function `add_up`",
            ),
            ("pull this out into a helper", "extract the selection into a function"),
        ),
        doubtful=(
            f"({_EXTRACT}|{_DIVIDE}) <code_here> [out] (to|into|as) [<into_word>] {{new:newplain}}",
            f"{_EXTRACT} <into_word> {{new:newplain}}",
        ),
        needs="The code selected in the editor, or its lines named.",
    ),
    Form(
        "inline",
        "Inline",
        "Each use of a variable or function becomes what it stands for, and its definition goes.",
        (
            "inline <subject> (<inlining>)*",
            "inline {pronoun=this}",
            "inline [<det>] [functions|variables|methods] {names} (<inlining>)*",
            "inline [all|the|every|each] (uses|usages|calls|occurrences) (of|to) <subject> (<inlining>)*",
            (
                "(replace|substitute) [all|the|every|each] (uses|use|usages|calls|call|occurrences) (of|to|for) "
                "<subject> (with|by) (its|the) (value|body|definition|content|contents|expression|"
                "implementation) (<inlining>)*"
            ),
            (
                "(replace|substitute) <subject> (with|by) its (value|body|definition|contents|expression|"
                "implementation) (<inlining>)*"
            ),
            "(get rid of|remove|eliminate|drop) <subject> by inlining it",
            "(fold|collapse) <subject> into (its|the|all) (callers|uses|usages|caller|call sites)",
            "put (the value|the body|the expression) of <subject> where it is used",
        ),
        (
            ("inline `subtotal`", "inline `subtotal`"),
            ("inline this variable", "inline this variable"),
            ("replace all uses of the variable subtotal with its value", "inline variable `subtotal`"),
        ),
        needs="For `this` and `it`: the cursor on the name.",
    ),
    Form(
        "move",
        "Move to another module",
        (
            "A module-level function, class or constant goes to another module, which may be new; whoever "
            "uses it imports it from there."
        ),
        (
            ("(move|relocate|transfer|shift|put|mv) <subject> [over|out] (to|into|in|inside) <to_file> [<moving>]"),
            "(move|relocate|transfer|shift|mv) <subject> [over|out] (to|into) {to:module} [<moving>]",
            "mv <subject> {to:path}",
            "<wanted> <subject> [to be] (moved|relocated) [over] (to|into) <to_file> [<moving>]",
            (
                "(move|relocate|transfer|shift) <subject> [over|out] (to|into) [a|the] [new] [<module_word>] <saying> "
                "{to:module} [<moving>]"
            ),
            (
                "(move|relocate|transfer|shift|pull|take) [<det>] [<kind>] {name} [out] (from|of|out of) [the] "
                "[<module_word>] ({path}|{path:holder}) [over|and] [put it|move it] (to|into|in) "
                "(<to_file>|{to:module}) [<moving>]"
            ),
            (
                "<subject> (should|must|needs to|has to) (live|be|go|be moved|move) [over] (in|into|to|inside) "
                "<to_file> [<moving>]"
            ),
            "<wanted> <subject> [to] (live|be|go) [over] (in|into|inside) <to_file> [<moving>]",
            (
                "(move|relocate|put) [<det>] [functions|classes|constants] {names} (to|into|in) "
                "(<to_file>|{to:module}) [<moving>]"
            ),
        ),
        (
            ("move total to pricing.py", "move `total` to `pricing.py`"),
            (
                "move the class Basket from shop.py into models/basket.py",
                "move class `Basket` in `shop.py` to `models/basket.py`",
            ),
            ("move it to the module pricing", "move it to `pricing`"),
        ),
        ("<subject> belongs (in|into|to) [the] [<module_word>] {to:path}",),
        "For `this` and `it`: the cursor on the name.",
    ),
)
"""Those that change what a name means or where it is."""
