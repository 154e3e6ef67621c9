#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One-bug files from correct programs: does the linter find what a tired person would break?

    .cache/torch-venv/bin/python tests/lint/oracle/mutate.py OUT SEED...       (SEED: a file, a folder with main.py, a folder of seeds)

Every operator makes one change to one place, as text, so that style and comments stay. OUT holds one file (or folder) per
mutant and manifest.jsonl: {"name", "seed", "operator", "labels", "lines", "near", "trap", "verdict", ...}.
  labels  the ids that are right for this bug        lines   where the bug was put
  near    other lines that are right too: where the value was made, where it meets the rest, where the oracle saw it raise
Only the oracle makes a mutant a bug: its verdict is `raises`, or `cpu` (or more training on the CPU than the seed has), or a
Parameter that does not learn. What still runs as meant on the GPU becomes a trap, whatever the operator wanted; so do the mutants
of the operators named trap-*. Verdicts are cached by content in OUT/verdicts.json.
"""
import argparse
import ast
import hashlib
import json
import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import oracle  # noqa: E402

PER_OPERATOR = 6
FEWER = {"forget-import": 2, "huge-shape": 2, "item-to-numpy": 3, "move-to-cpu": 3, "optimizer-to": 1}
MISMATCH = ["input-not-moved", "target-not-moved", "tensor-created-on-cpu", "operand-on-other-device"]
FACTORIES = {"zeros", "ones", "rand", "randn", "full", "arange", "linspace", "tensor", "eye", "randint", "empty", "randperm",
             "as_tensor", "from_numpy", "FloatTensor", "LongTensor", "Tensor"}


# Their result is thrown away even where nothing comes of it: a finding is no false alarm, silence no miss.
HARMLESS_YET_WRONG = {"discard-result", "discard-first", "discard-both", "move-into-other-name", "cuda-in-getitem",
                      "parameter-moved", "data-parallel-unmoved"}


# Elsewhere an error that is not about devices says that the change broke more than it meant to.
ANY_ERROR = {"forget-import", "huge-shape", "layer-in-forward"}


class Program:
    """One source file of a seed, and what the operators ask about it."""

    def __init__(self, text):
        self.text = text
        self.tree = ast.parse(text)
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.parent = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parent[child] = node
        self.modules = self.find_modules()

    def at(self, line, column):
        start = self.starts[line - 1]
        row = self.text[start:self.starts[line]]
        return start + len(row.encode()[:column].decode())

    def span(self, node):
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def source(self, node):
        a, b = self.span(node)
        return self.text[a:b]

    def all(self, kind):
        return [n for n in ast.walk(self.tree) if isinstance(n, kind)]

    def statement(self, node):
        while not isinstance(node, ast.stmt):
            node = self.parent[node]
        return node

    def inside(self, node, kind):
        while node in self.parent:
            node = self.parent[node]
            if isinstance(node, kind):
                return node
        return None

    def find_modules(self):
        """Texts of expressions that are modules: they are asked for parameters, or put into train or eval mode."""
        found = set()
        for call in self.all(ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("parameters", "train", "eval", "state_dict",
                                                                           "load_state_dict", "apply"):
                found.add(self.source(call.func.value))
        for a in self.all(ast.Assign):
            if isinstance(a.value, ast.Call) and self.makes_module(a.value):
                found.add(self.source(a.targets[0]))
        return {m for m in found if not re.search(r"optim|opt\b|opt_|scaler|sched", m, re.I)}

    def makes_module(self, call):
        name = self.source(call.func).split("(")[0]
        last = name.split(".")[-1]
        if last in ("to", "cuda") and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
            return self.makes_module(call.func.value)
        classes = {c.name for c in self.all(ast.ClassDef) if any("Module" in self.source(b) for b in c.bases)}
        if last in classes:
            return True
        return name.startswith(("nn.", "torch.nn.")) and last[:1].isupper() and last not in ("Parameter",)

    def is_module(self, node):
        return self.source(node) in self.modules or isinstance(node, ast.Call) and self.makes_module(node)

    def lines_of(self, text):
        """Lines on which an expression of this text is bound or used."""
        return [i + 1 for i, row in enumerate(self.text.splitlines()) if re.search(r"(?<![\w.])" + re.escape(text) + r"\b", row)]

    def call_lines(self, text):
        return [i + 1 for i, row in enumerate(self.text.splitlines())
                if re.search(r"(?<![\w.])" + re.escape(text) + r"(\s*=|\()", row)]


class Mutant:
    def __init__(self, operator, labels, edits, line, near=(), trap=False):
        self.operator, self.labels, self.edits, self.trap = operator, labels, edits, trap
        self.lines = [line] if isinstance(line, int) else list(line)
        self.near = sorted(set(near))

    def apply(self, text):
        for a, b, new in sorted(self.edits, reverse=True):
            text = text[:a] + new + text[b:]
        ast.parse(text)
        return text


def is_move(node):
    """x.to(somewhere) or x.cuda(); not x.to(dtype)."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if node.func.attr == "cuda":
        return not (isinstance(node.func.value, ast.Name) and node.func.value.id == "torch")
    if node.func.attr != "to" or not (node.args or node.keywords):
        return False
    if any(k.arg == "device" for k in node.keywords):
        return True
    return bool(node.args) and "float" not in ast.unparse(node.args[0]) and "cpu" not in ast.unparse(node.args[0])


