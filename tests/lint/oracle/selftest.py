#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does the oracle know torch? Short programs whose outcome on a CUDA machine is documented by torch's own source, tests or error
texts: `raises` (with a word of the message) or `ok`. Prints TAP. Without a torch everything is SKIPped, and said.

    tests/lint/oracle/selftest.py        ($WHYCPU_TORCH_PYTHON, else ${WHYCPU_CACHE:-.cache}/torch-venv/bin/python)
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.dont_write_bytecode = True
SAME = "same device"
# (name, program, None or a part of the message)
PROGRAMS = [
    # The mixing rule
    ("two devices in an addition", "torch.ones(2).cuda() + torch.ones(2)", SAME),
    ("a 0-dim CPU tensor may meet a CUDA tensor", "assert (torch.ones(2).cuda() * torch.tensor(2.)).is_cuda", None),
    ("a 1-element CPU tensor may not", "torch.ones(2).cuda() * torch.tensor([2.])", SAME),
    ("a 0-dim CPU tensor is no output for a CUDA one", "t = torch.tensor(0.); t += torch.ones(()).cuda()", SAME),
    ("a 0-dim CPU tensor is added out of place", "t = torch.tensor(0.); t = t + torch.ones(()).cuda(); assert t.is_cuda", None),
    ("cat has no exemption", "torch.stack([torch.tensor(0.), torch.ones(()).cuda()])", SAME),
    ("mm", "torch.ones(2, 2) @ torch.ones(2, 2).cuda()", SAME),
    ("einsum", "torch.einsum('ij,jk->ik', torch.ones(2, 2), torch.ones(2, 2).cuda())", SAME),
    ("linear", "nn.Linear(2, 2).cuda()(torch.ones(1, 2))", SAME),
    ("conv", "nn.Conv2d(1, 1, 1)(torch.ones(1, 1, 2, 2).cuda())", SAME),
    ("embedding", "nn.Embedding(3, 2).cuda()(torch.tensor([1]))", SAME),
    ("batch norm's buffers move", "nn.BatchNorm1d(3).cuda()(torch.ones(2, 3).cuda())", None),
    ("copy_ crosses devices", "a = torch.zeros(2); a.copy_(torch.ones(2).cuda()); assert not a.is_cuda and a.sum() == 2", None),
    ("so does slice assignment", "a = torch.zeros(2).cuda(); a[0] = torch.tensor(1.); a[:] = torch.ones(2)", None),
    ("CPU indices into a CUDA tensor", "torch.ones(3).cuda()[torch.tensor([0, 1])]", None),
    ("CUDA indices into a CPU tensor", "torch.ones(3)[torch.tensor([0, 1]).cuda()]", "indices should be"),
    ("a CUDA mask on a CPU tensor", "torch.ones(3)[torch.ones(3).cuda() > 0]", "indices should be"),
    ("index_put_ takes its indices to where it writes",
     "a = torch.zeros(3); a[torch.ones(3).cuda() > 0] = 2.; a[torch.tensor([0]).cuda()] = torch.ones(1); assert a.sum() == 5", None),
    ("and wants its values there too", "a = torch.ones(3); a[torch.tensor([0, 1]).cuda()] = torch.ones(2).cuda()", SAME),
    ("index_put_ wants its values there", "a = torch.ones(3).cuda(); a[torch.tensor([0, 1])] = torch.ones(2)", SAME),
    ("gather", "torch.ones(1, 3).cuda().gather(1, torch.tensor([[0]]))", SAME),
    ("masked_fill", "torch.ones(3).cuda().masked_fill(torch.ones(3).bool(), 0.)", SAME),
    ("where", "torch.where(torch.ones(3).cuda() > 0, torch.ones(3).cuda(), torch.zeros(3))", SAME),
    ("where with a number", "torch.where(torch.ones(3).cuda() > 0, torch.ones(3).cuda(), 0.)", None),
    ("cross entropy's target", "F.cross_entropy(torch.ones(2, 3).cuda(), torch.tensor([0, 1]))", SAME),
    ("cross entropy's weight", "nn.CrossEntropyLoss(weight=torch.ones(3))(torch.ones(1, 3).cuda(), torch.tensor([0]).cuda())", SAME),
    ("a loss moves its weight",
     "nn.CrossEntropyLoss(weight=torch.ones(3)).cuda()(torch.ones(1, 3).cuda(), torch.tensor([0]).cuda())", None),
    ("one_hot", "assert F.one_hot(torch.tensor([1]).cuda(), 3).is_cuda", None),
    ("bincount", "torch.bincount(torch.tensor([1]).cuda()) + torch.zeros(2)", SAME),
    # Values
    ("item, bool, tolist, printing", "t = torch.ones(2).cuda(); t.sum().item(); bool(t.all()); t.tolist(); repr(t); len(t)", None),
    ("nonzero has values", "assert torch.tensor([0, 1]).cuda().nonzero().item() == 1", None),
    ("numpy()", "torch.ones(2).cuda().numpy()", "can't convert cuda:0"),
    ("numpy on a tensor", "np.sin(torch.ones(2).cuda())", "can't convert cuda:0"),
    ("numpy() of a copy on the CPU", "torch.ones(2).cuda().cpu().numpy()", None),
    ("np.array of a list of 0-dim CUDA tensors", "np.array([torch.ones(()).cuda()])", "can't convert cuda:0"),
    ("torch.tensor of a list of CUDA scalars", "assert not torch.tensor([torch.ones(()).cuda()]).is_cuda", None),
    # Movers
    (".to makes a new tensor", "t = torch.ones(2); t.to('cuda'); assert not t.is_cuda", None),
    (".to of a tensor that is there is the same", "t = torch.ones(2).cuda(); assert t.to('cuda') is t and t.to('cuda:0') is t", None),
    (".to(other tensor)", "assert torch.ones(2).to(torch.ones(1).cuda()).is_cuda", None),
    (".to(dtype) stays", "assert torch.ones(2).cuda().to(torch.float64).is_cuda", None),
    (".to(device, dtype)", "t = torch.ones(2).to('cuda', torch.float16); assert t.is_cuda and t.dtype == torch.float16", None),
    ("type_as takes back", "assert not torch.ones(2).cuda().type_as(torch.ones(1)).is_cuda", None),
    (".type(CPU type) takes back", "assert not torch.ones(2).cuda().type(torch.FloatTensor).is_cuda", None),
    (".type(CUDA type) moves", "t = torch.ones(2).type(torch.cuda.LongTensor); assert t.is_cuda and t.dtype == torch.int64", None),
    ("a moved module is the same object", "m = nn.Linear(1, 1); assert m.cuda() is m and m.weight.is_cuda", None),
    ("Parameters stay the same objects", "m = nn.Linear(1, 1); w = m.weight; m.cuda(); assert m.weight is w and w.is_cuda", None),
    ("buffers become new tensors",
     "m = nn.BatchNorm1d(1); b = m.running_mean; m.cuda(); assert m.running_mean.is_cuda and not b.is_cuda", None),
    ("an optimizer made before the move still learns",
     "m = nn.Linear(1, 1); o = torch.optim.Adam(m.parameters()); m.cuda(); w = m.weight.detach().clone();"
     "m(torch.ones(1, 1).cuda()).sum().backward(); o.step(); assert (m.weight != w).all()", None),
    ("an optimizer that has stepped before the move keeps its state there",
     "m = nn.Linear(1, 1); o = torch.optim.Adam(m.parameters()); m(torch.ones(1, 1)).sum().backward(); o.step(); m.cuda();"
     "m.zero_grad(); m(torch.ones(1, 1).cuda()).sum().backward(); o.step()", SAME),
    ("Adagrad has its state before the move",
     "m = nn.Linear(1, 1); o = torch.optim.Adagrad(m.parameters(), foreach=False); m.cuda();"
     "m(torch.ones(1, 1).cuda()).sum().backward(); o.step()", SAME),
    ("Parameter(...).cuda() is no Parameter", "assert not isinstance(nn.Parameter(torch.ones(1)).cuda(), nn.Parameter)", None),
    ("an optimizer refuses it", "torch.optim.SGD([torch.ones(1, requires_grad=True).cuda()], lr=1)", "non-leaf"),
    ("gradients come home", "w = torch.ones(2, requires_grad=True); w.cuda().sum().backward(); assert not w.grad.is_cuda", None),
    ("a list has no .to", "[torch.ones(1)].to('cuda')", "has no attribute 'to'"),
    ("a second GPU is not there", "torch.ones(1).to('cuda:1')", "invalid device ordinal"),
    # Factories
    ("device=", "assert torch.zeros(2, device='cuda').is_cuda and torch.tensor([1], device=torch.device('cuda')).is_cuda", None),
    ("*_like and new_*", "x = torch.ones(2).cuda(); assert torch.zeros_like(x).is_cuda and x.new_ones(1).is_cuda", None),
    ("*_like with another device", "assert not torch.zeros_like(torch.ones(2).cuda(), device='cpu').is_cuda", None),
    ("set_default_device", "torch.set_default_device('cuda'); t = torch.ones(2); torch.set_default_device('cpu'); assert t.is_cuda",
     None),
    ("it spares from_numpy", "torch.set_default_device('cuda'); t = torch.from_numpy(np.ones(2)); torch.set_default_device('cpu');"
     "assert not t.is_cuda", None),
    ("with torch.device", "with torch.device('cuda'): m = nn.Linear(1, 1)\nassert m.weight.is_cuda", None),
    ("a generator of the CPU", "torch.randn(2, device='cuda', generator=torch.Generator())", "for generator"),
    ("a generator of the GPU", "torch.randn(2, device='cuda', generator=torch.Generator(device='cuda'))", None),
    ("a sampler under set_default_device",
     "torch.set_default_device('cuda')\ntry: list(DataLoader(TensorDataset(torch.ones(4)), shuffle=True))\n"
     "finally: torch.set_default_device('cpu')", "for generator"),
    ("torch.cuda.FloatTensor", "assert torch.cuda.FloatTensor([1.]).is_cuda and torch.cuda.FloatTensor(2, 3).shape == (2, 3)", None),
    # Modules that keep something back
    ("a plain attribute stays",
     "class M(nn.Module):\n def __init__(s):\n  super().__init__(); s.w = torch.ones(2)\n def forward(s, x): return s.w * x\n"
     "M().cuda()(torch.ones(2).cuda())", SAME),
    ("a buffer moves",
     "class M(nn.Module):\n def __init__(s):\n  super().__init__(); s.register_buffer('w', torch.ones(2))\n"
     " def forward(s, x): return s.w * x\nM().cuda()(torch.ones(2).cuda())", None),
    ("a list of modules stays",
     "class M(nn.Module):\n def __init__(s):\n  super().__init__(); s.l = [nn.Linear(2, 2)]\n def forward(s, x): return s.l[0](x)\n"
     "M().cuda()(torch.ones(2).cuda())", SAME),
    ("a tensor assigned to a buffer's name is a buffer",
     "m = nn.Module(); m.register_buffer('a', None); m.a = torch.ones(1); m.cuda(); assert m.a.is_cuda", None),
    ("deepcopy keeps the device", "assert copy.deepcopy(nn.Linear(1, 1).cuda()).weight.is_cuda", None),
    ("LSTM state", "nn.LSTM(2, 2).cuda()(torch.ones(1, 1, 2).cuda(), (torch.zeros(1, 1, 2), torch.zeros(1, 1, 2)))", SAME),
    ("LSTM without state", "nn.LSTM(2, 2).cuda()(torch.ones(1, 1, 2).cuda())", None),
    ("packing wants lengths on the CPU",
     "nn.utils.rnn.pack_padded_sequence(torch.ones(1, 2, 3).cuda(), torch.tensor([2]).cuda(), batch_first=True)", "lengths"),
    ("attention's mask", "nn.MultiheadAttention(2, 1).cuda()(*[torch.ones(3, 1, 2).cuda()] * 3, attn_mask=torch.zeros(3, 3))", SAME),
    ("a causal CPU mask is dropped by TransformerEncoder",
     "e = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 1, 4), 1).cuda()\n"
     "e(torch.ones(3, 1, 4).cuda(), nn.Transformer.generate_square_subsequent_mask(3))", None),
    ("DataParallel wants its module there", "nn.DataParallel(nn.Linear(1, 1))(torch.ones(1, 1))", "device_ids[0]"),
    ("DataParallel scatters its inputs", "nn.DataParallel(nn.Linear(1, 1).cuda())(torch.ones(1, 1))", None),
    # Loaders and files
    ("CUDA in a forked worker",
     "torch.ones(1).cuda()\nclass D(Dataset):\n def __len__(s): return 2\n def __getitem__(s, i): return torch.ones(1).cuda()\n"
     "list(DataLoader(D(), num_workers=2))", "forked subprocess"),
    ("CUDA in the main process's loader",
     "class D(Dataset):\n def __len__(s): return 2\n def __getitem__(s, i): return torch.ones(1).cuda()\nlist(DataLoader(D()))", None),
    ("CUDA samples are not pinned", "list(DataLoader(TensorDataset(torch.ones(2).cuda()), pin_memory=True))", "cannot pin"),
    ("a checkpoint remembers its device",
     "b = io.BytesIO(); torch.save(torch.ones(1).cuda(), b); b.seek(0); assert torch.load(b).is_cuda", None),
    ("map_location", "b = io.BytesIO(); torch.save(torch.ones(1).cuda(), b); b.seek(0)\n"
     "assert not torch.load(b, map_location='cpu').is_cuda", None),
    ("torch.distributions keep their tensors", "torch.distributions.Normal(torch.zeros(2), 1.).log_prob(torch.ones(2).cuda())", SAME),
    ("autocast and GradScaler", "s = torch.amp.GradScaler('cuda'); p = nn.Linear(1, 1).cuda(); o = torch.optim.SGD(p.parameters(), 1.)\n"
     "with torch.autocast('cuda'): l = p(torch.ones(1, 1).cuda()).sum()\ns.scale(l).backward(); s.step(o); s.update()", None),
]


