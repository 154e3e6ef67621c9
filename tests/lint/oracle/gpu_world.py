# SPDX-License-Identifier: Apache-2.0
"""A machine with one CUDA GPU, played by a torch that has none: which device does every tensor live on, and what would torch say?

Every tensor is a real CPU tensor with real values; its device is a tag on its *storage*. So views, detach(), .data, Parameters
and optimizer state share the device as they share the memory, and item(), bool(), nonzero() and a falling loss work as they do
on a GPU. (The obvious other way, `cuda` as the meta device, has no values: every data-dependent line needs a patch.)
A TorchDispatchMode applies torch's mixing rule to every aten operation, the ones inside backward() too: tensors of two devices
may not meet, except 0-dim CPU tensors, copy_, and indices. What torch's own C++ makes inside an operation (zeros for a missing
gradient, the table of one_hot) is FREE: it takes the device of whatever it meets.

The script alone is told that CUDA is available: torch's own code would otherwise look for a driver.

It cannot know: time, memory of the card, which kernels exist, float16 under autocast (it is off), several processes (workers run
in this one; what a forked worker may not do is refused by hand), more than one process group.
"""
import collections
import contextlib
import multiprocessing
import os
import sys
import types

import torch
import torch.fft
import torch.overrides
import torch.utils._device
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

CPU = torch.device("cpu")
FREE = "free"
TORCH_DIR = os.path.dirname(os.path.realpath(torch.__file__)) + os.sep
# What counts as work: one of these on the CPU is worth a GPU.
HEAVY = {"mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "convolution", "_scaled_dot_product_flash_attention_for_cpu",
         "_scaled_dot_product_attention_math", "mkldnn_rnn_layer", "_embedding_bag", "embedding"}


class DeviceError(RuntimeError):
    """What torch would say on a machine with a GPU."""


class NumpyError(TypeError):
    """The same, where torch raises a TypeError."""


class Unplayed(BaseException):
    """What this world does not play: no verdict."""


class World:
    """The state of the machine that is played."""

    def __init__(self, gpus=1):
        self.gpus = gpus
        self.tags = {}            # address of a storage -> (weak reference, device)
        self.current = 0
        self.default = None       # set_default_tensor_type
        self.started = False      # something touched CUDA in this process
        self.in_worker = None     # "fork" or "spawn" while a worker of a loader is played
        self.calls = collections.Counter()   # (device type, trains) of modules that own parameters
        self.heavy = collections.Counter()   # device type of heavy operations
        self.optimized = []
        self.parameters = []

    def cuda(self, index=None):
        index = self.current if index is None else index
        if not 0 <= index < self.gpus:
            raise DeviceError("CUDA error: invalid device ordinal")
        if self.in_worker == "fork" and self.started:
            raise DeviceError("Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, you must "
                              "use the 'spawn' start method")
        if not self.in_worker:
            self.started = True
        return torch.device("cuda", index)

    def resolve(self, device):
        """The device that an argument names, or None for a device that is not played."""
        if isinstance(device, int) and not isinstance(device, bool):
            return self.cuda(device)
        device = torch.device(device)
        if device.type == "cuda":
            return self.cuda(device.index)
        return CPU if device.type == "cpu" else None

    def wished(self):
        """set_default_device, `with torch.device(...)`, or None."""
        for mode in reversed(torch.overrides._get_current_function_mode_stack()):
            if isinstance(mode, torch.utils._device.DeviceContext):
                return mode.device
        return self.default


world = World()


def storage_of(t):
    try:
        return t.untyped_storage()
    except (RuntimeError, NotImplementedError):
        return None


def tag_of(t):
    s = storage_of(t)
    if s is None:
        return t.__dict__.get("_device_tag", CPU)
    found = world.tags.get(s._cdata)
    return found[1] if found is not None else CPU


def set_tag(t, device):
    s = storage_of(t)
    if s is None:
        t._device_tag = device
        return t
    tag_storage(s, device)
    return t


def tag_storage(s, device):
    key = s._cdata
    if key in world.tags:
        world.tags[key] = (world.tags[key][0], device)
        return
    if len(world.tags) % 4096 == 4095:
        for k in [k for k, (ref, _) in world.tags.items() if ref.expired()]:
            del world.tags[k]
    world.tags[key] = (StorageWeakRef(s), device)