def root_name(p, node):
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        if isinstance(node, ast.Attribute) and p.source(node) in p.modules:
            break
        node = node.func if isinstance(node, ast.Call) else node.value
    return p.source(node)


def bound_names(p, node):
    stmt = p.statement(node)
    if isinstance(stmt, ast.Assign):
        return [p.source(n) for t in stmt.targets for n in ast.walk(t) if isinstance(n, (ast.Name, ast.Attribute))]
    return []


def involved(p, node):
    names = set(bound_names(p, node)) | {root_name(p, node)}
    names -= {"torch", "self", "nn"}
    return sorted({line for n in names for line in p.lines_of(n)} | made_in(p, names))


def made_in(p, names):
    """Lines of the program's functions that make what these names hold."""
    lines = set()
    functions = {f.name: f for f in p.all(ast.FunctionDef)}
    for a in p.all(ast.Assign):
        bound = {p.source(n) for t in a.targets for n in ast.walk(t) if isinstance(n, (ast.Name, ast.Attribute))}
        if not bound & set(names):
            continue
        for call in ast.walk(a.value):
            f = functions.get(p.source(call.func)) if isinstance(call, ast.Call) else None
            if f is not None:
                lines |= {n.lineno for n in ast.walk(f) if isinstance(n, ast.Return) or isinstance(n, ast.Call)
                          and (p.source(n.func).split(".")[-1] in FACTORIES or p.makes_module(n))}
    return lines


def module_births(p):
    """Lines outside of modules' own classes on which a module is made."""
    return {c.lineno for c in p.all(ast.Call) if p.makes_module(c)
            and not any("Module" in p.source(b) for b in getattr(p.inside(c, ast.ClassDef), "bases", []))}


def tensor_labels(p, node):
    made = node
    while isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and not (
            isinstance(made.func.value, ast.Name) and made.func.value.id == "torch"):
        made = made.func.value
    labels = list(MISMATCH)
    if isinstance(made, ast.Call):
        labels = ["tensor-created-on-cpu", "operand-on-other-device", "input-not-moved", "target-not-moved"]
    bound = " ".join(bound_names(p, node)).lower()
    if "weight" in bound:
        labels = ["loss-weight-on-cpu"] + labels
    elif re.search(r"label|target|\by|yb", bound):
        labels = ["target-not-moved"] + labels
    if "metric" in p.source(made):
        labels = ["metric-not-moved"] + labels
    return labels + ["tensor-attr-not-buffer", "loss-weight-on-cpu", "non-leaf-after-move"]


# --- Operators: generators of Mutant ---------------------------------------------------------------------------------

def stmt_value(stmt):
    return getattr(stmt, "value", None)


def drop_move(p):
    for node in p.all(ast.Call):
        if not is_move(node):
            continue
        receiver = node.func.value
        a, b = p.span(node)
        stmt = p.statement(node)
        module = p.is_module(receiver) or stmt_value(stmt) is node and p.modules.intersection(bound_names(p, node))
        name = root_name(p, receiver)
        new = p.source(receiver)
        if isinstance(stmt, ast.Expr) and stmt.value is node:
            new = "pass"
        near = involved(p, node)
        if module:
            made = set(bound_names(p, node)) | {name}
            near = [line for n in made for line in p.call_lines(n)]
            labels = ["model-not-moved", "loss-module-not-moved", "dp-model-not-on-device0"]
            yield Mutant("drop-model-move", labels, [(a, b, new)], node.lineno,
                         near + p.lines_of(name) + sorted(module_births(p)))
        else:
            yield Mutant("drop-tensor-move", tensor_labels(p, receiver), [(a, b, new)], node.lineno, near)


