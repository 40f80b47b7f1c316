"""Words that matter for what can stand in a slot: no names, doubtful names, and what people call things."""

from bridge.harness.models.offline.words import word_set

EXTENSIONS = word_set("py pyi pyw js jsx mjs cjs ts tsx mts cts")
"""What makes `basket.py` a file and not an attribute of `basket`."""

OTHER_EXTENSIONS = word_set("txt md rst toml json yaml yml cfg ini html css sh go rs java c h cpp rb ipynb")
"""Files too, that no refactoring is for: they are refused as such, and never taken for names."""

_NOUNS = word_set(
    """function functions func method methods class classes variable variables parameter parameters argument arguments
    constant constants module modules import imports selection cursor symbol symbols identifier identifiers"""
)
GRAMMAR = word_set(
    """a an the my our your its their this that these those it they them everything anything nothing something all any
    each every some half none both either neither one ones other others another same here there and or nor but not
    no never don't dont do does did doesn't didn't won't can't cannot isn't without except only unless until if when
    whenever while because instead rather than then else also too just even still yet already again to into onto as of
    in on at by for from with within via per about over under after before between through throughout during against
    is are was were be been being am has have had having should would could must may might shall will can
    you he she we us me him who whom whose which what why where how
    renaming renamed please thanks ok okay yes so very really maybe perhaps and/or etc back now up out off
    'll 's myself yourself itself himself herself ourselves yourselves themselves"""
)
"""Words that sentences are made of."""

NO_NAMES = _NOUNS | GRAMMAR
"""Words of the language: no names, unless they stand in quotes."""

VAGUE = NO_NAMES | word_set(
    """more less most least better
    clearer shorter longer simpler nicer cleaner good nice proper readable meaningful descriptive sensible
    appropriate suitable consistent correct right wrong different else new old original previous former lowercase
    uppercase lower upper camelcase camel snake snake_case pascalcase pascal kebab plural singular private public
    protected internal english convention conventions style standard pep8 match fit reflect whatever quits day done
    async static abstract final optional dataclass generator coroutine decorator singleton enum protocol
    tests test comments comment docstrings docstring docs documentation strings names name's usages uses places files
    callers calls quickly carefully safely properly correctly everywhere globally locally first last second third
    x-wise accordingly
    upper_case lower_case camel_case pascal_case title_case constant_case upper_snake upper_snake_case
    screaming_snake_case lowercamelcase uppercamelcase mixedcase titlecase caps capitals kebab_case
    german french spanish italian portuguese dutch russian chinese japanese korean british american
    once twice thrice later soon tomorrow today tonight yesterday sometime someday somehow sometimes never always
    short general theory principle case fact particular detail
    monday tuesday wednesday thursday friday saturday sunday"""
)
"""Words that stand for a name that is still to be found, or for a way to do it: no new names, unless in quotes."""

ABOUT_CODE = word_set(
    """call caller chain component composition constructor expression literal pointer reference header body signature
    description declaration file folder directory storage cache database repository scope state hook syntax notation
    validation sanitisation sanitization parsing checking handling unpacking packing passing forwarding typing hint
    support documentation order ordering forms form count number two three four half halves piece python javascript
    typescript rust go java pandas numpy asyncio idiom idiomatic threads thread"""
)
"""Words that follow `function`, `variable` or `parameter` and make another thing of it, such as `function call`."""

THINGS = word_set(
    """project projects folder folders directory directories repo repository branch workspace codebase file files
    call calls css html style styles code line lines block blocks loop loops test tests comment comments docstring
    docstrings doc docs documentation readme
    changelog text string name names package script document buffer section commit change changes thing things bug
    bugs issue ticket frontend backend production staging"""
)
"""What `the …` speaks of rather than of a name in the code; `the Project` is one."""

SIDES = word_set("top bottom end start beginning front left right side cloud background above below home trash bin")
"""Where something can be moved to that is no module."""

TYPES = {"string": "str", "integer": "int", "boolean": "bool"}
"""What people call Python's types."""

NO_TYPES = word_set(
    """optional nullable number numeric text char array nothing required mandatory generic typed untyped correct proper
    right better strict stricter none null void unknown"""
)
"""Said of a type, but no type of Python's."""

ACTIVITIES = word_set(
    """validation validations sanitisation sanitization parsing checking checks handling unpacking packing passing
    forwarding typing hint hints support documentation docs names types order ordering defaults logging counting
    inference completion expansion conversion coercion normalisation normalization injection cleanup"""
)
"""What people want done with parameters; parameters are not called so."""

GROUPS = ("ing", "ings", "tion", "tions", "sion", "sions", "ment", "ments", "ness", "ity")
"""How words for a kind of thing end; so do plurals."""

NO_ADVERBS = word_set(
    """apply reapply multiply reply supply family assembly disassembly fly anomaly poly ally rely imply comply tally
    rally daily weekly monthly yearly hourly quarterly early readonly writeonly butterfly belly jelly bully"""
)
"""Words that end like adverbs and may well be names."""
