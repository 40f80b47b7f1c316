"""Random JavaScript programs that print: few names, much nesting, every way to declare and to use a name."""

import random

NAMES = ("a", "b", "c", "d")


class Programs:
    """Writes one program. A name that a scope may not declare twice is not declared twice."""

    def __init__(self, rng: random.Random) -> None:
        """`rng` decides all."""
        self._rng = rng
        self._lines: list[str] = []
        self._lexical: list[set[str]] = [set()]
        self._hoisted: list[set[str]] = [set()]
        """Names that a `var` brought through a block: `let` may not take them there."""
        self._functions = [0]

    def program(self) -> str:
        """Its text, which prints what its names hold. Half have all names outside too, so that more gets to run."""
        if self._rng.random() < 0.5:
            self._put(0, "var a = 'A', b = { k: 'B' }, c = ['C'], d = () => a;")
            self._hoisted[0].update(NAMES)
            self._inside(0, "(() => {", "})();", names=set(), function=True)
        self._statements(4, 0)
        return "\n".join(self._lines) + "\n"

    def _statements(self, count: int, depth: int) -> None:
        kinds = [self._let, self._var, self._print, self._assign, self._taken_apart]
        if depth < 2:
            kinds += [self._function, self._block, self._loop, self._caught, self._class, self._closure]
        for _ in range(count):
            self._rng.choice(kinds)(depth)

    def _put(self, depth: int, text: str) -> None:
        self._lines.append("  " * depth + text)

    def _name(self) -> str:
        return self._rng.choice(NAMES)

    def _fresh(self) -> str | None:
        """A name that the innermost scope may declare by let."""
        free = [name for name in NAMES if name not in self._lexical[-1] | self._hoisted[-1]]
        if not free:
            return None
        name = self._rng.choice(free)
        self._lexical[-1].add(name)
        return name

    def _value(self) -> str:
        name, other = self._name(), self._name()
        return self._rng.choice(
            [
                "1", f"say({name})", f"typeof {name}", f"{{ {name}, {other}: 2, k: {other} }}", f"[{name}, {other}]",
                f"`${{typeof say({name})}} {other}`",
                f"({name}, k = {other}) => [{name}, k]", f"((...{name}) => {name}.length)({other})",
                f"function {name}({other}) {{ return typeof {name} + typeof {other}; }}",
                f"({{ {name}() {{ return {name}; }} }})",
            ]
        )  # fmt: skip

    def _let(self, depth: int) -> None:
        name = self._fresh()
        if name is not None:
            self._put(depth, f"{self._rng.choice(['let', 'const'])} {name} = {self._value()};")

    def _var(self, depth: int) -> None:
        reach = self._functions[-1]
        free = [name for name in NAMES if not any(name in scope for scope in self._lexical[reach:])]
        if free:
            name = self._rng.choice(free)
            for scope in self._hoisted[reach:]:
                scope.add(name)
            self._put(depth, f"var {name} = {self._value()};")

    def _taken_apart(self, depth: int) -> None:
        name = self._fresh()
        if name is not None:
            other = self._name()
            form = self._rng.choice(
                [
                    f"{{ {name} }}",
                    f"{{ {name} = {other} }}",
                    f"{{ k: {name} }}",
                    f"[{name}]",
                    f"{{ [say({other})]: {name} = 3 }}",
                ]
            )
            self._put(depth, f"let {form} = {{ {other}, k: 4, *[Symbol.iterator]() {{ yield say({other}); }} }};")

    def _assign(self, depth: int) -> None:
        name, other = self._name(), self._name()
        left = self._rng.choice([name, f"[{name}]", f"({{ {name} }}", f"({{ k: {name} = {other} }}"])
        right = f"{{ {other}, k: 5 }})" if left.startswith("(") else "[6]"
        self._put(depth, f"try {{ {left} = {right}; }} catch {{ say(); }}")

    def _print(self, depth: int) -> None:
        self._put(depth, f"try {{ say({self._value()}); }} catch {{ say('none'); }}")

    def _inside(self, depth: int, head: str, tail: str, *, names: set[str], function: bool) -> None:
        self._put(depth, head)
        self._lexical.append(set(names))
        self._hoisted.append(set())
        if function:
            self._functions.append(len(self._lexical) - 1)
        self._statements(self._rng.randrange(1, 4 if depth else 5), depth + 1)
        if function:
            self._functions.pop()
        self._lexical.pop()
        self._hoisted.pop()
        self._put(depth, tail)

    def _function(self, depth: int) -> None:
        name = self._fresh()
        if name is not None:
            one, two, used = self._rng.sample(NAMES, 3)
            head = self._rng.choice(
                [f"{one}, {two} = {used}", f"{{ {one}, k: {two} = {one} }} = {{}}", f"{one} = () => {used}, ...{two}"]
            )
            self._inside(depth, f"function {name}({head}) {{", "}", names={one, two}, function=True)
            self._put(depth, f"try {{ {name}({self._value()}, 7); }} catch {{ say('thrown'); }}")

    def _closure(self, depth: int) -> None:
        one, two = self._rng.sample(NAMES, 2)
        self._inside(
            depth,
            f"try {{ (({one}, {two}) => {{",
            "})(8, 9); } catch { say('thrown'); }",
            names={one, two},
            function=True,
        )

    def _block(self, depth: int) -> None:
        self._inside(depth, "try {", "} catch { say('left'); }", names=set(), function=False)

    def _loop(self, depth: int) -> None:
        name, other = self._rng.sample(NAMES, 2)
        head = self._rng.choice(
            [
                f"let {name} = 0; {name} < 2; {name}++",
                f"const {name} of [1, 2]",
                f"const {{ {name}, k: {other} }} of [{{ {name}: 1 }}]",
            ]
        )
        self._inside(
            depth, f"try {{ for ({head}) {{", "} } catch { say('loop'); }", names={name, other}, function=False
        )

    def _caught(self, depth: int) -> None:
        name = self._name()
        self._inside(
            depth,
            f"try {{ throw {self._value()}; }} catch ({name}) {{ try {{",
            "} catch { say('again'); } }",
            names={name},
            function=False,
        )

    def _class(self, depth: int) -> None:
        name = self._fresh()
        if name is not None:
            one, two = self._rng.sample(NAMES, 2)
            self._put(
                depth,
                f"class {name} {{ {one} = say({two}); static {two} = typeof {name}; "
                f"{two}({one}) {{ return say({one}, {name}.{two}); }} }}",
            )
            self._put(depth, f"try {{ new {name}().{two}(say({one})); }} catch {{ say('class'); }}")
