"""Whether the tests notice when a decision is made otherwise: mutation testing.

    python benchmarks/mutants.py                                       # every module below
    python benchmarks/mutants.py --modules detector/nights/kinds.py   # one of them

A mutant is a module with one thing changed: a comparison, a sign, a number, an operator, a branch,
a statement left out. Tests are collected once, and what each of them calls is noted once. Then
every mutant is put into a fork of that process and meets its tests that call the changed function,
the fastest first; the first that fails kills it, and so does time. Survivors are listed. No file is
changed. Tests slower than ``SLOW_S`` stay out, so that a survivor may be theirs.
"""

from __future__ import annotations

import argparse
import ast
import copy
import gc
import os
import resource
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import pytest

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

_OF_NIGHTS = {
    "kinds": ("kinds", "rules", "likeness"), "series": ("series", "likeness"),
    "likeness": ("likeness",), "periodic": ("periodic", "kinds"), "settling": ("settling",),
    "judging": ("judging", "nights", "findings", "sensitivity"), "sensitivity": ("sensitivity",),
    "findings": ("reasons_of_nights",), "guider": ("rest_periods", "guider"),
    "onset": ("onset", "onset_candidates", "sleep_scoring", "sleep_ends", "guider"),
}  # fmt: skip
CASES = {
    f"detector/nights/{name}.py": [f"detector/nights/test_{test}.py" for test in tests]
    for name, tests in _OF_NIGHTS.items()
} | {
    "recordings/clock.py": ["recordings/test_clock.py", "recordings/test_clock_repairs.py"],
    "recordings/zone.py": ["recordings/test_zone.py"],
    "detector/people/shifts.py": ["detector/people/test_shifts.py"],
}
"""Kinds; nights; onset; clock and zones: each with the tests that its mutants meet."""
SLOW_S = 3.0
PATIENCE_S, PATIENCE, ROOM_BYTES = 5, 3, 1 << 30
"""Seconds and multiple of what its tests take without it, and memory: a mutant that takes more runs
in circles."""

NOT_TRIED = 3  # status of a fork into which the mutant could not be put

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.And: ast.Or, ast.Or: ast.And, ast.Continue: ast.Break, ast.Break: ast.Continue,
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum",
          "maximum": "minimum"}  # fmt: skip
_SIDES = {"left": "right", "right": "left"}
_LEFT_ALONE = {"annotation", "returns", "decorator_list", "exc", "msg"}
"""Fields of the syntax that decide nothing: types, and what is said when something is wrong."""


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:  # noqa: C901, PLR0912 (a list of cases)
    """Give what may stand in a node's place, each with what it is called."""
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                ops = [*node.ops[:i], _SWAPS[type(op)](), *node.ops[i + 1 :]]
                yield _swapped(op), _with(node, ops=ops)
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign() if type(node.op) in _SWAPS:
            yield _swapped(node.op), _with(node, op=_SWAPS[type(node.op)]())
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert()):
            yield f"{type(node.op).__name__} dropped", node.operand
        case ast.Constant(value=bool(flag)):
            yield f"{flag} to {not flag}", ast.Constant(not flag)
        case ast.Constant(value=int(n) | float(n)):
            yield f"{n} to {n + 1}", ast.Constant(n + 1)
        case ast.Constant(value="left" | "right"):
            yield f"{node.value} to {_SIDES[node.value]}", ast.Constant(_SIDES[node.value])
        case ast.IfExp():
            yield "branches swapped", _with(node, body=node.orelse, orelse=node.body)
        case ast.Name(id=name) if name in _NAMES:
            yield f"{name} to {_NAMES[name]}", _with(node, id=_NAMES[name])
        case ast.Attribute(attr=name) if name in _NAMES:
            yield f"{name} to {_NAMES[name]}", _with(node, attr=_NAMES[name])
    match node:
        case ast.If():
            yield "if always", _with(node, test=ast.Constant(value=True))
            yield "if never", _with(node, test=ast.Constant(value=False))
        case ast.Continue() | ast.Break():
            yield _swapped(node), _SWAPS[type(node)]()
        case ast.AugAssign() | ast.Expr(value=ast.Call()):
            if "super()" not in ast.unparse(node):  # without it code has no cell of its class
                yield "left out", ast.Pass()


def _swapped(node: ast.AST) -> str:
    return f"{type(node).__name__} to {_SWAPS[type(node)].__name__}"


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


@dataclass
class Mutant:
    """One change; ``scope`` is the function it is in, or the module's name that it changes."""

    module: str
    scope: str
    line: int
    change: str
    tree: ast.Module


