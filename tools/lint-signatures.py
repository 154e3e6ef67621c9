#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes data/lint_signature.tsv from the torch that runs it: PYTHON_WITH_TORCH tools/lint-signatures.py > data/lint_signature.tsv

Which arguments of torch's functions and of Tensor's methods are tensors, as torch itself declares it (operator schemas, and
annotations of what is written in Python). What schemas do not tell is named here: operations that may cross devices.
"""
import collections
import inspect
import sys
import warnings

warnings.filterwarnings("ignore")
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

# They copy across devices, or look at their operand only on the host, or take it from the CPU by contract.
CROSSES = set("""copy_ set_ to type type_as cuda cpu xpu ipu hpu mtia numpy pin_memory is_same_size result_type can_cast
    broadcast_tensors pad_sequence is_set_to index index_put index_put_ swap_tensors broadcast_to is_tensor promote_types
    from_numpy as_tensor tensor asarray scalar_tensor sparse_coo_tensor sparse_csr_tensor sparse_csc_tensor sparse_bsr_tensor
    sparse_bsc_tensor sparse_compressed_tensor frombuffer new_tensor new_empty new_zeros new_ones new_full resize_as_
    resize_as_sparse_ record_stream share_memory_ size stride item tolist data_ptr dim storage untyped_storage
    typename is_storage compile cond vmap save load seed manual_seed set_default_device get_device set_default_tensor_type set_rng_state""".split())
# Arguments that live on the CPU, or may.
CPU_ARGUMENTS = {("ctc_loss", "targets"), ("ctc_loss", "input_lengths"), ("ctc_loss", "target_lengths"),
                 ("tensor_split", "indices_or_sections"), ("tensor_split", "tensor_indices_or_sections"),
                 ("repeat_interleave", "output_size"), ("fill_", "value"), ("fill", "value"),
                 ("multi_head_attention_forward", "in_proj_weight")}  # not used with use_separate_proj_weight
LIKE = set("zeros_like ones_like empty_like rand_like randn_like randint_like full_like".split())
REDUCES = set("""sum mean prod std var max min amax amin argmax argmin all any norm logsumexp median mode nansum nanmean
    nanmedian quantile nanquantile count_nonzero std_mean var_mean aminmax vector_norm select""".split())
KEEPS = set("""softmax log_softmax softmin cumsum cumprod cummax cummin logcumsumexp sort argsort topk flip fliplr flipud roll
    transpose permute t mT contiguous clone detach detach_ requires_grad_ index_select gather scatter scatter_ scatter_add
    scatter_add_ masked_fill masked_fill_ tril triu narrow normalize layer_norm batch_norm group_norm instance_norm dropout
    dropout1d dropout2d dropout3d alpha_dropout conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
    max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d
    adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d interpolate pad bmm mm linear glu
    gumbel_softmax rms_norm local_response_norm pixel_shuffle pixel_unshuffle repeat repeat_interleave expand expand_as
    swapaxes swapdims movedim moveaxis rot90 grid_sample float double half bfloat16 int long short bool byte char fill_ zero_
    normal_ uniform_ bernoulli_ bernoulli random_ exponential_ clamp clamp_ clip clip_ renorm diff unique_consecutive hardtanh
    relu relu_ relu6 elu selu celu gelu silu mish leaky_relu prelu rrelu logsigmoid hardshrink softshrink tanhshrink softplus
    softsign threshold hardsigmoid hardswish tanh sigmoid absolute adjoint arccos arccosh arcsin arcsinh arctan arctanh conj
    resolve_conj resolve_neg negative fix real imag isreal cholesky cholesky_inverse inverse pinverse matrix_exp matrix_power
    fill index_add index_copy index_fill index_reduce masked_scatter put scatter_reduce select_scatter slice_scatter
    diagonal_scatter msort channel_shuffle take_along_dim tile poisson split_with_sizes tensor_split coalesce
    to_dense to_sparse view_as_real expand_as int_repr feature_dropout feature_alpha_dropout
    lp_pool1d lp_pool2d lp_pool3d max_unpool1d max_unpool2d max_unpool3d""".split()) | LIKE
ONE_OR_MORE = set("""cat concat concatenate nonzero argwhere flatten ravel hstack vstack dstack column_stack row_stack unique
    outer ger cdist kron cross embedding_bag masked_select multinomial histc bincount addmm addbmm baddbmm linspace
    meshgrid unfold fold addmv addr mv diag diagflat diagonal vander combinations pdist bilinear affine_grid grid_sampler_2d
    grid_sampler_3d istft nonzero_static row_indices col_indices crow_indices ccol_indices indices values unflatten
    chain_matmul multi_dot hsplit vsplit dsplit logspace fft fft2 fftn ifft ifft2 ifftn rfft rfft2 rfftn irfft irfft2 irfftn
    hfft ihfft fftshift ifftshift eig eigh eigvals eigvalsh inv pinv qr svd svdvals lu lu_factor solve solve_triangular
    triangular_solve cholesky_solve lu_solve lstsq householder_product geqrf gru_cell lstm_cell rnn_tanh_cell
    rnn_relu_cell""".split())
# Operations on every element alone which the schemas do not mark as such.
WIDE = set("""divide multiply subtract true_divide floor_divide greater greater_equal less less_equal not_equal arctan2 complex
    polar isclose ldexp gcd_ lcm_ expit gammaln xlogy erf erfc erfinv exp2 expm1 log1p logit sinc psi digamma i0 ndtr
    gammainc gammaincc round binomial normal""".split())
ONE_MORE = set("unsqueeze stack embedding one_hot diag_embed".split())
# What neither schema nor annotation tells: a *NAME takes all that follows.
BY_HAND = {
    "torch.einsum": ["equation *operands:t", "t", "axes"],
    "einops.einsum": ["*operands:t", "t", "axes"],
    "torch.reshape": ["input:t shape", "t", "view"],
    "torch.meshgrid": ["*tensors:t", "l", "one"],
    "torch.block_diag": ["*tensors:t", "t", "one"],
    "torch.cartesian_prod": ["*tensors:t", "t", "one"],
    "torch.split": ["tensor:t split_size_or_sections dim", "l", "same"],
    "torch.where": ["condition:t input|self:n other:n", "t", "wide"],
    "torch.tensordot": ["a:t b:t dims out", "t", ""],
    "torch.matmul": ["input:t other:t", "t", "mat"],
    "torch.bmm": ["input:t mat2:t", "t", "mat"],
    "torch.mm": ["input:t mat2:t", "t", "mat"],
    "torch.norm": ["input:t p dim keepdim out dtype", "t", "less"],
    "torch.unique": ["input:t sorted return_inverse return_counts dim", "-", "one"],
    "torch.stft": ["input:t n_fft hop_length win_length window:t", "t", "one"],
    "torch.nn.functional.scaled_dot_product_attention": ["query:t key:t value:t attn_mask:t dropout_p is_causal", "t", "same"],
    "torch.nn.functional.adaptive_max_pool1d": ["input:t output_size return_indices", "t", "same"],
    "torch.nn.functional.adaptive_max_pool2d": ["input:t output_size return_indices", "t", "same"],
    "torch.nn.functional.max_pool1d": ["input:t kernel_size stride padding dilation ceil_mode return_indices", "t", "same"],
    "torch.nn.functional.max_pool2d": ["input:t kernel_size stride padding dilation ceil_mode return_indices", "t", "same"],
    "torch.nn.functional.max_pool3d": ["input:t kernel_size stride padding dilation ceil_mode return_indices", "t", "same"],
    "torch.nn.functional.upsample": ["input:t size scale_factor mode align_corners", "t", "same"],
    "torch.nn.functional.sigmoid": ["input:t", "t", "same"],
    "torch.nn.functional.tanh": ["input:t", "t", "same"],
    "torch.nn.functional.tanhshrink": ["input:t", "t", "same"],
    "torch.nn.functional.softsign": ["input:t", "t", "same"],
    "Tensor.matmul": ["other:t", "t", "mat"],
    "Tensor.mm": ["mat2:t", "t", "mat"],
    "Tensor.bmm": ["mat2:t", "t", "mat"],
    "Tensor.norm": ["p dim keepdim dtype", "t", "less"],
    "Tensor.unique": ["sorted return_inverse return_counts dim", "-", "one"],
    "Tensor.split": ["split_size dim", "l", "same"],
    "Tensor.where": ["condition:t other:n", "t", "wide"],
    "Tensor.reshape": ["*shape", "t", "view"],
    "Tensor.view": ["*shape", "t", "view"],
    "Tensor.expand": ["*sizes", "t", "sizes"],
    "Tensor.repeat": ["*sizes", "t", "sizes"],
    "Tensor.permute": ["*dims", "t", "same"],
    "Tensor.view_as": ["other", "t", ""],
    "Tensor.reshape_as": ["other", "t", ""],
    "Tensor.expand_as": ["other", "t", "same"],
    "torch.sort": ["input:t dim descending stable", "2", "same"],
    "Tensor.sort": ["dim descending stable", "2", "same"],
    "Tensor.eq": ["other:n", "t", "wide"],
    "Tensor.ne": ["other:n", "t", "wide"],
    "Tensor.repeat_interleave": ["repeats:n dim output_size", "t", "same"],
    "Tensor.broadcast_to": ["size", "t", ""],
    "torch.broadcast_to": ["input:t size", "t", ""],
    "torch.nn.functional.logsigmoid": ["input:t", "t", "same"],
    "torch.eq": ["input:t other:n", "t", "wide"],
    "torch.ne": ["input:t other:n", "t", "wide"],
    "Tensor.backward": ["gradient retain_graph create_graph", "s", ""],
    "Tensor.retain_grad": ["", "s", ""],
    "Tensor.unbind": ["dim", "l", "less"],
    "Tensor.chunk": ["chunks dim", "l", "same"],
    "torch.unbind": ["input:t dim", "l", "less"],
    "torch.chunk": ["input:t chunks dim", "l", "same"],
    "Tensor.squeeze": ["dim", "t", ""],
    "Tensor.stft": ["n_fft hop_length win_length window:t", "t", "one"],
}
ZERO = set("dot vdot inner_product dist trace det".split())


# Methods of Tensor whose names other things have too (NumPy's arrays, data frames, texts, modules): they prove no tensor.
SHARED = set("""abs add all any apply argmax argmin argsort backward bfloat16 bool clip clone coalesce compress conj contiguous
    copy corr count count_nonzero cov cummax cummin cumprod cumsum describe diagonal diff div divide dot double eq
    equals expand explode fill filter flatten flip float floor ge get gt half hist index index_select int isnull item items
    join le log lt map mask masked_fill max mean median merge min mod mode mul multiply ne nonzero norm numpy pop pow prod
    product put quantile ravel rename repeat reshape resize round sample scatter select shift sin size sort split sqrt squeeze
    std stack sub subtract sum swapaxes T take to tolist trace transpose type unique unstack update values var view where
    clamp exp view_as round add_ sub_ mul_ div_ put_ neg remainder sign""".split())


def code(kind):
    """t: a tensor and nothing else; l: a list of tensors; g: a generator; n: anything."""
    kind = kind.replace("torch.", "")
    if kind in ("Tensor", "Optional[Tensor]"):
        return "t"
    if kind in ("List[Tensor]", "List[Optional[Tensor]]"):
        return "l"
    return "g" if "Generator" in kind else ""


BY_NAME = collections.defaultdict(list)
for one in torch._C._jit_get_all_schemas():
    if one.name.startswith("aten::"):
        BY_NAME[one.name[6:]].append(one)


def forms(name):
    kept = []
    for schema in BY_NAME.get(name, []):
        tensors = [a for a in schema.arguments if code(str(a.type)) in ("t", "l")]
        out = schema.overload_name.endswith("out") or any(a.kwarg_only and a.alias_info for a in schema.arguments)
        names = {str(a.type) for a in schema.arguments}
        if tensors and not out and not any("Dimname" in n for n in names):
            kept.append(schema)
    return kept


def merged(name, found, is_method):
    """One list of parameters for all forms: a place that is a tensor in some and something else in others is `n`."""
    words, width = [], max(len([a for a in s.arguments if not a.kwarg_only]) for s in found)
    for i in range(width):
        here = [[a for a in s.arguments if not a.kwarg_only][i] for s in found
                if len([a for a in s.arguments if not a.kwarg_only]) > i]
        names = sorted({"input" if a.name == "self" and not is_method else a.name for a in here}, key=lambda n: (n == "dim", n))
        codes = {"" if (name, a.name) in CPU_ARGUMENTS else code(str(a.type)) for a in here}
        shown = codes.pop() if len(codes) == 1 else "n" if codes & {"t", "l"} else ""
        words.append("|".join(names) + (":" + shown if shown else ""))
    kw = {}
    for schema in found:
        for a in schema.arguments:
            if a.kwarg_only and a.name not in ("layout", "pin_memory", "memory_format"):
                kw[a.name] = code(str(a.type))
    if kw:
        words.append("*")
        words += [n + (":" + c if c else "") for n, c in sorted(kw.items())]
    return words


def result_of(name, found):
    kinds = {tuple(str(r.type) for r in s.returns) for s in found}
    if len(kinds) > 1:
        one = {k for k in kinds if all(t == "Tensor" for t in k) and k}
        return "d" if len(one) == len(kinds) else "-"  # d: a tuple if a dimension is given
    kind = kinds.pop()
    if kind == ("Tensor",):
        return "t"
    if kind and all(t == "Tensor" for t in kind):
        return str(len(kind))
    if kind == ("List[Tensor]",):
        return "l"
    return "-" if not kind else "s"


def rank_of(name, found):
    plain = name.rstrip("_") if not name.startswith("__") else name
    if "loss" in name or name in ("cross_entropy", "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div"):
        return "loss"
    for names, word in ((REDUCES, "less"), (KEEPS, "same"), (ONE_MORE, "more"), (ONE_OR_MORE, "one"), (ZERO, "zero"),
                        (WIDE, "wide")):
        if name in names or plain in names:
            return word
    for schema in found:
        op = getattr(torch.ops.aten, schema.name[6:], None)
        overload = getattr(op, schema.overload_name or "default", None)
        if overload is not None and torch.Tag.pointwise in overload.tags:
            return "wide"
    return ""


def from_schema(shown, operator, is_method):
    name = shown.rpartition(".")[2]
    found = forms(operator)
    if not found:
        return None
    words = merged(name, found, is_method)
    if is_method:
        if not words or not words[0].startswith("self"):
            return None
        words = words[1:]
    return [shown, " ".join(words), result_of(name, found), rank_of(name, found)]


def annotation_code(annotation):
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", None) if annotation in (
        torch.Tensor,) else str(annotation)
    text = str(text).replace("torch.", "").replace("typing.", "")
    if text in ("Tensor", "Optional[Tensor]"):
        return "t"
    if text in ("list[Tensor]", "List[Tensor]", "tuple[Tensor, ...]"):
        return "l"
    return "n" if "Tensor" in text else ""


def from_python(shown, function):
    name = shown.rpartition(".")[2]
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    words = []
    for p in parameters:
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            return None
        c = "" if (name, p.name) in CPU_ARGUMENTS else annotation_code(p.annotation)
        words.append(p.name + (":" + c if c else ""))
    if not any(":" in w for w in words):
        return None
    annotation = inspect.signature(function).return_annotation
    result = "t" if annotation_code(annotation) == "t" else "-"
    return [shown, " ".join(words), result, rank_of(name, forms(name))]


def rows():
    spaces = [("torch", torch, ""), ("torch.nn.functional", F, ""), ("torch.linalg", torch.linalg, "linalg_"),
              ("torch.fft", torch.fft, "fft_"), ("torch.special", torch.special, "special_")]
    for space, module, prefix in spaces:
        for name in dir(module):
            function = getattr(module, name)
            if name.startswith("_") or not callable(function) or inspect.isclass(function) or name in CROSSES:
                continue
            row = from_python(f"{space}.{name}", function) if inspect.isfunction(function) else None
            row = row or from_schema(f"{space}.{name}", prefix + name, False)
            if row:
                yield row
    for name in dir(torch.Tensor):
        if not name.startswith("_") and name not in CROSSES and callable(getattr(torch.Tensor, name)):
            row = from_schema(f"Tensor.{name}", name, True)
            if row:
                yield row


def main():
    source = f"torch {torch.__version__.partition('+')[0]}: schemas and annotations"
    print("# Which arguments are tensors, and what comes back. Written by tools/lint-signatures.py; do not edit.")
    print("# params: NAME:CODE in order; t tensor, l list of tensors, n tensor or something else, g generator; behind * by keyword.")
    print("# result: t tensor, s no tensor, l list of tensors, 2.. a tuple of so many, d a tensor or (dimension given) a tuple of two,")
    print("# - unknown. rank: how many dimensions: wide (the operands' most), same, less (a reduction), more, one (at least one), zero, loss,")
    print("# view and sizes (as many as sizes are given), axes (as the equation says).")
    print("# only: yes if nothing but a tensor has such a method.")
    print("name\tparams\tresult\trank\tonly\tsource")
    seen = {}
    for row in rows():
        seen[row[0]] = row
    for name, cells in BY_HAND.items():
        seen[name] = [name, *cells]
    for name in sorted(seen):
        method = name.partition("Tensor.")[2]
        print("\t".join([*seen[name], "yes" if method and method not in SHARED else "", source]))


if __name__ == "__main__":
    sys.exit(main())