def discard_result(p):
    for stmt in p.all(ast.Assign):
        target, value = stmt.targets[0], stmt.value
        if is_move(value) and p.source(target) == p.source(value.func.value):
            trap = p.is_module(value.func.value)
            a, _ = p.span(stmt)
            b, _ = p.span(value)
            yield Mutant("trap-module-statement" if trap else "discard-result", ["discarded-to-result"], [(a, b, "")],
                         stmt.lineno, trap=trap)
        elif isinstance(value, ast.Tuple) and isinstance(target, ast.Tuple) and all(map(is_move, value.elts)) \
                and [p.source(t) for t in target.elts] == [p.source(v.func.value) for v in value.elts]:
            indent = " " * stmt.col_offset
            parts = [p.source(v) for v in value.elts]
            kept = "; ".join(parts[:1] + [f"{p.source(t)} = {v}" for t, v in zip(target.elts[1:], parts[1:])])
            yield Mutant("discard-first", ["discarded-to-result"], [(*p.span(stmt), kept)], stmt.lineno)
            both = ("\n" + indent).join(parts)
            yield Mutant("discard-both", ["discarded-to-result"], [(*p.span(stmt), both)],
                         range(stmt.lineno, stmt.lineno + len(parts)))


def other_name(p):
    for stmt in p.all(ast.Assign):
        target, value = stmt.targets[0], stmt.value
        if is_move(value) and isinstance(target, ast.Name) and p.source(target) == p.source(value.func.value) \
                and not p.is_module(target):
            a, b = p.span(target)
            yield Mutant("move-into-other-name", MISMATCH + ["stale-alias-before-move"], [(a, b, target.id + "_moved")],
                         stmt.lineno, p.lines_of(target.id))


def move_to_cpu(p):
    for node in p.all(ast.Call):
        if is_move(node) and node.func.attr == "to" and node.args and not p.is_module(node.func.value) \
                and not p.modules.intersection(bound_names(p, node)):
            labels = ["metric-not-moved"] if "metric" in p.source(node.func.value) else []
            yield Mutant("move-to-cpu", labels + MISMATCH + ["tensor-attr-not-buffer", "loss-weight-on-cpu"],
                         [(*p.span(node.args[0]), '"cpu"')], node.lineno, involved(p, node))


def list_of_modules(p):
    for call in p.all(ast.Call):
        name = p.source(call.func)
        if name.endswith("ModuleList") and call.args:
            inner = p.source(call.args[0])
            new = inner if isinstance(call.args[0], (ast.List, ast.ListComp, ast.Name)) else f"list({inner})"
            yield Mutant("plain-list", ["python-list-of-modules"], [(*p.span(call), new)], call.lineno,
                         range(call.lineno, call.end_lineno + 1))
        if name.endswith("ModuleDict") and call.args:
            yield Mutant("plain-dict", ["python-dict-of-modules"], [(*p.span(call), p.source(call.args[0]))], call.lineno,
                         range(call.lineno, call.end_lineno + 1))


def sequential_to_list(p):
    """self.net = nn.Sequential(a, b) with self.net(x)  ->  a list and a loop."""
    for stmt in p.all(ast.Assign):
        call, target = stmt.value, p.source(stmt.targets[0])
        if not (isinstance(call, ast.Call) and p.source(call.func).endswith("nn.Sequential") and len(call.args) > 1
                and target.startswith("self.") and not any(isinstance(a, ast.Starred) for a in call.args)):
            continue
        uses = [c for c in p.all(ast.Call) if p.source(c.func) == target]
        if len(uses) != 1 or not isinstance(p.parent[uses[0]], (ast.Assign, ast.Return)) or len(uses[0].args) != 1:
            continue
        use = p.statement(uses[0])
        indent = " " * use.col_offset
        loop = f"h = {p.source(uses[0].args[0])}\n{indent}for layer in {target}:\n{indent}    h = layer(h)\n{indent}"
        a, b = p.span(call.func)
        _, end = p.span(call)
        edits = [(a, b + 1, "["), (end - 1, end, "]"), (*p.span(uses[0]), "h"), (p.span(use)[0],) * 2 + (loop,)]
        if p.span(use)[0] == p.span(uses[0])[0]:
            continue
        yield Mutant("sequential-to-list", ["python-list-of-modules"], edits, stmt.lineno, range(stmt.lineno, stmt.end_lineno + 1))


