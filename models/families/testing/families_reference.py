"""Logits of the published families by PyTorch, from generated weights and crops: the numbers that ../parity.test.ts holds the
workstation's own networks against. Written in plain torch from the facts of the authors' code; shares no line with models/.

    /usr/bin/python3 models/families/testing/families_reference.py > models/families/fixtures/pytorch-logits.json

With `--whole ID [CROPS]` it runs one family at its published size and prints its logits, for bench/published-family.ts; with
`--whole ID CROPS double` all of it in float64, weights and pictures included, for bench/family-in-doubles.ts.
Needs torch (Debian: python3-torch) and numpy.
"""
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F


MASK32 = 0xFFFFFFFF
# What weights and pictures are rounded to.
TYPE = np.float32


def fnv(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & MASK32
    return value


def words(seed, count):
    """The first `count` words of the mulberry32 stream of `seed`."""
    state = (seed + 0x6D2B79F5 * np.arange(1, count + 1, dtype=np.uint64)) & MASK32
    t = ((state ^ (state >> 15)) * (state | 1)) & MASK32
    t = t ^ ((t + (((t ^ (t >> 7)) * (t | 61)) & MASK32)) & MASK32)
    return (t ^ (t >> 14)) & MASK32


def channels(count, width):
    return count if width == 1 else max(8, math.floor(count * width / 8 + 0.5) * 8)


def gain(name):
    """As models/recce/generated-weights.ts, for the names that occur here."""
    if name.endswith(".pointwise.weight"):
        return 0.75 if ".rep." in name else 1.25
    if name.endswith(".skip.weight"):
        return 1
    return 1.25 if name.endswith(".conv1.weight") else 1.5


def make(name, shape):
    leaf = name.rsplit(".", 1)[-1]
    if leaf in ("running_mean", "bias"):
        low, high = -0.125, 0.125
    elif leaf == "running_var" or len(shape) == 1:
        low, high = 0.75, 1.25
    else:
        bound = gain(name) * math.sqrt(3 / math.prod(shape[1:]))
        low, high = -bound, bound
    uniform = (words(fnv(name), math.prod(shape)) >> 8).astype(np.float64) * 2.0**-24
    return (low + (high - low) * uniform).astype(TYPE).reshape(shape)


seen = set()


def w(name, *shape):
    """A generated tensor by name."""
    seen.add(name)
    values = make(name, shape)
    if len(shape) == 2 and shape[0] <= 2 and name.endswith(".weight"):
        values = values * TYPE(64 if name.endswith(("_fc.weight", "last_layer.weight")) else 8)
    return torch.from_numpy(values)


def crop(n, side):
    stream = words(fnv(f"crop {n}"), 192 + 3 * side * side)
    fields = (stream[:192] >> 24).reshape(8, 8, 3)
    index = np.arange(side) * 8 // side
    pixels = (fields[index][:, index] * 7 >> 3) + (stream[192:] >> 27).reshape(side, side, 3)
    return pixels.astype(np.float64).transpose(2, 0, 1)


def crops(count, side, mean, std):
    mean, std = (np.broadcast_to(np.asarray(v, dtype=np.float64), 3).reshape(3, 1, 1) for v in (mean, std))
    return torch.from_numpy(np.stack([((crop(n, side) / 255 - mean) / std).astype(TYPE) for n in range(count)]))


def bias_layer(x, name, out, inner=None):
    return F.linear(x, w(f"{name}.weight", out, inner or x.shape[-1]), w(f"{name}.bias", out))


def ln(x, name, eps):
    width = x.shape[-1]
    return F.layer_norm(x, (width,), w(f"{name}.weight", width), w(f"{name}.bias", width), eps)


def attention(x, heads, weights, biases):
    """torch's own multi-head attention, tokens first."""
    (q, k, v, o), (bq, bk, bv, bo) = weights, biases
    y = x.transpose(0, 1)
    out, _ = F.multi_head_attention_forward(
        y, y, y, x.shape[-1], heads, torch.cat([q, k, v]), torch.cat([bq, bk, bv]), None, None, False, 0.0, o, bo,
        training=False, need_weights=False)
    return out.transpose(0, 1)


def clip_vision(x, at, size, projection):
    width, patch = size["width"], size["patch"]
    kernel = w(f"{at}embeddings.patch_embedding.weight", width, 3, patch, patch)
    patches = F.conv2d(x, kernel, stride=patch).flatten(2).transpose(1, 2)
    token = w(f"{at}embeddings.class_embedding", width).expand(x.shape[0], 1, -1)
    y = torch.cat([token, patches], 1)
    y = y + w(f"{at}embeddings.position_embedding.weight", y.shape[1], width)
    y = ln(y, f"{at}pre_layrnorm", 1e-5)
    for n in range(size["layers"]):
        layer = f"{at}encoder.layers.{n}."
        names = [f"{layer}self_attn.{p}_proj" for p in ("q", "k", "v", "out")]
        weights = [projection(name, width) for name in names]
        biases = [w(f"{name}.bias", width) for name in names]
        y = y + attention(ln(y, f"{layer}layer_norm1", 1e-5), size["heads"], weights, biases)
        h = bias_layer(ln(y, f"{layer}layer_norm2", 1e-5), f"{layer}mlp.fc1", size["mlp"])
        y = y + bias_layer(h * torch.sigmoid(1.702 * h), f"{layer}mlp.fc2", width)
    return ln(y[:, 0], f"{at}post_layernorm", 1e-5)


def plain(name, width):
    return w(f"{name}.weight", width, width)


def residual(name, width):
    u, s, v = w(f"{name}.U_residual", width, 1), w(f"{name}.S_residual", 1), w(f"{name}.V_residual", 1, width)
    return w(f"{name}.weight_main", width, width) + u @ torch.diag(s) @ v


def gend(x, size):
    features = clip_vision(x, "feature_extractor.vision_model.", size, plain)
    return bias_layer(F.normalize(features, p=2, dim=1), "model.linear", 2)


def effort(x, size):
    return bias_layer(clip_vision(x, "backbone.", size, residual), "head", 2)


def clip_b16(x, size):
    return bias_layer(clip_vision(x, "backbone.", size, plain), "head", 2)


def timm_vit(x, at, size):
    width, patch = size["width"], size["patch"]
    kernel, bias = w(f"{at}patch_embed.proj.weight", width, 3, patch, patch), w(f"{at}patch_embed.proj.bias", width)
    y = F.conv2d(x, kernel, bias, stride=patch).flatten(2).transpose(1, 2)
    y = torch.cat([w(f"{at}cls_token", 1, 1, width).expand(x.shape[0], -1, -1), y], 1)
    y = y + w(f"{at}pos_embed", 1, y.shape[1], width)
    for n in range(size["layers"]):
        block = f"{at}blocks.{n}."
        qkv = w(f"{block}attn.qkv.weight", 3 * width, width).chunk(3)
        weights = [*qkv, w(f"{block}attn.proj.weight", width, width)]
        biases = [*w(f"{block}attn.qkv.bias", 3 * width).chunk(3), w(f"{block}attn.proj.bias", width)]
        y = y + attention(ln(y, f"{block}norm1", 1e-6), size["heads"], weights, biases)
        h = F.gelu(bias_layer(ln(y, f"{block}norm2", 1e-6), f"{block}mlp.fc1", size["mlp"]))
        y = y + bias_layer(h, f"{block}mlp.fc2", width)
    return y


def fsfm(x, size):
    """Class 0 is forged."""
    pooled = timm_vit(x, "", size)[:, 1:].mean(dim=1)
    return bias_layer(ln(pooled, "fc_norm", 1e-6), "head", 2)[:, [1, 0]]


def community_forensics(x, size):
    return bias_layer(ln(timm_vit(x, "vit.", size), "vit.norm", 1e-6)[:, 0], "vit.head", 1)


def bn(x, name, eps):
    c = x.shape[1]
    mean, var, weight, bias = (w(f"{name}.{leaf}", c) for leaf in ("running_mean", "running_var", "weight", "bias"))
    return F.batch_norm(x, mean, var, weight, bias, False, 0.0, eps)


def conv(x, name, out, kernel=1, stride=1, pad=0, groups=1, bias=False):
    b = w(f"{name}.bias", out) if bias else None
    return F.conv2d(x, w(f"{name}.weight", out, x.shape[1] // groups, kernel, kernel), b, stride, pad, 1, groups)


def same(x, side, kernel, stride):
    """TensorFlow's padding as it was fixed for pictures of that side."""
    total = max((math.ceil(side / stride) - 1) * stride + kernel - side, 0)
    return F.pad(x, [total // 2, total - total // 2] * 2)


B4 = (48, 1792, [(2, 3, 1, 1, 48, 24), (4, 3, 2, 6, 24, 32), (4, 5, 2, 6, 32, 56), (6, 3, 2, 6, 56, 112),
                 (6, 5, 1, 6, 112, 160), (8, 5, 2, 6, 160, 272), (2, 3, 1, 6, 272, 448)])
SMALL_B4 = (8, 48, [(2, 3, 1, 1, 8, 8), (2, 3, 2, 6, 8, 8), (2, 5, 2, 6, 8, 12), (2, 3, 2, 6, 12, 16),
                    (1, 5, 1, 6, 16, 20), (2, 5, 2, 6, 20, 24), (1, 3, 1, 6, 24, 32)])


def efficientnet(x, at, size, stem_padded):
    stem, head, stages = size
    swish, eps = F.silu, 1e-3
    y = same(x, 380, 3, 2) if stem_padded else x
    y = swish(bn(conv(y, f"{at}_conv_stem", stem, 3, 2), f"{at}_bn0", eps))
    side, n = 190, 0
    for repeats, kernel, first_stride, expand, from_, to in stages:
        for i in range(repeats):
            stride, inner = (first_stride, from_) if i == 0 else (1, to)
            name, wide, before = f"{at}_blocks.{n}", inner * expand, y
            if expand != 1:
                y = swish(bn(conv(y, f"{name}._expand_conv", wide), f"{name}._bn0", eps))
            y = conv(same(y, side, kernel, stride), f"{name}._depthwise_conv", wide, kernel, stride, 0, wide)
            y = swish(bn(y, f"{name}._bn1", eps))
            s = swish(conv(F.adaptive_avg_pool2d(y, 1), f"{name}._se_reduce", max(1, int(inner * 0.25)), bias=True))
            y = torch.sigmoid(conv(s, f"{name}._se_expand", wide, bias=True)) * y
            y = bn(conv(y, f"{name}._project_conv", to), f"{name}._bn2", eps)
            if stride == 1 and inner == to:
                y = y + before
            side, n = math.ceil(side / stride), n + 1
    y = swish(bn(conv(y, f"{at}_conv_head", head), f"{at}_bn1", eps))
    return F.adaptive_avg_pool2d(y, 1).flatten(1)


def sbi(x, size):
    return bias_layer(efficientnet(x, "net.", size, True), "net._fc", 2)


def effnet_dfb(x, size):
    return bias_layer(efficientnet(x, "backbone.efficientnet.", size, False), "backbone.last_layer", 2)


def xception(x, at, width):
    c = lambda n: channels(n, width)  # noqa: E731

    def separable(y, name, out):
        return conv(conv(y, f"{name}.conv1", y.shape[1], 3, 1, 1, y.shape[1]), f"{name}.pointwise", out)

    y = F.relu(bn(conv(x, f"{at}conv1", c(32), 3, 2), f"{at}bn1", 1e-5))
    y = F.relu(bn(conv(y, f"{at}conv2", c(64), 3), f"{at}bn2", 1e-5))
    rows = [(128, 2, 2, False), (256, 2, 2, True), (728, 2, 2, True), *[(728, 3, 1, True)] * 8, (1024, 2, 2, True)]
    for n, (to, reps, stride, starts) in enumerate(rows, start=1):
        name, before = f"{at}block{n}", y
        for rep in range(reps):
            if starts or rep:
                y = F.relu(y)
            out = y.shape[1] if n == 12 and rep == 0 else c(to)
            index = 3 * rep + (1 if starts else 0)
            y = bn(separable(y, f"{name}.rep.{index}", out), f"{name}.rep.{index + 1}", 1e-5)
        if stride == 2:
            y = F.max_pool2d(y, 3, 2, 1)
            before = bn(conv(before, f"{name}.skip", c(to), 1, 2), f"{name}.skipbn", 1e-5)
        y = y + before
    y = F.relu(bn(separable(y, f"{at}conv3", c(1536)), f"{at}bn3", 1e-5))
    return bn(separable(y, f"{at}conv4", c(2048)), f"{at}bn4", 1e-5)


def xception_dfb(x, width):
    return bias_layer(F.adaptive_avg_pool2d(F.relu(xception(x, "backbone.", width)), 1).flatten(1), "backbone.last_linear", 2)


def ucf(x, width):
    full, half = channels(512, width), channels(256, width)
    y = conv(xception(x, "encoder_f.", width), "encoder_f.adjust_channel.0", full, bias=True)
    y = F.relu(bn(y, "encoder_f.adjust_channel.1", 1e-5))
    for n in (0, 2, 4):
        y = conv(y, f"block_sha.conv2d.{n}", half, bias=True)
        y = y if n == 4 else F.leaky_relu(y)
    y = F.leaky_relu(bias_layer(F.adaptive_avg_pool2d(y, 1).flatten(1), "head_sha.mlp.0", full))
    return bias_layer(y, "head_sha.mlp.2", 2)


CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
FACES = ([0.5482207536697388, 0.42340534925460815, 0.3654651641845703],
         [0.2789176106452942, 0.2438540756702423, 0.23493893444538116])
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
HALF = (0.5, 0.5)


def vit(width, layers, heads, mlp, patch):
    return dict(width=width, layers=layers, heads=heads, mlp=mlp, patch=patch)


SMALL14, SMALL16 = vit(64, 2, 4, 128, 14), vit(64, 2, 4, 128, 16)
LARGE14, LARGE16 = vit(1024, 24, 16, 4096, 14), vit(1024, 24, 16, 4096, 16)
# id: forward, scaling, (small side, small size), (published side, published size)
FAMILIES = {
    "gend-clip-l14": (gend, CLIP, (56, SMALL14), (224, LARGE14)),
    "effort-clip-l14": (effort, CLIP, (56, SMALL14), (224, LARGE14)),
    "deepfakebench-clip-b16": (clip_b16, HALF, (64, SMALL16), (224, vit(768, 12, 12, 3072, 16))),
    "fsfm-vit-l16": (fsfm, FACES, (64, SMALL16), (224, LARGE16)),
    "community-forensics-384": (community_forensics, IMAGENET, (64, SMALL16), (384, vit(384, 12, 6, 1536, 16))),
    "sbi-efficientnet-b4": (sbi, (0, 1), (380, SMALL_B4), (380, B4)),
    "deepfakebench-efficientnet-b4": (effnet_dfb, HALF, (256, SMALL_B4), (256, B4)),
    "deepfakebench-xception": (xception_dfb, HALF, (96, 1 / 8), (256, 1)),
    "deepfakebench-ucf": (ucf, HALF, (96, 1 / 8), (256, 1)),
}


def logits_of(name, whole, count):
    """Of each crop: the logit that speaks for forged, and how many tensors were read."""
    forward, (mean, std), *sizes = FAMILIES[name]
    side, size = sizes[1 if whole else 0]
    seen.clear()
    with torch.no_grad():
        parts = [forward(part, size) for part in crops(count, side, mean, std).split(32 if whole else 8)]
    rows = torch.cat(parts).double()
    logits = rows[:, 0] if rows.shape[1] == 1 else rows[:, 1] - rows[:, 0]
    return {"tensors": len(seen), "logits": [float(f"{value:.{9 if TYPE is np.float32 else 17}g}") for value in logits.tolist()]}


if __name__ == "__main__":
    torch.set_num_threads(2)
    TYPE = np.float64 if sys.argv[4:] == ["double"] else np.float32
    if sys.argv[1:2] == ["--whole"]:
        print(json.dumps(logits_of(sys.argv[2], True, int(sys.argv[3]) if len(sys.argv) > 3 else 32)))
    else:
        print(json.dumps({name: logits_of(name, False, 32) for name in FAMILIES}, indent=1))