class _Changer(ast.NodeTransformer):
    """Makes one change, the ``left``-th of those that can be made in a function or a number."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.made: tuple[int, str] | None = None

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if self.made is not None:  # what stands behind the change stays as it is
            return node
        for change, new in changes(node):
            if self.left == 0:
                self.made = node.lineno, change
                return ast.fix_missing_locations(ast.copy_location(new, node))
            self.left -= 1
        kept = {name: getattr(node, name) for name in _LEFT_ALONE if getattr(node, name, None)}
        for name in kept:
            setattr(node, name, None)
        super().generic_visit(node)
        for name, value in kept.items():
            setattr(node, name, value)
        return node


def mutants_of(module: str) -> Iterator[Mutant]:
    """Make every mutant of a module."""
    text = (ROOT / module).read_text(encoding="utf-8")
    for number, (scope, _) in enumerate(_scopes(ast.parse(text))):
        left = 0
        while True:
            tree = ast.parse(text)
            changer = _Changer(left)
            changer.visit(list(_scopes(tree))[number][1])
            if changer.made is None:
                break
            yield Mutant(module, scope, *changer.made, tree)
            left += 1


def _scopes(tree: ast.Module | ast.ClassDef, within: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Give every outermost function and every number or expression that has a module's name."""
    for node in tree.body:
        match node:
            case ast.FunctionDef():
                yield within + node.name, node
            case ast.ClassDef():
                yield from _scopes(node, f"{within}{node.name}.")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if not within:
                    yield name, node


# ------------------------------------------------------------------ a mutant in a living process


@cache
def functions_of(module: str) -> dict[str, FunctionType]:
    """Return the living functions of a module by qualified name; ask before objects are frozen."""
    path = str(ROOT / module)
    found = {
        each.__code__.co_qualname: each
        for each in gc.get_objects()
        if type(each) is FunctionType and each.__code__.co_filename == path  # no dead reference
    }
    if not found:
        raise LookupError(f"{module}: no function of it lives in this process")
    return found


@cache
def memories() -> list[_lru_cache_wrapper[object]]:
    """Return what remembers in the packages what it returned; ask before objects are frozen."""
    found = [each for each in gc.get_objects() if type(each) is _lru_cache_wrapper]
    return [m for m in found if m.__module__.partition(".")[0] in ("detector", "recordings")]


def put_in(mutant: Mutant) -> None:
    """Change this process."""
    for memory in memories():
        memory.cache_clear()
    path = str(ROOT / mutant.module)
    living = functions_of(mutant.module).get(mutant.scope)
    if living is not None:
        code = compile(mutant.tree, path, "exec")
        (found,) = [c for c in _codes(code) if _same(c, living.__code__)]
        living.__code__ = found
        (node,) = [node for name, node in _scopes(mutant.tree) if name == mutant.scope]
        _put_in_defaults(living, node.args)
        return
    module = sys.modules[mutant.module.removesuffix(".py").replace("/", ".")]
    (node,) = [node for name, node in _scopes(mutant.tree) if name == mutant.scope]
    names = dict(vars(module))
    try:
        exec(compile(ast.Module([node], []), path, "exec"), names)  # noqa: S102 (our own module)
    except Exception as error:
        raise ImportError(path) from error
    old = vars(module)[mutant.scope]
    for each in list(sys.modules.values()):
        if getattr(each, "__dict__", {}).get(mutant.scope) is old:
            setattr(each, mutant.scope, names[mutant.scope])


def _put_in_defaults(living: FunctionType, args: ast.arguments) -> None:
    """Let a function's arguments have the values that a changed text gives them."""

    def value(node: ast.expr) -> object:
        return eval(compile(ast.Expression(node), "", "eval"), living.__globals__)  # noqa: S307 (ours)

    living.__defaults__ = tuple(map(value, args.defaults)) or None
    named = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    living.__kwdefaults__ = {arg.arg: value(d) for arg, d in named if d is not None} or None


def _same(a: CodeType, b: CodeType) -> bool:
    return (a.co_qualname, a.co_firstlineno) == (b.co_qualname, b.co_firstlineno)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


# ------------------------------------------------------------------ the campaign