def device_of(t):
    tag = tag_of(t)
    return CPU if tag is FREE else tag


def tensors_in(value):
    return [t for t in tree_leaves(value) if isinstance(t, torch.Tensor)]


def refuse(a, b):
    raise DeviceError(f"Expected all tensors to be on the same device, but found at least two devices, {a} and {b}!")


# ---------------------------------------------------------------------------------------------------------------------
# The mixing rule

# Free of the rule: they copy across devices, or their arguments are a matter of their own.
ANY_DEVICES = {"copy_", "copy", "_foreach_copy_", "set_", "_ctc_loss", "resize_as_", "record_stream", "is_same_size"}
# No exemption for 0-dim CPU tensors here: the plain device check of the dispatcher comes first.
NO_ZERO_DIM = {"cat", "stack", "embedding", "index_select", "gather", "mm", "bmm", "addmm"}


def writes(func, args, kwargs):
    """The tensors that an operation changes: an output is never exempt."""
    out = []
    for i, a in enumerate(func._schema.arguments):
        if a.alias_info is not None and a.alias_info.is_write:
            value = kwargs.get(a.name, args[i] if i < len(args) else None)
            out += tensors_in(value)
    return out


def common_device(func, name, args, kwargs, given):
    known = [(t, tag_of(t)) for t in given]
    known = [(t, d) for t, d in known if d is not FREE]
    if not known:
        return FREE if given else None
    common = None
    for t, d in known:
        exempt = d == CPU and t.dim() == 0 and name not in NO_ZERO_DIM
        if common is None:
            common = (d, exempt)
        elif d == common[0]:
            common = (d, common[1] and exempt)
        elif exempt:
            continue
        elif common[1]:
            common = (d, False)
        else:
            refuse(*sorted((d, common[0]), key=str, reverse=True))
    for t in writes(func, args, kwargs):
        d = tag_of(t)
        if d is not FREE and d != common[0]:
            refuse(common[0], d)
        if d is FREE:
            set_tag(t, common[0])
    return common[0]


def indexed_device(name, args):
    base = device_of(args[0])
    for i in args[1]:
        if i is None or tag_of(i) is FREE:
            continue
        if name in ("index", "_unsafe_index") and device_of(i) not in (CPU, base):  # expandTensors moves those of index_put_
            raise DeviceError(f"indices should be either on {base} or on the same device as the indexed tensor ({base})")
    if name != "index" and args[2].dim() > 0 and tag_of(args[2]) is not FREE and device_of(args[2]) != base:
        refuse(base, device_of(args[2]))
    return base if tag_of(args[0]) is not FREE else FREE


def check_generator(kwargs, device):
    at = getattr(kwargs.get("generator"), "device", None)
    if at is not None and at.type != device.type:
        raise DeviceError(f"Expected a '{device.type}' device type for generator but found '{at.type}'")


def check_lists(args):
    """The steps of optimizers: the first of each list is one operation, the second of each the next."""
    lists = [a for a in args if isinstance(a, (list, tuple)) and a and all(isinstance(t, torch.Tensor) for t in a)]
    for row in zip(*lists):
        known = {tag_of(t) for t in row if tag_of(t) is not FREE and not (t.dim() == 0 and tag_of(t) == CPU)}
        if len(known) > 1:
            refuse(*sorted(known, key=str, reverse=True))


