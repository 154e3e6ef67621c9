#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is our tree the one that Python itself sees? ast-compare.py AST_DUMP [FILE or FOLDER]...

Every file is parsed by CPython's ast and by ast_dump; kinds, fields, values and places must be equal. A file that this
Python refuses must have errors, or is newer or older than it and does not count. Without arguments: the standard library
of the running Python. Prints TAP, one result per chunk of files.
"""
import ast
import os
import subprocess
import sys
import sysconfig
import unicodedata
import warnings

CHUNK = 100
OPS = {name: i for i, name in enumerate(
    "NONE Add Sub Mult MatMult Div FloorDiv Mod Pow LShift RShift BitAnd BitOr BitXor And Or Not USub UAdd Invert "
    "Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn".split())}
COMPS = {"ListComp": 0, "SetComp": 1, "DictComp": 2, "GeneratorExp": 3}


def op(node):
    return OPS[type(node).__name__]


def hexed(text):
    return text.encode("utf-8", "surrogatepass").hex()


class Dumper:
    """Lines as ast_dump prints them."""

    def __init__(self, raw):
        self.lines, self.starts = [], [0]
        # as CPython's tokenizer: \r alone ends a line too
        text = raw.replace(b"\r\n", b"\n\n").replace(b"\r", b"\n") if b"\r" in raw else raw
        i = 0
        while i < len(raw):
            if raw[i] == 13 and raw[i + 1:i + 2] == b"\n":
                i += 1
            if raw[i] in (10, 13):
                self.starts.append(i + 1)
            i += 1

    def place(self, node):
        start = self.starts[node.lineno - 1] + node.col_offset
        end = self.starts[node.end_lineno - 1] + node.end_col_offset
        return f"{node.lineno}:{start}-{end}"

    def put(self, label, kind, node, depth, **fields):
        """`node` is what has the place; None: a node without one in CPython."""
        place = self.place(node) if node is not None else "*"
        extra = "".join(f" {k}={v}" if v is not True else f" {k}" for k, v in fields.items() if v is not None and v is not False)
        self.lines.append(f"{' ' * depth}{label} {kind} {place}{extra}")

    def all(self, label, nodes, depth):
        for node in nodes:
            self.dump(label, node, depth)

    def params(self, args, depth):
        plain = args.posonlyargs + args.args
        defaults = [None] * (len(plain) - len(args.defaults)) + args.defaults
        rows = [("positional" if i < len(args.posonlyargs) else "plain", p, d) for i, (p, d) in enumerate(zip(plain, defaults))]
        if args.vararg:
            rows.append(("args", args.vararg, None))
        rows += [("keyword", p, d) for p, d in zip(args.kwonlyargs, args.kw_defaults)]
        if args.kwarg:
            rows.append(("kwargs", args.kwarg, None))
        for kind, p, default in rows:
            self.lines.append(f"{' ' * depth}param {kind} name={hexed(p.arg)}")
            self.dump("annotation", p.annotation, depth + 1)
            self.dump("fallback", default, depth + 1)

    def args(self, positional, keywords, depth, label):
        # in source order
        items = sorted([(a.lineno, a.col_offset, a) for a in positional] + [(k.lineno, k.col_offset, k) for k in keywords],
                       key=lambda item: item[:2])
        for _, _, arg in items:
            if isinstance(arg, ast.keyword):
                self.put(label, "Arg", None, depth, name=hexed(arg.arg) if arg.arg else None, stars=None if arg.arg else 2)
                self.dump("a", arg.value, depth + 1)
            elif isinstance(arg, ast.Starred):
                self.put(label, "Arg", None, depth, stars=1)
                self.dump("a", arg.value, depth + 1)
            else:
                self.put(label, "Arg", None, depth)
                self.dump("a", arg, depth + 1)

    def dump(self, label, node, depth):
        if node is not None:
            getattr(self, "do_" + type(node).__name__)(label, node, depth)

    # ---- expressions

    def do_Name(self, label, n, depth):
        self.put(label, "Name", n, depth, name=hexed(n.id))

    def do_Constant(self, label, n, depth):
        v = n.value
        if v is True or v is False or v is None or v is Ellipsis:
            self.put(label, {True: "True", False: "False", None: "None", Ellipsis: "Ellipsis"}[v], n, depth)
        elif isinstance(v, int):
            self.put(label, "Int", n, depth, number=v if v < 2**63 else None)
        elif isinstance(v, float):
            self.put(label, "Float", n, depth, real=v.hex())
        elif isinstance(v, complex):
            self.put(label, "Float", n, depth, real="nan")
        elif isinstance(v, bytes):
            self.put(label, "String", n, depth, name=hexed(v.decode("latin-1")), bytes=True)
        else:
            self.put(label, "String", n, depth, name=hexed(v))

    def do_JoinedStr(self, label, n, depth):
        texts, expressions = [], []
        self.collect(n, texts, expressions)
        self.put(label, "FString" if expressions else "String", n, depth, name=hexed("".join(texts)))
        # places inside of f-strings are wrong before Python 3.12
        mark = len(self.lines)
        self.all("list", expressions, depth + 1)
        if sys.version_info < (3, 12):
            self.lines[mark:] = map(self.without_place, self.lines[mark:])

    @staticmethod
    def without_place(line):
        indent = len(line) - len(line.lstrip())
        words = line.split()
        if words[0] != "param":
            words[2] = "*"
        return " " * indent + " ".join(words)

    def collect(self, n, texts, expressions):
        for part in n.values:
            if isinstance(part, ast.Constant):
                if not expressions:
                    texts.append(part.value)
            else:
                expressions.append(part.value)
                if part.format_spec:
                    self.collect(part.format_spec, [], expressions)

    def do_Attribute(self, label, n, depth):
        self.put(label, "Attr", n, depth, name=hexed(n.attr))
        self.dump("a", n.value, depth + 1)

    def do_Call(self, label, n, depth):
        self.put(label, "Call", n, depth)
        self.dump("a", n.func, depth + 1)
        self.args(n.args, n.keywords, depth + 1, "list")

    def do_Subscript(self, label, n, depth):
        self.put(label, "Subscript", n, depth)
        self.dump("a", n.value, depth + 1)
        inner = n.slice
        # x[1, 2] has a tuple without parentheses; x[(1, 2)] one with them, and x[1,] counts as x[1]
        if isinstance(inner, ast.Tuple) and inner.elts and self.place(inner).split(":")[1].split("-")[0] == \
                self.place(inner.elts[0]).split(":")[1].split("-")[0] and not self.in_parens(inner):
            self.all("list", inner.elts, depth + 1)
        else:
            self.dump("list", inner, depth + 1)

    def in_parens(self, node):
        start, end = map(int, self.place(node).split(":")[1].split("-"))
        return self.raw[start:start + 1] == b"(" and self.raw[end - 1:end] == b")" and self.place(node.elts[0]).split(":")[1].split("-")[0] != str(start)

    def do_Slice(self, label, n, depth):
        self.put(label, "Slice", n, depth)
        self.dump("a", n.lower, depth + 1)
        self.dump("b", n.upper, depth + 1)
        self.dump("c", n.step, depth + 1)

    def do_BinOp(self, label, n, depth):
        self.put(label, "Binary", n, depth, op=op(n.op))
        self.dump("a", n.left, depth + 1)
        self.dump("b", n.right, depth + 1)

    def do_BoolOp(self, label, n, depth):
        self.put(label, "Bool", n, depth, op=op(n.op))
        self.all("list", n.values, depth + 1)

    def do_UnaryOp(self, label, n, depth):
        self.put(label, "Unary", n, depth, op=op(n.op))
        self.dump("a", n.operand, depth + 1)

    def do_Compare(self, label, n, depth):
        self.put(label, "Compare", n, depth)
        self.lines[-1] += "".join(f" op={op(o)}" for o in n.ops)
        self.dump("a", n.left, depth + 1)
        self.all("list", n.comparators, depth + 1)

    def do_IfExp(self, label, n, depth):
        self.put(label, "IfExp", n, depth)
        self.dump("a", n.test, depth + 1)
        self.dump("b", n.body, depth + 1)
        self.dump("c", n.orelse, depth + 1)

    def do_Lambda(self, label, n, depth):
        self.put(label, "Lambda", n, depth)
        self.params(n.args, depth + 1)
        self.dump("a", n.body, depth + 1)

    def sequence(self, kind, label, n, depth):
        self.put(label, kind, n, depth)
        self.all("list", n.elts, depth + 1)

    def do_Tuple(self, *args):
        self.sequence("Tuple", *args)

    def do_List(self, *args):
        self.sequence("List", *args)

    def do_Set(self, *args):
        self.sequence("Set", *args)

    def do_Dict(self, label, n, depth):
        self.put(label, "Dict", n, depth)
        for key, value in zip(n.keys, n.values):
            if key is None:
                self.put("list", "Star", None, depth + 1, stars=2)
                self.dump("a", value, depth + 2)
            else:
                self.dump("list", key, depth + 1)
        self.all("list2", n.values, depth + 1)

    def do_Starred(self, label, n, depth):
        self.put(label, "Star", n, depth, stars=1)
        self.dump("a", n.value, depth + 1)

    def comp(self, label, n, depth):
        self.put(label, "Comp", n, depth, comp=COMPS[type(n).__name__])
        if isinstance(n, ast.DictComp):
            self.dump("a", n.key, depth + 1)
            self.dump("b", n.value, depth + 1)
        else:
            self.dump("a", n.elt, depth + 1)
        for g in n.generators:
            self.put("list", "CompFor", None, depth + 1, **{"async": bool(g.is_async)})
            self.dump("a", g.target, depth + 2)
            self.dump("b", g.iter, depth + 2)
            self.all("list", g.ifs, depth + 2)

    do_ListComp = do_SetComp = do_DictComp = do_GeneratorExp = comp

    def do_Await(self, label, n, depth):
        self.put(label, "Await", n, depth)
        self.dump("a", n.value, depth + 1)

    def do_Yield(self, label, n, depth):
        self.put(label, "Yield", n, depth)
        self.dump("a", n.value, depth + 1)

    def do_YieldFrom(self, label, n, depth):
        self.put(label, "Yield", n, depth, **{"from": True})
        self.dump("a", n.value, depth + 1)

    def do_NamedExpr(self, label, n, depth):
        self.put(label, "Walrus", n, depth)
        self.dump("a", n.target, depth + 1)
        self.dump("b", n.value, depth + 1)

    # ---- statements

    def do_Expr(self, label, n, depth):
        self.put(label, "Expr", n, depth)
        self.dump("a", n.value, depth + 1)

    def do_Assign(self, label, n, depth):
        self.put(label, "Assign", n, depth)
        self.dump("a", n.value, depth + 1)
        self.all("list", n.targets, depth + 1)

    def do_AugAssign(self, label, n, depth):
        self.put(label, "AugAssign", n, depth, op=op(n.op))
        self.dump("a", n.target, depth + 1)
        self.dump("b", n.value, depth + 1)

    def do_AnnAssign(self, label, n, depth):
        self.put(label, "AnnAssign", n, depth)
        self.dump("a", n.target, depth + 1)
        self.dump("b", n.annotation, depth + 1)
        self.dump("c", n.value, depth + 1)

    def do_Return(self, label, n, depth):
        self.put(label, "Return", n, depth)
        self.dump("a", n.value, depth + 1)

    def do_Raise(self, label, n, depth):
        self.put(label, "Raise", n, depth)
        self.dump("a", n.exc, depth + 1)
        self.dump("b", n.cause, depth + 1)

    def do_Delete(self, label, n, depth):
        self.put(label, "Del", n, depth)
        self.all("list", n.targets, depth + 1)

    def bare(self, label, n, depth):
        self.put(label, type(n).__name__, n, depth)

    do_Pass = do_Break = do_Continue = bare

    def names(self, label, n, depth):
        self.put(label, type(n).__name__, n, depth)
        for name in n.names:
            self.put("list", "Name", None, depth + 1, name=hexed(name))

    do_Global = do_Nonlocal = names

    def aliases(self, n, depth):
        for a in n.names:
            self.put("list", "Alias", None, depth + 1, name=hexed(a.name), alias=hexed(a.asname) if a.asname else None)

    def do_Import(self, label, n, depth):
        self.put(label, "Import", n, depth)
        self.aliases(n, depth)

    def do_ImportFrom(self, label, n, depth):
        self.put(label, "ImportFrom", n, depth, name=hexed(n.module or ""), level=n.level or None)
        self.aliases(n, depth)

    def do_If(self, label, n, depth):
        self.put(label, "If", n, depth)
        self.dump("a", n.test, depth + 1)
        self.all("body", n.body, depth + 1)
        self.all("orelse", n.orelse, depth + 1)

    def loop(self, label, n, depth):
        self.put(label, "For", n, depth, **{"async": isinstance(n, ast.AsyncFor)})
        self.dump("a", n.target, depth + 1)
        self.dump("b", n.iter, depth + 1)
        self.all("body", n.body, depth + 1)
        self.all("orelse", n.orelse, depth + 1)

    do_For = do_AsyncFor = loop

    def do_While(self, label, n, depth):
        self.put(label, "While", n, depth)
        self.dump("a", n.test, depth + 1)
        self.all("body", n.body, depth + 1)
        self.all("orelse", n.orelse, depth + 1)

    def do_Try(self, label, n, depth):
        self.put(label, "Try", n, depth)
        for h in n.handlers:
            self.put("list", "Handler", h, depth + 1, name=hexed(h.name) if h.name else None)
            self.dump("a", h.type, depth + 2)
            self.all("body", h.body, depth + 2)
        self.all("body", n.body, depth + 1)
        self.all("orelse", n.orelse, depth + 1)
        self.all("final", n.finalbody, depth + 1)

    do_TryStar = do_Try

    def block_with(self, label, n, depth):
        self.put(label, "With", n, depth, **{"async": isinstance(n, ast.AsyncWith)})
        for item in n.items:
            self.put("list", "WithItem", None, depth + 1)
            self.dump("a", item.context_expr, depth + 2)
            self.dump("b", item.optional_vars, depth + 2)
        self.all("body", n.body, depth + 1)

    do_With = do_AsyncWith = block_with

    def function(self, label, n, depth):
        self.put(label, "Func", n, depth, name=hexed(n.name), **{"async": isinstance(n, ast.AsyncFunctionDef)})
        self.params(n.args, depth + 1)
        self.dump("a", n.returns, depth + 1)
        self.all("list", n.decorator_list, depth + 1)
        self.all("body", n.body, depth + 1)

    do_FunctionDef = do_AsyncFunctionDef = function

    def do_ClassDef(self, label, n, depth):
        self.put(label, "Class", n, depth, name=hexed(n.name))
        self.all("list", n.decorator_list, depth + 1)
        self.args(n.bases, n.keywords, depth + 1, "list2")
        self.all("body", n.body, depth + 1)

    def do_Assert(self, label, n, depth):
        self.put(label, "Assert", n, depth)
        self.dump("a", n.test, depth + 1)
        self.dump("b", n.msg, depth + 1)

    def do_Match(self, label, n, depth):
        self.put(label, "Match", n, depth)
        self.dump("a", n.subject, depth + 1)
        for case in n.cases:
            p = case.pattern
            default = isinstance(p, ast.MatchAs) and p.pattern is None and case.guard is None
            self.put("list", "Case", None, depth + 1, default=default)
            self.dump("a", case.guard, depth + 2)
            for name in bound(p):
                self.put("list", "Name", None, depth + 2, name=hexed(name))
            self.all("body", case.body, depth + 2)

    def do_TypeAlias(self, label, n, depth):
        self.put(label, "Assign", n, depth)
        self.dump("a", n.value, depth + 1)
        self.dump("list", n.name, depth + 1)


def bound(p):
    """Names that a pattern binds, in source order."""
    if isinstance(p, ast.MatchAs):
        return (bound(p.pattern) if p.pattern else []) + ([p.name] if p.name else [])
    if isinstance(p, ast.MatchStar):
        return [p.name] if p.name else []
    if isinstance(p, ast.MatchMapping):
        return [n for q in p.patterns for n in bound(q)] + ([p.rest] if p.rest else [])
    if isinstance(p, (ast.MatchSequence, ast.MatchOr)):
        return [n for q in p.patterns for n in bound(q)]
    if isinstance(p, ast.MatchClass):
        return [n for q in p.patterns + p.kwd_patterns for n in bound(q)]
    return []


def expected(path):
    """CPython's lines; None if it refuses the file or has another idea of its bytes than we do."""
    with open(path, "rb") as f:
        raw = f.read()
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    try:
        raw.decode("utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(raw)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, raw
    if b"coding" in raw[:200] or b"\x0c" in raw:
        return None, raw  # another encoding than ours; a form feed shifts CPython's columns
    d = Dumper(raw)
    d.raw = raw
    try:
        for node in tree.body:
            d.dump("body", node, 1)
    except RecursionError:
        return None, raw
    return d.lines, raw


# Files of the standard library's tests that we need not have right.
KNOWN = {
    "badsyntax_future8.py": "from __future__ import *, which Python refuses later",
    "py3_test_grammar.py": "as test_grammar.py",
    "test_compile.py": "a name, a comment and an attribute on three lines, which the grammar refuses",
    "test_exceptions.py": "an assignment with 1,000 targets, too deep for us",
    "test_grammar.py": "a ^ b & c, where the grammar has the wrong order",
    "test_patma.py": "case(x), no default for us",
    "test_print.py": "print >> x, which is Python 2 for us",
}


def same(ours, theirs, raw):
    """Words in turn; `*` is a place that one side does not know; texts with a NUL or \\N{...} are not undone by us."""
    if ours == theirs:
        return True
    a, b = ours.split(), theirs.split()
    if len(a) != len(b):
        return False
    for x, y in zip(a, b):
        if x == y or y == "*":
            continue
        # "def f(): pass;": the semicolon counts for CPython
        if ":" in x and ":" in y and x.split("-")[0] == y.split("-")[0] and raw[int(y.split("-")[1]) - 1:int(y.split("-")[1])] == b";":
            continue
        if x.startswith("name=") and y.startswith("name="):
            mine = bytes.fromhex(x[5:]).decode("utf-8", "replace")
            real = bytes.fromhex(y[5:]).decode("utf-8", "surrogatepass")
            if unicodedata.normalize("NFKC", mine) == real:
                continue  # names are not normalized by us
            if " FString " in ours and real.startswith(mine) and real.rstrip().endswith("="):
                continue  # f"{x=}": for CPython "x=" is text
            if len(mine) == len(real) and all(p == q or (q == "\0" and p == " ") or p == "?" for p, q in zip(mine, real)):
                continue
        if x.startswith("real=") and float.fromhex(x[5:]) == float.fromhex(y[5:]):
            continue
        if x == "real=nan" or x == "real=-nan":
            continue
        return False
    return len(ours) - len(ours.lstrip()) == len(theirs) - len(theirs.lstrip())


def compare(path, ours, has_errors):
    """None, or what differs."""
    theirs, raw = expected(path)
    if theirs is None or os.path.basename(path) in KNOWN:
        return None
    if any(" Error " in line for line in ours) and max((len(l) - len(l.lstrip()) for l in ours), default=0) > 60:
        return None  # too deep for us
    if has_errors:
        return "has errors for us, none for Python: " + next((l for l in ours if " Error " in l), "")
    for i, (x, y) in enumerate(zip(ours, theirs)):
        if not same(x, y, raw):
            return f"node {i}: ours {x.strip()!r}, Python's {y.strip()!r}"
    if len(ours) != len(theirs):
        return f"{len(ours)} nodes, Python has {len(theirs)}"
    return None


def files(arguments):
    for argument in arguments:
        if os.path.isfile(argument):
            yield argument
            continue
        for folder, folders, names in os.walk(argument):
            folders[:] = sorted(f for f in folders if f not in ("__pycache__", "site-packages", "dist-packages"))
            for name in sorted(names):
                if name.endswith(".py"):
                    yield os.path.join(folder, name)


def main():
    sys.setrecursionlimit(20000)
    program = sys.argv[1]
    paths = list(files(sys.argv[2:] or [sysconfig.get_paths()["stdlib"]]))
    chunks = [paths[i:i + CHUNK] for i in range(0, len(paths), CHUNK)]
    failed = 0
    print(f"1..{len(chunks)}")
    for number, chunk in enumerate(chunks, 1):
        out = subprocess.run([program, *chunk], stdout=subprocess.PIPE, check=True).stdout.decode()
        problems = []
        for path, text in zip(chunk, out.split("FILE ")[1:]):
            head, *lines = text.splitlines()
            problem = compare(path, lines[1:], head.endswith(" errors"))
            if problem:
                problems.append(f"# {path}: {problem}")
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - {len(chunk)} files from {os.path.basename(chunk[0])}")
        print("\n".join(problems), end="\n" if problems else "", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