class Campaign:
    """A pytest plugin that runs the collected tests against mutants instead of once."""

    def __init__(self, cases: Mapping[str, Sequence[str]], every: int) -> None:
        self.cases, self.every = cases, every
        self.calls: dict[tuple[str, str], list[pytest.Item]] = defaultdict(list)
        self.took_s: dict[pytest.Item, float] = {}
        self.failed = False
        self.counts: Counter[tuple[str, str]] = Counter()

    @staticmethod
    def pytest_configure() -> None:
        """Let property tests be the same every time, and not look for a smaller example."""
        from hypothesis import Phase, settings  # not before pytest, which rewrites it

        phases = [Phase.explicit, Phase.generate]
        settings.register_profile(
            "mutants",
            settings.get_profile("default"),
            database=None,
            derandomize=True,
            phases=phases,
        )
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test failed."""
        self.failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests as they are, then against every mutant."""
        if session.testsfailed:  # they would kill every mutant
            raise pytest.UsageError("not all tests can be collected")
        session.config.pluginmanager.unregister(name="terminalreporter")  # a line a mutant
        for item in session.items:
            self._note(item)
        if self.failed:
            raise pytest.UsageError("a test fails without any mutant")
        for module in self.cases:
            functions_of(module)
        memories.cache_clear()
        memories()
        gc.freeze()  # forks then share what there is
        for module in self.cases:
            for number, mutant in enumerate(mutants_of(module)):
                if number % self.every == 0:
                    self._meet(mutant)
            print(f"{module}: {self.said(module)}", flush=True)
        return True

    def _note(self, item: pytest.Item) -> None:
        """Run a test, and note its time and which functions of the modules it calls."""
        paths = {str(ROOT / module): module for module in self.cases}
        called = set()

        def profile(frame: FrameType, event: str, _: object) -> None:
            if event == "call" and (module := paths.get(frame.f_code.co_filename)):
                called.add((module, frame.f_code.co_qualname.partition(".<locals>")[0]))

        for memory in memories():  # or only the first test would be seen to call it
            memory.cache_clear()
        begun_s = time.process_time()
        sys.setprofile(profile)
        self._run(item)
        sys.setprofile(None)
        self.took_s[item] = time.process_time() - begun_s
        for key in called if self.took_s[item] < SLOW_S else ():
            self.calls[key].append(item)

    @staticmethod
    def _run(item: pytest.Item) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def _meet(self, mutant: Mutant) -> None:
        known = functions_of(mutant.module)
        keys = [(mutant.module, mutant.scope)]
        if mutant.scope not in known:
            keys = [key for key in self.calls if key[0] == mutant.module]
        tests = [ROOT / "tests" / name for name in self.cases[mutant.module]]
        called = {item for key in keys for item in self.calls[key]}
        items = {item for item in called if any(item.path.is_relative_to(test) for test in tests)}
        child = os.fork()
        if child == 0:
            os._exit(self._killed(mutant, sorted(items, key=self.took_s.__getitem__)))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == NOT_TRIED:
            raise RuntimeError(f"{mutant.module}:{mutant.line} {mutant.change}: cannot be put in")
        outcome = {0: "survived", 1: "killed"}.get(status, "killed by time or signal")
        self.counts[mutant.module, outcome] += 1
        if status == 0:
            said = f"{mutant.module}:{mutant.line} {mutant.scope}: {mutant.change}"
            print(f"{said}{'' if items else ' (no test calls it)'}", flush=True)

    def _killed(self, mutant: Mutant, items: Sequence[pytest.Item]) -> int:
        """Return, in a fork, 1 as soon as a test fails and 0 if none does."""
        spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        most_s = spent + PATIENCE_S + PATIENCE * sum(self.took_s[item] for item in items)
        resource.setrlimit(resource.RLIMIT_CPU, (round(most_s),) * 2)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + ROOM_BYTES,) * 2)
        try:
            put_in(mutant)
        except ImportError:
            return 1
        except BaseException:  # then nothing was tried
            traceback.print_exc()
            return NOT_TRIED
        try:
            for item in items:
                self._run(item)
                if self.failed:
                    return 1
        except BaseException:  # whatever a mutant breaks, it is seen
            return 1
        return 0

    def said(self, module: str = "") -> str:
        """Return how many there were and what became of them."""
        counts: Counter[str] = Counter()
        for (name, outcome), n in self.counts.items():
            if module in ("", name):
                counts[outcome] += n
        killed = sum(counts.values()) - counts["survived"]
        return f"{sum(counts.values())} mutants, {killed} killed, {counts['survived']} survived"


def main() -> None:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--modules", nargs="+", default=tuple(CASES))
    parser.add_argument("--tests", nargs="+", help="below tests/; those of each module by default")
    parser.add_argument("--every", type=int, default=1, help="of the mutants, every how manyth")
    given = parser.parse_args()
    cases = {module: given.tests or CASES[module] for module in given.modules}
    campaign = Campaign(cases, given.every)
    names = dict.fromkeys(name for tests in cases.values() for name in tests)
    tests = [str(ROOT / "tests" / name) for name in names]
    with suppress(SystemExit):
        pytest.main(["-p", "no:cacheprovider", *tests], plugins=[campaign])
    print(f"all: {campaign.said()} ({time.process_time():.0f} s here, tests in forks beside it)")


if __name__ == "__main__":
    main()