class MixingRule(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = func._schema.name.split("::")[-1]
        given = tensors_in((args, kwargs))
        if name in ("index", "index_put_", "index_put", "_index_put_impl_", "_unsafe_index", "_unsafe_index_put"):
            device = indexed_device(name, args)
        elif name in ("_pack_padded_sequence", "_pad_packed_sequence"):
            return self.packed(func, args, kwargs)
        elif name in ANY_DEVICES or name.startswith(("_foreach_", "_fused_", "_amp_")):
            if name.startswith("_foreach_") and name not in ANY_DEVICES:
                check_lists(args)
            return self.each(func, args, kwargs)
        else:
            device = common_device(func, name, args, kwargs, given)
        if name in HEAVY and device is not None:
            world.heavy["cpu" if device in (FREE, CPU) else "cuda"] += 1
        out = func(*args, **kwargs)
        self.tag(out, device, given)
        return out

    def tag(self, out, device, given):
        made = tensors_in(out)
        if not made:
            return
        held = {s._cdata for s in map(storage_of, given) if s is not None}
        for t in made:
            s = storage_of(t)
            if s is None:
                t._device_tag = CPU if device is None else device
            elif s._cdata not in held:
                # An operation without tensors, called by torch's own C++: the Python factories tag what they made.
                tag_storage(s, FREE if device is None else device)

    def packed(self, func, args, kwargs):
        where = device_of(args[0])
        if device_of(args[1]) != CPU:
            raise DeviceError("'lengths' argument should be a 1D CPU int64 tensor, but got 1D "
                              f"{device_of(args[1])} Long tensor")
        data, lengths = func(*args, **kwargs)
        set_tag(data, where)
        set_tag(lengths, CPU)
        return data, lengths

    def each(self, func, args, kwargs):
        out = func(*args, **kwargs)
        if func._schema.name == "aten::copy_" and tag_of(args[0]) is FREE:
            # What C++ makes and fills (pad_sequence) is where its filling is.
            set_tag(args[0], tag_of(args[1]))
        if isinstance(out, (list, tuple)) and args and isinstance(args[0], (list, tuple)):
            for t, source in zip(out, args[0]):
                if isinstance(t, torch.Tensor) and storage_of(t)._cdata != storage_of(source)._cdata:
                    set_tag(t, device_of(source))
        elif args and isinstance(args[0], torch.Tensor):
            self.tag(out, tag_of(args[0]), tensors_in((args, kwargs)))
        return out


# ---------------------------------------------------------------------------------------------------------------------
# Movers

real = types.SimpleNamespace()


class Move(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t, device):
        ctx.source = device_of(t)
        return set_tag(t.clone(), device)

    @staticmethod
    def backward(ctx, grad):
        return set_tag(grad.clone(), ctx.source), None


def moved(t, device, copy=False):
    if device_of(t) == device and not copy:
        return t
    if t.requires_grad and torch.is_grad_enabled():
        return Move.apply(t, device)
    return set_tag(t.detach().clone(), device)


def parse_to(args, kwargs):
    """(device or None, what is left for the real .to())"""
    args, kwargs = list(args), dict(kwargs)
    other = kwargs.pop("other", None)
    if args and isinstance(args[0], torch.Tensor):
        other = args.pop(0)
    if other is not None:
        return device_of(other), [other.dtype] + args, kwargs
    device = kwargs.pop("device", None)
    if device is None and args and (isinstance(args[0], (str, torch.device)) or type(args[0]) is int):
        device = args.pop(0)
    elif args and args[0] is None:
        args.pop(0)
    return device, args, kwargs


def tensor_to(self, *args, **kwargs):
    device, args, kwargs = parse_to(args, kwargs)
    copy = kwargs.pop("copy", False)
    if device is not None:
        where = world.resolve(device)
        if where is None:
            return real.to(self, device, *args, **kwargs)
        self = moved(self, where, copy)
        copy = False
    kwargs.pop("non_blocking", None)
    args = [a for a in args if not isinstance(a, bool)]
    if copy:
        kwargs["copy"] = True
    return real.to(self, *args, **kwargs) if args or kwargs else self


def tensor_cuda(self, device=None, non_blocking=False, memory_format=None):
    if device is not None and torch.device(device).type != "cuda":
        raise RuntimeError("Invalid device, must be cuda device")
    return moved(self, world.cuda() if device is None else world.resolve(device))


def tensor_cpu(self, memory_format=None):
    return moved(self, CPU)


def tensor_type(self, dtype=None, non_blocking=False, **kwargs):
    if dtype is None:
        name = real.type(self)
        return name.replace("torch.", "torch.cuda.", 1) if device_of(self).type == "cuda" else name
    if isinstance(dtype, torch.dtype):
        return real.to(self, dtype)
    if isinstance(dtype, str):
        legacy = LegacyType.known.get(dtype)
        if legacy is None:
            return real.type(self, dtype)
        dtype = legacy
    if isinstance(dtype, LegacyType):
        return real.to(moved(self, world.cuda() if dtype.is_cuda else CPU), dtype.dtype)
    return real.type(self, dtype)


def tensor_type_as(self, other):
    return real.to(moved(self, device_of(other)), other.dtype)


def tensor_numpy(self, *, force=False):
    if force:
        return real.numpy(moved(self.detach(), CPU), force=True)
    if device_of(self).type != "cpu":
        raise NumpyError(f"can't convert {device_of(self)} device type tensor to numpy. Use Tensor.cpu() to copy the tensor "
                         "to host memory first.")
    return real.numpy(self)


def tensor_pin_memory(self, device=None):
    if device_of(self).type != "cpu":
        raise DeviceError(f"cannot pin '{tensor_type(self)}' only dense CPU tensors can be pinned")
    return self


def new_on(name):
    method = getattr(torch.Tensor, name)

    def made(self, *args, device=None, **kwargs):
        kwargs.pop("pin_memory", None)
        where = device_of(self) if device is None else world.resolve(device)
        return set_tag(method(self, *args, **kwargs), where)
    setattr(torch.Tensor, name, made)


def patch_tensor():
    for name in ("to", "type", "numpy", "cpu", "cuda", "type_as", "pin_memory"):
        setattr(real, name, getattr(torch.Tensor, name))
    T = torch.Tensor
    T.device = property(device_of)
    T.is_cuda = property(lambda self: device_of(self).type == "cuda")
    T.is_cpu = property(lambda self: device_of(self).type == "cpu")
    T.get_device = lambda self: -1 if device_of(self).index is None else device_of(self).index
    T.is_pinned = lambda self, device=None: False
    T.to, T.cuda, T.cpu, T.type, T.type_as = tensor_to, tensor_cuda, tensor_cpu, tensor_type, tensor_type_as
    T.numpy, T.pin_memory = tensor_numpy, tensor_pin_memory
    share = T.share_memory_
    T.share_memory_ = lambda self: self if device_of(self).type == "cuda" else share(self)
    for name in ("new_zeros", "new_ones", "new_empty", "new_full", "new_tensor", "new"):
        new_on(name)
    new = torch._C.TensorBase.__new__

    def legacy_new(cls, *args, **kwargs):
        made = new(cls, *args, **kwargs)
        if not (args and isinstance(args[0], torch.Tensor)):
            set_tag(made, world.default or CPU)
        return made
    T.__new__ = legacy_new
    clone = torch.UntypedStorage.clone

    def storage_clone(self):
        made = clone(self)
        found = world.tags.get(self._cdata)
        if found is not None:
            tag_storage(made, found[1])
        return made
    torch.UntypedStorage.clone = storage_clone
    torch.UntypedStorage.cuda = lambda self, device=None, non_blocking=False: storage_to(self, world.cuda(device))
    torch.UntypedStorage.cpu = lambda self: storage_to(self, CPU)


def storage_to(s, device):
    made = s.clone()
    tag_storage(made, device)
    return made


# ---------------------------------------------------------------------------------------------------------------------
# Factories

FACTORIES = """empty empty_permuted empty_strided ones zeros full rand randn randint randperm range arange linspace logspace eye
tensor scalar_tensor tril_indices triu_indices hann_window hamming_window blackman_window bartlett_window kaiser_window
normal sparse_coo_tensor sparse_csr_tensor""".split()
LIKES = "zeros_like ones_like rand_like randn_like randint_like full_like empty_like".split()
NO_DEFAULT = {"normal"}


def factory(owner, name):
    make = getattr(owner, name)

    def made(*args, **kwargs):
        device = kwargs.pop("device", None)
        kwargs.pop("pin_memory", None)
        out = kwargs.get("out")
        sources = tensors_in((args, kwargs)) if name == "normal" else ()
        if device is None and out is not None:
            device = device_of(out)
        if device is None and name not in NO_DEFAULT:
            device = world.wished()
        where = CPU if device is None else world.resolve(device)
        if where is None:
            return make(*args, device=device, **kwargs)
        if sources:
            return make(*args, **kwargs)
        check_generator(kwargs, where)
        t = make(*args, **kwargs)
        return set_tag(t, where)
    made.__name__ = name
    setattr(owner, name, made)


def random_on(owner, name):
    """A generator reaches the operation below without its device: it is checked here."""
    draw = getattr(owner, name)

    def drawn(*args, **kwargs):
        tensors = tensors_in(args)
        if tensors:
            check_generator(kwargs, device_of(tensors[0]))
        return draw(*args, **kwargs)
    drawn.__name__ = name
    setattr(owner, name, drawn)


def like(name):
    make = getattr(torch, name)

    def made(t, *args, device=None, **kwargs):
        kwargs.pop("pin_memory", None)
        where = device_of(t) if device is None else world.resolve(device)
        if where is None:
            return make(t, *args, device=device, **kwargs)
        return set_tag(make(t, *args, **kwargs), where)
    made.__name__ = name
    setattr(torch, name, made)


def as_tensor_on(name):
    make = getattr(torch, name)

    def made(data, *args, device=None, **kwargs):
        fresh = not isinstance(data, torch.Tensor)
        t = make(data, *args, **kwargs)
        if fresh:
            set_tag(t, CPU)
        wish = device if device is not None else (world.wished() if fresh else None)
        return t if wish is None else moved(t, world.resolve(wish))
    made.__name__ = name
    setattr(torch, name, made)


class LegacyType(type):
    """torch.FloatTensor, torch.cuda.LongTensor, ..."""
    known = {}

    def __new__(mcs, name, dtype, is_cuda, make):
        cls = super().__new__(mcs, name, (), {"dtype": dtype, "is_cuda": is_cuda, "make": staticmethod(make)})
        prefix = "torch.cuda." if is_cuda else "torch."
        cls.__module__ = prefix[:-1]
        mcs.known[prefix + name] = cls
        return cls

    def __init__(cls, *args):
        super().__init__(cls.__name__)

    def __call__(cls, *args, **kwargs):
        kwargs.pop("device", None)
        return set_tag(cls.make(*args, **kwargs), world.cuda() if cls.is_cuda else CPU)

    def __instancecheck__(cls, t):
        return isinstance(t, torch.Tensor) and t.dtype == cls.dtype and (device_of(t).type == "cuda") == cls.is_cuda


LEGACY = {"FloatTensor": torch.float32, "DoubleTensor": torch.float64, "HalfTensor": torch.float16, "LongTensor": torch.int64,
          "IntTensor": torch.int32, "ShortTensor": torch.int16, "ByteTensor": torch.uint8, "CharTensor": torch.int8,
          "BoolTensor": torch.bool, "BFloat16Tensor": torch.bfloat16}


class PlayedGenerator(torch._C.Generator):
    def __new__(cls, device="cpu"):
        made = super().__new__(cls)
        made._played_on = world.resolve(device)
        return made

    def __init__(self, device="cpu"):
        pass

    @property
    def device(self):
        return self._played_on


def patch_factories():
    for name in FACTORIES:
        factory(torch, name)
    for name in ("fftfreq", "rfftfreq"):
        factory(torch.fft, name)
    for name in LIKES:
        like(name)
    for name in ("random_", "normal_", "uniform_", "bernoulli_", "exponential_", "geometric_", "multinomial", "bernoulli"):
        random_on(torch.Tensor, name)
    for name in ("multinomial", "bernoulli", "poisson"):
        random_on(torch, name)
    for name in ("as_tensor", "asarray"):
        as_tensor_on(name)
    for name in ("from_numpy", "frombuffer"):
        make = getattr(torch, name)
        setattr(torch, name, lambda *a, make=make, **k: set_tag(make(*a, **k), CPU))
    for name, dtype in LEGACY.items():
        make = getattr(torch, name)
        setattr(torch, name, LegacyType(name, dtype, False, make))
        setattr(torch.cuda, name, LegacyType(name, dtype, True, make))
    torch.Generator = PlayedGenerator
    torch.utils._device.DeviceContext.__torch_function__ = lambda self, func, types, args=(), kwargs=None: \
        func(*args, **(kwargs or {}))
    torch.get_default_device = lambda: world.resolve(world.wished() or CPU)
    torch.set_default_tensor_type = set_default_tensor_type


def set_default_tensor_type(t):
    if isinstance(t, str):
        t = LegacyType.known[t]
    torch.set_default_dtype(t.dtype)
    world.default = world.cuda() if t.is_cuda else None


# ---------------------------------------------------------------------------------------------------------------------
# torch.cuda and what asks it

def asked_by_script(depth=2):
    """Not torch's own code: that would go on to look for a driver."""
    name = sys._getframe(depth).f_code.co_filename
    return not os.path.realpath(name).startswith(TORCH_DIR)


class Timer:
    """torch.cuda.Event and Stream."""

    def __init__(self, *args, **kwargs):
        self.device = torch.device("cuda", 0)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return {"query": lambda *a: True, "elapsed_time": lambda *a: 1.0}.get(name, lambda *a, **k: None)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False


@contextlib.contextmanager
def current_gpu(device):
    kept = world.current
    index = device if isinstance(device, int) else torch.device(device).index
    world.current = kept if index is None or index < 0 else world.cuda(index).index
    try:
        yield
    finally:
        world.current = kept


def set_gpu(device):
    index = device if isinstance(device, int) else torch.device(device).index
    if index is not None and index >= 0:
        world.current = world.cuda(index).index


def patch_cuda():
    c = torch.cuda
    c.is_available = lambda: asked_by_script()
    c.device_count = lambda: world.gpus
    c.current_device = lambda: world.current
    c.set_device = set_gpu
    c.device = current_gpu
    c.is_initialized = lambda: world.started
    c.init = lambda: world.cuda() and None
    c.get_device_name = lambda device=None: "a GPU that is played"
    c.get_device_capability = lambda device=None: (8, 0)
    c.get_device_properties = lambda device=None: types.SimpleNamespace(
        name="a GPU that is played", total_memory=16 << 30, major=8, minor=0, multi_processor_count=64)
    c.is_bf16_supported = lambda *a, **k: True
    c.synchronize = lambda device=None: None
    c.mem_get_info = lambda device=None: (8 << 30, 16 << 30)
    c.get_rng_state = lambda device=None: torch.get_rng_state()
    c.get_rng_state_all = lambda: [torch.get_rng_state()]
    c.set_rng_state = c.set_rng_state_all = lambda *a, **k: None
    c.memory_summary = lambda *a, **k: ""
    c.memory_stats = lambda *a, **k: {}
    for name in ("memory_allocated", "max_memory_allocated", "memory_reserved", "max_memory_reserved", "memory_cached",
                 "utilization"):
        setattr(c, name, lambda *a, **k: 0)
    for name in ("empty_cache", "reset_peak_memory_stats", "reset_max_memory_allocated", "manual_seed", "manual_seed_all",
                 "ipc_collect", "set_per_process_memory_fraction"):
        setattr(c, name, lambda *a, **k: None)
    c.Event = c.Stream = Timer
    c.current_stream = c.default_stream = lambda *a: Timer()
    c.stream = lambda s: contextlib.nullcontext()
    torch.accelerator.is_available = lambda: asked_by_script()
    torch.accelerator.current_accelerator = lambda *a, **k: torch.device("cuda") if asked_by_script() else None
    torch.accelerator.device_count = lambda: world.gpus
    torch.accelerator.synchronize = lambda *a: None


# ---------------------------------------------------------------------------------------------------------------------
# Modules, loaders, checkpoints

def count_calls():
    call = torch.nn.Module.__call__

    def counted(self, *args, **kwargs):
        own = next(iter(self._parameters.values()), None) if self._parameters else None
        if own is not None:
            trains = self.training and torch.is_grad_enabled()
            world.calls[device_of(own).type, trains] += 1
        return call(self, *args, **kwargs)
    torch.nn.Module.__call__ = counted
    torch.nn.RNNBase.flatten_parameters = lambda self: None


def watch_optimizers():
    add, new = torch.optim.Optimizer.add_param_group, torch.nn.Parameter.__new__

    def added(self, group):
        out = add(self, group)
        world.optimized += group["params"]
        return out

    def made(cls, *args, **kwargs):
        p = new(cls, *args, **kwargs)
        world.parameters.append(p)
        return p
    torch.optim.Optimizer.add_param_group = added
    torch.nn.Parameter.__new__ = made


def untrained():
    """Parameters that got gradients and are in no optimizer: what does not learn, and nobody says so."""
    learns = {id(p) for p in world.optimized}
    return sum(1 for p in world.parameters if p.grad is not None and id(p) not in learns)


class Gathered(torch.nn.DataParallel):
    """DataParallel over one GPU: it scatters its inputs, and wants its module on its first device."""

    def __init__(self, module, device_ids=None, output_device=None, dim=0):
        torch.nn.Module.__init__(self)
        ids = list(range(world.gpus)) if device_ids is None else [
            d if isinstance(d, int) else torch.device(d).index for d in device_ids]
        for i in ids:
            world.cuda(i)
        self.module, self.device_ids, self.dim, self.output_device = module, ids, dim, ids[0]

    def forward(self, *inputs, **kwargs):
        first = torch.device("cuda", self.device_ids[0])
        for t in list(self.module.parameters()) + list(self.module.buffers()):
            if device_of(t) != first:
                raise DeviceError(f"module must have its parameters and buffers on device {first} (device_ids[0]) but found "
                                  f"one of them on device: {device_of(t)}")
        inputs, kwargs = torch.utils._pytree.tree_map_only(torch.Tensor, lambda t: moved(t, first), (inputs, kwargs))
        return self.module(*inputs, **kwargs)


def patch_loader():
    import torch.utils.data as data
    import torch.utils.data._utils.worker as worker
    import torch.utils.data.dataloader as dl
    # In a worker this would put the batch into shared memory, of the real device.
    data._utils.collate.default_collate_fn_map[torch.Tensor] = lambda batch, *, collate_fn_map=None: torch.stack(batch, 0)
    init, fetch = data.DataLoader.__init__, dl._SingleProcessDataLoaderIter._next_data

    def loader(self, *args, **kwargs):
        names = ("dataset", "batch_size", "shuffle", "sampler", "batch_sampler", "num_workers", "collate_fn", "pin_memory")
        kwargs = {**dict(zip(names, args)), **kwargs}
        workers = kwargs.pop("num_workers", 0)
        if kwargs.pop("persistent_workers", False) and not workers:
            raise ValueError("persistent_workers option needs num_workers > 0")
        kwargs.pop("prefetch_factor", None)
        start = kwargs.pop("multiprocessing_context", None) or "fork"
        start = start if isinstance(start, str) else start.get_start_method()
        kwargs.pop("worker_init_fn", None)
        pin = kwargs.pop("pin_memory", False)
        init(self, **kwargs)
        self.__dict__["_played"] = (workers, start, pin)

    def next_data(self):
        workers, start, pin = self._played
        if workers:
            world.in_worker = "fork" if start == "fork" else "spawn"
            worker._worker_info = worker.WorkerInfo(id=0, num_workers=workers, seed=0, dataset=self._dataset)
        try:
            batch = fetch(self)
        finally:
            world.in_worker = worker._worker_info = None
        if pin:
            for t in tensors_in(batch):
                tensor_pin_memory(t)
        return batch
    iter_init = dl._SingleProcessDataLoaderIter.__init__

    def iterator(self, owner):
        self._played = owner.__dict__.get("_played", (0, "fork", False))
        iter_init(self, owner)
    data.DataLoader.__init__ = loader
    dl._SingleProcessDataLoaderIter.__init__ = iterator
    dl._SingleProcessDataLoaderIter._next_data = next_data


def patch_serialization():
    def tagger(s):
        s = getattr(s, "_untyped_storage", s)
        found = world.tags.get(s._cdata)
        return str(found[1]) if found is not None and found[1] not in (FREE, CPU) else None

    def restore(s, location):
        if not str(location).startswith("cuda"):
            return None
        tag_storage(getattr(s, "_untyped_storage", s), world.resolve(location))
        return s
    torch.serialization.register_package(0, tagger, restore)


def no_processes():
    def refuse_process(*args, **kwargs):
        raise Unplayed("another process")
    torch.multiprocessing.spawn = refuse_process
    multiprocessing.Process.start = refuse_process


def begin(gpus=1):
    """Turns this process into that machine, for good."""
    world.gpus = gpus
    patch_tensor()
    patch_factories()
    patch_cuda()
    count_calls()
    watch_optimizers()
    patch_loader()
    no_processes()
    patch_serialization()
    torch.nn.DataParallel = torch.nn.parallel.DataParallel = Gathered
    torch.compile = lambda model=None, **kwargs: (lambda m: m) if model is None else model
    return MixingRule()