def no_buffer(p):
    for call in p.all(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "register_buffer" and len(call.args) >= 2 \
                and isinstance(call.args[0], ast.Constant):
            owner = p.source(call.func.value)
            new = f"{owner}.{call.args[0].value} = {p.source(call.args[1])}"
            yield Mutant("attr-not-buffer", ["tensor-attr-not-buffer", "loss-weight-on-cpu"], [(*p.span(call), new)], call.lineno,
                         p.lines_of(f"{owner}.{call.args[0].value}"))


def parameter_moved(p):
    for call in p.all(ast.Call):
        if p.source(call.func).endswith("Parameter") and p.inside(call, ast.ClassDef) and isinstance(p.parent[call], ast.Assign):
            end = p.span(call)[1]
            yield Mutant("parameter-moved", ["parameter-moved-becomes-tensor"], [(end, end, ".cuda()")], call.lineno)


def parameter_to_tensor(p):
    """self.w = nn.Parameter(t)  ->  self.w = t.requires_grad_(): a plain attribute that neither moves nor learns."""
    for call in p.all(ast.Call):
        if p.source(call.func).endswith("nn.Parameter") and p.inside(call, ast.ClassDef) and len(call.args) == 1:
            yield Mutant("parameter-forgotten", ["tensor-attr-not-buffer", "parameter-moved-becomes-tensor"],
                         [(*p.span(call), p.source(call.args[0]))], call.lineno)


def factory_device(p):
    for call in p.all(ast.Call):
        for k in call.keywords:
            if k.arg != "device" or is_move(call):
                continue
            name = p.source(call.func).split(".")[-1]
            if name not in FACTORIES | {"Generator", "normal"}:
                continue
            row = p.text[:p.span(k)[0]]
            a = row.rstrip().rfind(",") if row.rstrip().endswith(",") else p.span(k)[0]
            labels = ["tensor-created-on-cpu", "operand-on-other-device", "input-not-moved", "target-not-moved", "generator-device",
                      "loss-weight-on-cpu"]
            yield Mutant("factory-without-device", labels, [(a, p.span(k)[1], "")], call.lineno, involved(p, call))


def like_to_factory(p):
    for call in p.all(ast.Call):
        name = p.source(call.func)
        labels = ["tensor-created-on-cpu", "operand-on-other-device", "input-not-moved"]
        match = re.fullmatch(r"torch\.(zeros|ones|rand|randn|empty)_like", name)
        if match and len(call.args) == 1 and not call.keywords:
            new = f"torch.{match[1]}({p.source(call.args[0])}.shape)"
            yield Mutant("like-to-factory", labels, [(*p.span(call), new)], call.lineno, involved(p, call))
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("new_zeros", "new_ones", "new_full", "new_tensor"):
            made = {"new_tensor": "tensor"}.get(call.func.attr, call.func.attr[4:])
            yield Mutant("new-to-factory", labels, [(*p.span(call.func), f"torch.{made}")], call.lineno, involved(p, call))


def drop_cpu(p):
    for call in p.all(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "cpu" and not call.args:
            yield Mutant("drop-cpu", ["numpy-of-cuda-tensor", "operand-on-other-device", "target-not-moved"],
                         [(*p.span(call), p.source(call.func.value))], call.lineno, involved(p, call))
        if isinstance(call.func, ast.Attribute) and call.func.attr == "item" and not call.args:
            yield Mutant("item-to-numpy", ["numpy-of-cuda-tensor"],
                         [(*p.span(call), p.source(call.func.value) + ".detach().numpy()")], call.lineno, involved(p, call))


def device_unused(p):
    edits = []
    for node in p.all(ast.Call):
        if is_move(node):
            stmt = p.statement(node)
            if isinstance(stmt, ast.Expr) and stmt.value is node:
                edits.append((*p.span(stmt), "pass"))
            else:
                edits.append((*p.span(node), p.source(node.func.value)))
        for k in node.keywords:
            if k.arg == "device" and not is_move(node):
                row = p.text[:p.span(k)[0]].rstrip()
                a = row.rfind(",") if row.endswith(",") else p.span(k)[0]
                edits.append((a, p.span(k)[1], ""))
    spans = sorted(edits)
    if any(x[1] > y[0] for x, y in zip(spans, spans[1:])) or not edits:
        return
    lines = [a.lineno for a in p.all(ast.Assign) if "is_available" in p.source(a.value) or "torch.device" in p.source(a.value)]
    near = [line for m in p.modules for line in p.lines_of(m)] + [i + 1 for i, row in enumerate(p.text.splitlines())
                                                                 if re.search("device|is_available", row, re.I)]
    if lines:
        yield Mutant("nothing-moves", ["device-unused", "model-not-moved", "device-param-unused"], edits, lines,
                     near + sorted(module_births(p)))


def layer_in_forward(p):
    for stmt in p.all(ast.Assign):
        target, call = p.source(stmt.targets[0]), stmt.value
        if not (target.startswith("self.") and isinstance(call, ast.Call)
                and re.search(r"nn\.(Linear|Conv2d|BatchNorm\dd|LayerNorm|Embedding|GRU)$", p.source(call.func))):
            continue
        if any(isinstance(n, ast.Name) and n.id not in ("nn", "torch", "self") for n in ast.walk(call)):
            continue
        uses = [c for c in p.all(ast.Call) if p.source(c.func) == target]
        if len(uses) == 1:
            line = uses[0].lineno
            yield Mutant("layer-in-forward", ["module-created-in-forward"],
                         [(*p.span(stmt), "pass"), (*p.span(uses[0].func), p.source(call))], line)


def to_on_container(p):
    for stmt in p.all(ast.Assign):
        target, value = stmt.targets[0], stmt.value
        if isinstance(value, ast.Tuple) and isinstance(target, ast.Tuple) and all(map(is_move, value.elts)):
            move = value.elts[0]
            a, b = p.span(move)
            tail = p.text[p.span(move.func.value)[1]:b]
            names = ", ".join(p.source(v.func.value) for v in value.elts)
            yield Mutant("to-on-tuple", ["to-on-container"], [(*p.span(value), f"({names}){tail}")], stmt.lineno)
    for stmt in p.all(ast.For):
        if isinstance(stmt.target, ast.Tuple) and len(stmt.target.elts) == 2 and "loader" in p.source(stmt.iter).lower() \
                and "enumerate" not in p.source(stmt.iter):
            move = next((n for n in ast.walk(stmt) if is_move(n) and n.func.attr == "to"), None)
            if move is None or not move.args:
                continue
            indent = " " * stmt.body[0].col_offset
            a = p.span(stmt.body[0])[0]
            names = p.source(stmt.target)
            edits = [(*p.span(stmt.target), "batch"),
                     (a, a, f"batch = batch.to({p.source(move.args[0])})\n{indent}{names} = batch\n{indent}")]
            yield Mutant("to-on-batch", ["to-on-container"], edits, stmt.body[0].lineno)


def optimizer_to(p):
    for stmt in p.all(ast.Assign):
        if isinstance(stmt.value, ast.Call) and re.search(r"optim\.[A-Z]\w+$", p.source(stmt.value.func)):
            end = p.span(stmt)[1]
            name = p.source(stmt.targets[0])
            yield Mutant("optimizer-to", ["to-on-non-tensor"],
                         [(end, end, f"\n{' ' * stmt.col_offset}{name}.to('cuda')")], stmt.end_lineno + 1)


def cuda_in_dataset(p):
    for function in p.all(ast.FunctionDef):
        if function.name != "__getitem__":
            continue
        for stmt in ast.walk(function):
            if not isinstance(stmt, ast.Return) or stmt.value is None:
                continue
            values = stmt.value.elts if isinstance(stmt.value, ast.Tuple) else [stmt.value]
            value = values[0]
            if isinstance(value, ast.Dict):
                if value.keys[0] is None:
                    continue
                value = value.values[0]
            a, end = p.span(value)
            loaders = [i + 1 for i, row in enumerate(p.text.splitlines()) if "DataLoader(" in row]
            yield Mutant("cuda-in-getitem", ["cuda-in-worker", "pin-cuda-tensor"], [(a, a, "("), (end, end, ").cuda()")],
                         value.end_lineno,
                         loaders + list(range(stmt.lineno, stmt.end_lineno + 1)))


def forget_import(p):
    for stmt in p.tree.body:
        if isinstance(stmt, ast.Import) and len(stmt.names) == 1:
            name = (stmt.names[0].asname or stmt.names[0].name).split(".")[0]
            others = sum(1 for s in p.all((ast.Import, ast.ImportFrom)) if s is not stmt
                         for n in s.names if (n.asname or n.name).split(".")[0] == name)
            if others == 0:
                uses = [n.lineno for n in p.all(ast.Name) if n.id == name]
                yield Mutant("forget-import", ["name-not-imported"], [(*p.span(stmt), "")], uses)


def huge(p):
    for call in p.all(ast.Call):
        if re.fullmatch(r"torch\.(randn|rand|zeros|ones)", p.source(call.func)) and len(call.args) >= 2 \
                and all(isinstance(a, ast.Constant) and isinstance(a.value, int) for a in call.args):
            edits = [(*p.span(a), "100000") for a in call.args[:2]] + [(p.span(call.args[1])[1],) * 2 + (", 1000",)]
            yield Mutant("huge-shape", ["allocation-impossible"], edits, call.lineno)


def requires_grad_then_move(p):
    for call in p.all(ast.Call):
        flags = {k.arg: k for k in call.keywords}
        if "requires_grad" in flags and "device" in flags:
            where = p.source(flags["device"].value)
            row = p.text[:p.span(flags["device"])[0]].rstrip()
            a = row.rfind(",") if row.endswith(",") else p.span(flags["device"])[0]
            end = p.span(call)[1]
            yield Mutant("leaf-then-move", ["non-leaf-after-move"],
                         [(a, p.span(flags["device"])[1], ""), (end, end, f".to({where})")], call.lineno, involved(p, call))


def data_parallel(p):
    for node in p.all(ast.Call):
        if is_move(node) and p.is_module(node.func.value) and isinstance(node.func.value, ast.Call) \
                and re.search(r"^(from torch import .*\bnn\b|import torch\.nn as nn)", p.text, re.M):
            names = bound_names(p, node)
            yield Mutant("data-parallel-unmoved", ["dp-model-not-on-device0", "model-not-moved"],
                         [(*p.span(node), f"nn.DataParallel({p.source(node.func.value)})")], node.lineno,
                         [line for n in names for line in p.call_lines(n)] + sorted(module_births(p)))


def default_device(p):
    if not re.search(r"shuffle=True", p.text):
        return
    last = [s for s in p.tree.body if isinstance(s, (ast.Import, ast.ImportFrom))][-1]
    end = p.span(last)[1]
    loaders = [i + 2 for i, row in enumerate(p.text.splitlines()) if re.search(r"DataLoader\(|random_split\(|shuffle=True|generator=", row)]
    yield Mutant("default-device", ["default-device-breaks-loader", "generator-device", "pin-cuda-tensor", "cuda-in-worker"],
                 [(end, end, "\ntorch.set_default_device('cuda')")], last.end_lineno + 1,
                 loaders + [i + 2 for i, row in enumerate(p.text.splitlines()) if re.search(r"\bin (enumerate\()?\w*loader", row)])


# Traps: correct programs that a simple rule would flag.

def backward_lines(p):
    for stmt in p.all(ast.Expr):
        if isinstance(stmt.value, ast.Call) and isinstance(stmt.value.func, ast.Attribute) \
                and stmt.value.func.attr == "backward" and isinstance(stmt.value.func.value, ast.Name):
            yield stmt, stmt.value.func.value.id


def trap_insertions(p):
    for stmt, loss in backward_lines(p):
        a = p.span(stmt)[0]
        indent = "\n" + " " * stmt.col_offset
        for name, text in {
                "trap-zero-dim": f"{loss} = {loss} * torch.tensor(1.0)",
                "trap-log-on-cpu": f"log = torch.zeros(3){indent}log[0] = {loss}.item()",
                "trap-copy": f"kept = torch.zeros(()){indent}kept.copy_({loss}.detach())",
                "trap-slice-assign": f"history = torch.zeros(4){indent}history[1] = {loss}.detach()",
                "trap-warm-up": "torch.zeros(1).cuda()",
                "trap-tolist": f"print({loss}.detach().tolist(), {loss}.shape, {loss}.device)",
                "trap-cpu-copy": f"copy = {loss}.detach().cpu(){indent}print(copy.numpy(), (copy + torch.zeros(1)).numpy())"}.items():
            if re.search(r"^import torch( |$|\n)", p.text, re.M):
                yield Mutant(name, [], [(a, a, text + indent)], stmt.lineno, trap=True)


def trap_late_move(p):
    """The optimizer before the move: Adam and SGD do not mind."""
    for stmt in p.all(ast.Assign):
        if not (is_move(stmt.value) and p.is_module(stmt.value.func.value)):
            continue
        name = p.source(stmt.targets[0])
        body = next((b for b in (getattr(p.parent[stmt], f, []) for f in ("body", "orelse")) if stmt in b), [])
        for later in body[body.index(stmt) + 1:] if body else []:
            if isinstance(later, ast.Assign) and f"{name}.parameters()" in p.source(later):
                end = p.span(later)[1]
                move = p.text[p.span(stmt.value.func.value)[1]:p.span(stmt.value)[1]]
                yield Mutant("trap-move-after-optimizer", [],
                             [(*p.span(stmt.value), p.source(stmt.value.func.value)),
                              (end, end, f"\n{' ' * later.col_offset}{name}{move}")], later.lineno, trap=True)
                break


def trap_plain_layers(p):
    """A list of layers without parameters needs no ModuleList."""
    for c in p.all(ast.ClassDef):
        init = next((f for f in c.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"), None)
        if init is None or not any("Module" in p.source(b) for b in c.bases) or not re.search(r"\bnn\b", p.text):
            continue
        end = p.span(init.body[-1])[1]
        pad = " " * init.body[-1].col_offset
        yield Mutant("trap-list-without-parameters", [], [(end, end, f"\n{pad}self.extra = [nn.ReLU(), nn.Tanh(), nn.Identity()]")],
                     init.lineno, trap=True)
        yield Mutant("trap-unused-attr", [], [(end, end, f"\n{pad}self.note = torch.zeros(2)")], init.lineno, trap=True)


OPERATORS = [drop_move, discard_result, other_name, move_to_cpu, list_of_modules, sequential_to_list, no_buffer, parameter_moved,
             parameter_to_tensor, factory_device, like_to_factory, drop_cpu, device_unused, layer_in_forward, to_on_container,
             optimizer_to, cuda_in_dataset, forget_import, huge, requires_grad_then_move, data_parallel, default_device,
             trap_insertions, trap_late_move, trap_plain_layers]


def mutants_of(text):
    """(mutant, its text); a few of each operator, so that none outweighs the rest."""
    program = Program(text)
    count = {}
    for operator in OPERATORS:
        for m in operator(program):
            if count.get(m.operator, 0) >= FEWER.get(m.operator, PER_OPERATOR):
                continue
            try:
                made = m.apply(text)
            except SyntaxError:
                continue
            if made != text:
                count[m.operator] = count.get(m.operator, 0) + 1
                yield m, made


# --- Files and verdicts ----------------------------------------------------------------------------------------------

def find_seeds(paths):
    for path in paths:
        path = path.rstrip("/")
        if path.endswith(".py") or os.path.isfile(os.path.join(path, "main.py")):
            yield path
            continue
        for name in sorted(os.listdir(path)):
            full = os.path.join(path, name)
            if name.endswith(".py") or os.path.isfile(os.path.join(full, "main.py")):
                yield full


def sources_of(seed):
    """{name relative to the seed: text}"""
    if not os.path.isdir(seed):
        with open(seed, encoding="utf-8") as f:
            return {"": f.read()}
    out = {}
    for folder, _, names in os.walk(seed):
        for name in sorted(names):
            if name.endswith(".py"):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    out[os.path.relpath(os.path.join(folder, name), seed)] = f.read()
    return out


def write_program(out, name, sources):
    """Writes one program; returns its path relative to out."""
    if "" in sources:
        with open(os.path.join(out, name + ".py"), "w", encoding="utf-8") as f:
            f.write(sources[""])
        return name + ".py"
    for relative, text in sources.items():
        path = os.path.join(out, name, relative)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    return name


def make(seeds, out):
    rows = []
    for seed in seeds:
        sources = sources_of(seed)
        base = os.path.basename(seed).removesuffix(".py")
        rows.append({"name": write_program(out, base, sources), "seed": base, "operator": "seed", "trap": True,
                     "sources": sources})
        for relative, text in sources.items():
            for i, (m, made) in enumerate(mutants_of(text)):
                changed = {**sources, relative: made}
                part = relative.replace("/", "-").removesuffix(".py")
                name = "--".join(filter(None, (base, part, f"{m.operator}-{i:02}")))
                rows.append({"name": write_program(out, name, changed), "seed": base, "operator": m.operator, "labels": m.labels,
                             "file": relative, "lines": m.lines, "near": m.near, "trap": m.trap, "sources": changed})
    return rows


def oracle_digest():
    """A verdict is as good as the oracle that gave it."""
    out = hashlib.sha256()
    for folder, _, names in sorted(os.walk(HERE)):
        for name in sorted(names):
            if name.endswith(".py") and name not in ("mutate.py", "score.py", "selftest.py", "cases.py"):
                with open(os.path.join(folder, name), "rb") as f:
                    out.update(f.read())
    return out.hexdigest()


def digest(sources, salt):
    return hashlib.sha256((salt + json.dumps(sources, sort_keys=True)).encode()).hexdigest()[:24]


def ask_oracle(rows, out, settings):
    cache_path = os.path.join(out, "verdicts.json")
    cache = {}
    if os.path.exists(cache_path):
        with open(cache_path, encoding="utf-8") as f:
            cache = json.load(f)
    todo, salt = {}, oracle_digest()
    for row in rows:
        row["digest"] = digest(row.pop("sources"), salt)
        if row["digest"] not in cache:
            todo.setdefault(row["digest"], os.path.join(out, row["name"]))
    keys = {path: key for key, path in todo.items()}
    if todo:
        oracle.need_torch()
    for n, (path, verdict) in enumerate(oracle.run_all(list(todo.values()), settings)):
        cache[keys[path]] = verdict
        if n % 50 == 0:
            print(f"{n}/{len(todo)}", file=sys.stderr, flush=True)
            with open(cache_path, "w", encoding="utf-8") as f:
                json.dump(cache, f)
    kept = {row["digest"] for row in rows}
    with open(cache_path, "w", encoding="utf-8") as f:
        json.dump({k: v for k, v in cache.items() if k in kept}, f)
    for row in rows:
        row["oracle"] = cache[row["digest"]]


def classify(row, seed):
    """bug, trap, or undecided: the oracle's word, compared with what it said of the seed."""
    said, before = row["oracle"], seed["oracle"]
    if row["operator"] == "seed":
        return "trap" if said["verdict"] == "fine" else "undecided"
    if said["verdict"] == "unknown" or before["verdict"] != "fine":
        return "undecided"
    if said["verdict"] == "raises" and said["kind"] != "device" and row["operator"] not in ANY_ERROR:
        return "undecided"
    bug = said["verdict"] in ("raises", "cpu")
    if said["verdict"] == "fine":
        bug = said["calls"]["train"]["cpu"] > before["calls"]["train"]["cpu"] or said["untrained"] > before["untrained"]
    if row["trap"]:
        return "undecided" if bug else "trap"
    if not bug and row["operator"] in HARMLESS_YET_WRONG:
        return "undecided"
    return "bug" if bug else "trap"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("seeds", nargs="+", metavar="SEED")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    for name in os.listdir(args.out):
        path = os.path.join(args.out, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif name.endswith(".py"):
            os.unlink(path)
    rows = make(list(find_seeds(args.seeds)), args.out)
    ask_oracle(rows, args.out, oracle.settings(jobs=args.jobs, timeout=30))
    seeds = {row["seed"]: row for row in rows if row["operator"] == "seed"}
    counts = {}
    with open(os.path.join(args.out, "manifest.jsonl"), "w", encoding="utf-8") as f:
        for row in rows:
            row["class"] = classify(row, seeds[row["seed"]])
            counts.setdefault(row["operator"], {}).setdefault(row["class"], 0)
            counts[row["operator"]][row["class"]] += 1
            f.write(json.dumps(row) + "\n")
    for operator, by_class in sorted(counts.items()):
        print(f"{operator:30} " + "  ".join(f"{k} {v}" for k, v in sorted(by_class.items())))


if __name__ == "__main__":
    main()