def find_python():
    cache = os.environ.get("WHYCPU_CACHE", os.path.join(TREE, ".cache"))
    return os.environ.get("WHYCPU_TORCH_PYTHON", os.path.join(cache, "torch-venv/bin/python"))


def skip(why):
    print(f"ok 1 - the oracle knows torch # SKIP {why}\n1..1")
    sys.exit(0)


def run_here():
    import copy
    import io

    import numpy
    import torch
    sys.path.insert(0, HERE)
    import gpu_world
    torch.set_num_threads(1)
    failed = 0
    rule = gpu_world.begin()
    names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "np": numpy, "copy": copy, "io": io,
             "Dataset": torch.utils.data.Dataset, "DataLoader": torch.utils.data.DataLoader,
             "TensorDataset": torch.utils.data.TensorDataset}
    for n, (name, program, message) in enumerate(PROGRAMS, 1):
        said = None
        try:
            with rule:
                exec(compile(program, name, "exec"), dict(names))
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        right = said is None if message is None else said is not None and message in said
        failed += not right
        print(f"{'ok' if right else 'not ok'} {n} - {name}")
        if not right:
            print(f"# said {said!r}, not {message!r}")
    print(f"1..{len(PROGRAMS)}")
    return failed


def main():
    if os.environ.get("WHYCPU_IN_ORACLE"):
        sys.exit(1 if run_here() else 0)
    python = find_python()
    if not os.access(python, os.X_OK):
        skip("no Python with torch; tests/lint/oracle/README.md says how to get one")
    probe = subprocess.run([python, "-c", "import torch, numpy"], capture_output=True, text=True)
    if probe.returncode:
        skip((probe.stderr.strip().splitlines() or ["torch cannot be imported"])[-1])
    os.execve(python, [python, "-W", "ignore", os.path.realpath(__file__)], {**os.environ, "WHYCPU_IN_ORACLE": "1"})


if __name__ == "__main__":
    main()
