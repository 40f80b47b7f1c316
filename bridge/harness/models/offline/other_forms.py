"""Requests about imports, for looking, and in a conversation."""

from bridge.harness.models.offline.forms import Form

_TIDY = (
    "(organise|organize|sort|clean up|cleanup|clean|tidy up|tidy|order|arrange|"
    "optimise|optimize|reorganise|reorganize"
    "|sort out|re-sort|sort and clean up|clean up and sort|sort and clean|reorder|group|isort|normalise|normalize)"
)
_IMPORTS = (
    "[all|all of] [<det>] [unused] (imports|import statements|import|import block|import section|imports section|"
    "import lines|import order)"
)
_SCOPE = (
    "[alphabetically] [and|,] [(remove|drop|delete) [the|any] unused [ones|imports]] [(in|of|for|from|at|inside|on)]"
    " ([the|this|my] [<module_word>] {path} [<module_word>]|(this|the|the current|my) (module|file|"
    "script|document|buffer|one)|here|<folder_scope>|<all_scope>|)"
)

OTHERS: tuple[Form, ...] = (
    Form(
        "organise_imports",
        "Organise imports",
        "Unused imports go, the others are sorted: in one file, a folder, or all files.",
        (
            f"{_TIDY} {_IMPORTS} {_SCOPE}",
            f"{_TIDY} [the] {{path}} 's {_IMPORTS}",
            f"{_TIDY} [the|this|my] {{path}} [<module_word>] imports",
            "(remove|drop|delete|get rid of|clear out|prune|strip) [the|all|any] [the] (unused|unneeded|"
            "superfluous|unnecessary) (imports|import statements|import) " + _SCOPE.removeprefix("[alphabetically] "),
            (
                "(remove|drop|delete|get rid of|clear out|prune|strip) [the|all|any] [the] imports ((that|which) are "
                "(unused|not used|not needed|unneeded|never used)|[that] (nobody|nothing|no one) (uses|needs)) "
                + _SCOPE.removeprefix("[alphabetically] ")
            ),
            "(fix|correct) [the] (import order|import sorting|order of [the] imports) " + _SCOPE,
            "isort ({path}|(this|the|the current|my) (module|file|script)|here)",
            (
                "the imports (of|in) ({path}|this file) (should|must|need to) be (organised|organized|sorted|"
                "cleaned up|tidied)"
            ),
        ),
        (
            ("organise imports", "organise imports"),
            ("clean up the imports of basket.py", "organise imports of `basket.py`"),
            ("sort imports in all files", "organise imports of all files"),
        ),
        (f"(fix|check|improve|do) {_IMPORTS} {_SCOPE}",),
    ),
    Form(
        "find",
        "Find",
        "Where a name is defined, and where it is used.",
        (
            (
                "(where is|where's|wheres|where are|where does|where do) <subject> [live|come from] [defined|declared|"
                "implemented|coming from|located|exactly]"
            ),
            (
                "(find|show|show me|go to|goto|locate|give me|jump to|look up|tell me) [me] [the] (definition|"
                "declaration|source|implementation|definitions) of <subject>"
            ),
            "(find|locate|look up|show me|show|go to|goto|jump to|look for) <subject>",
            "(which|what) (file|module|files) (defines|contains|has|define|contain) <subject>",
            "(in|from) (which|what) (file|module) is <subject> [defined|declared]",
            "{usages=yes} (find|show|show me|list) [all] [the] <uses_word> {pronoun=this}",
            (
                "{usages=yes} (where is|where's|wheres|where are) <subject> (used|called|referenced|imported|mentioned|"
                "being used) [from|in] [<place_all>]"
            ),
            (
                "{usages=yes} (where do|where does) (we|i|anybody|anyone|the code|it) (use|call|reference|"
                "import) <subject> [from]"
            ),
            (
                "{usages=yes} (find|show|show me|list|give me|print|get|count|look for|look up|tell me|search|"
                "search for|see) [me] [all|the|every|each|any] [the|of the] <uses_word> (of|to|for) <subject> "
                "[<place_all>]"
            ),
            (
                "{usages=yes} (find|show|show me|list|give me|tell me) [all|every|each] [places|place|code|everything|"
                "everyone|files|functions] (where|that|which|who) (uses|use|calls|call|references|reference|"
                "imports|import) <subject>"
            ),
            (
                "{usages=yes} (who|what|which (functions|files|modules|code|places)|what (code|places)) (uses|"
                "calls|use|call|references|imports|import|depends on|is using|is calling) <subject>"
            ),
            "{usages=yes} (who's|whos|what's|whats) (using|calling|importing) <subject>",
            (
                "{usages=yes} (is|are) <subject> (used|called|referenced|still used|used anywhere|ever used|in "
                "use|dead code|unused) [anywhere|somewhere|at all|elsewhere|anywhere else]"
            ),
            (
                "{usages=yes} (does|do) (anything|anyone|anybody|something|someone|any code) (use|call|reference|"
                "import|depend on) <subject>"
            ),
            "{usages=yes} [any|all|the] <uses_word> (of|to) <subject> [there]",
            "where (is|are|'s) [the] (definition|declaration|implementation) of <subject>",
            "(where's|wheres) [the] (definition|declaration|implementation) of <subject>",
            "where (do|did|does) (we|i|you|they|somebody|someone) (define|declare|implement) <subject>",
            (
                "{usages=yes} (show|show me|tell me|find|find out|list|i want to know|i'd like to know|see) "
                "where <subject> is (used|called|referenced|imported|needed) [<place_all>]"
            ),
            (
                "(show|show me|tell me|find|find out|i want to know|i'd like to know|see) where <subject> (is|is "
                "defined|is declared|comes from|lives|is implemented)"
            ),
            (
                "{usages=yes} how many (<uses_word> (of|to) <subject> are there|<uses_word> (does|has) <subject> "
                "[have|got]|times is <subject> (used|called)|places use <subject>)"
            ),
            "{usages=yes} (how is|how are) <subject> (used|called)",
            "{usages=yes} how often is <subject> (used|called|referenced)",
        ),
        (
            ("where is Basket.total defined?", "where is `Basket.total`"),
            ("who uses total?", "find usages of `total`"),
            ("show me all usages of this", "find usages of this"),
        ),
    ),
    Form(
        "search",
        "Search",
        "Lines that hold a text, in all files and unsaved buffers.",
        (
            (
                "(grep|rg|grep for|search for|search|look for|find) [all] [the] (text|string|word|phrase|lines "
                "with|lines containing|occurrences of) {text} [(in|of) ({path}|<place_all>)]"
            ),
            "(grep|rg|grep for|search for) {text} [(in|of) {path}|<place_all>]",
            (
                "(search|grep|scan) [in|through] ([the|my|this|our] [whole|entire] (project|codebase|code|workspace|"
                "repo|repository|files)|{path}) for [the] [text|string|word] {text}"
            ),
        ),
        (("search for `TODO`", "search for `TODO`"),),
    ),
    Form(
        "rename_back",
        "Back to what it was called",
        "Gives the name that was changed last its former name, as a proposal of its own.",
        (
            (
                "(rename|change|call|name) (it|that|this|<subject>) back [to what it was|to the old name|to the "
                "original name|to what it was before]"
            ),
            "(rename|change|call|name) (it|that|this|<subject>) back to {new}",
            "(revert|undo|reverse|roll back) (the|that|this|my|your|the last) (rename|renaming) [back]",
        ),
        (("now rename it back", "rename it back"),),
    ),
    Form(
        "undo",
        "Undo",
        "Tells how you take changes back yourself.",
        (
            (
                "(undo|revert|roll back|rollback|take back|reverse|cancel|discard|unapply|restore) [it|that|this|"
                "them|the change|the changes|your changes|your change|my last change|the last change|those "
                "changes|all changes|the edit|the edits|the last edit|all of it|all of that|everything|what you "
                "did|the last one|the last thing|the move|the extraction]"
            ),
            "(take|put|bring) (it|that|this|them|everything) back",
        ),
        (("undo that", "undo that"),),
    ),
    Form(
        "again",
        "Once more",
        "Makes the last request of this session once more.",
        (
            "(try|do) (it|that|this|) (again|once more|one more time|over)",
            "(again|retry|once more|repeat|redo|one more time) [it|that|this]",
            "repeat (that|it|the last one|the last request)",
        ),
        (("try again", "try again"),),
    ),
    Form(
        "help",
        "Help",
        "Says what can be asked for.",
        (
            "help [me] [out]",
            (
                "(what|which things|what all) (can|could|do) (you|i|we) (do|ask|say|ask for|ask you|help with|"
                "support|know|understand) [here|for me|offline]"
            ),
            "what are (the|your) (commands|options|features|capabilities|abilities|limits)",
            (
                "(what|which) (commands|requests|things|refactorings|actions|sentences|phrases) (are there|do "
                "you know|do you understand|do you support|can i use|can you do|are supported|are available|are "
                "possible)"
            ),
            (
                "(how does this work|how do i use this|how do you work|how can you help|how can you help me|who "
                "are you|what are you|what is this|usage|commands|examples|what now|what else)"
            ),
            (
                "(show|give|list) [me] [some|the|all|your] (examples|commands|help|capabilities|options|features|"
                "an example)"
            ),
            "?",
        ),
        (("what can you do?", "help"),),
    ),
    Form(
        "dismissal",
        "Nothing",
        "Nothing is done.",
        (
            (
                "(never mind|nevermind|nothing|forget it|forget that|leave it|no|nope|stop|wait|just kidding) "
                "[thanks|thank you]"
            ),
        ),
        (("never mind", "never mind"),),
    ),
    Form(
        "greeting",
        "Greeting",
        "Is answered.",
        (
            (
                "(hi|hello|hey|good morning|good evening|good afternoon|good day|moin|greetings|howdy|yo|thanks|"
                "thank you|thank you very much|thank you so much|thanks so much|thanks in advance|thank you in "
                "advance|many thanks|thanks a lot|great|cool|nice|perfect|awesome|well done|good job|nice work|"
                "good work|super|bye|goodbye|ok|okay|alright|cheers) [there|agent|"
                "again|work|job|for that|for your help]"
            ),
        ),
        (("thank you", "hello"),),
    ),
)
"""In the order in which people meet them."""
