"""Makes fixtures/training-reference.json: four training steps of a small RECCE by PyTorch, from generated weights, pictures and
masks that training.test.ts makes again number by number.

    /usr/bin/python3 models/recce/testing/training_reference.py > models/recce/fixtures/training-reference.json

With --measure WIDTH SIDE BATCH [THREADS] it prints seconds per step and peak memory instead. With --infer WIDTH SIDE BATCH it
runs the network in evaluation mode on one thread, once for every line it is sent, and answers each with seconds of processor time
(bench/against-pytorch.ts). With --continue FILE it goes on for
one step from a trainer file of ours, prints the losses and saves a trainer file beside it (FILE.out). With --shipped FILE WIDTH SIDE it
prints what the network in evaluation mode, with the weights torch.load finds in FILE, makes of the first of these pictures:

    /usr/bin/python3 models/recce/testing/training_reference.py --shipped models/weights/recce-lite-0.25.pth 0.25 192 \\
      > models/recce/fixtures/shipped-model.json

Needs torch (Debian: python3-torch) and numpy.
"""
import hashlib
import json
import math
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

MASK32 = 0xFFFFFFFF


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


def uniform(seed, count):
    return (words(seed, count) >> 8).astype(np.float64) * 2.0**-24


def fork(seed, name):
    return fnv(f"{seed}/{name}")


def channels(count, width):
    return count if width == 1 else max(8, math.floor(count * width / 8 + 0.5) * 8)


class Weights:
    """Parameters by state-dict name, generated at first use as generated-weights.ts does."""

    def __init__(self):
        self.parameters, self.statistics = {}, {}

    def get(self, name, shape):
        if name not in self.parameters:
            self.parameters[name] = torch.nn.Parameter(torch.from_numpy(self.make(name, shape)))
        return self.parameters[name]

    def statistic(self, name, shape):
        if name not in self.statistics:
            self.statistics[name] = torch.from_numpy(self.make(name, shape))
        return self.statistics[name]

    @staticmethod
    def make(name, shape):
        leaf = name.rsplit(".", 1)[1]
        if leaf in ("running_mean", "bias"):
            low, high = -0.125, 0.125
        elif leaf == "running_var" or len(shape) == 1:
            low, high = 0.75, 1.25
        else:
            bound = gain(name) * math.sqrt(3 / math.prod(shape[1:]))
            low, high = -bound, bound
        values = low + (high - low) * uniform(fnv(name), math.prod(shape))
        return values.astype(np.float32).reshape(shape)


def gain(name):
    if name == "fc.weight":
        return 0.5
    if name.startswith("decoder6."):
        return 0.5
    if name.endswith(".pointwise.weight"):
        return 0.75 if ".rep." in name else 1.25
    if name.endswith(".skip.weight"):
        return 1
    if name.endswith(".conv1.weight") and name != "encoder.conv1.weight":
        return 1.25
    return 1.5


class Recce:
    def __init__(self, width, classes=1):
        self.w, self.width, self.classes = Weights(), width, classes
        self.masks, self.training = None, True

    def at(self, count):
        return channels(count, self.width)

    def conv(self, x, name, out, kernel=1, stride=1, pad=0, groups=1):
        weight = self.w.get(f"{name}.weight", (out, x.shape[1] // groups, kernel, kernel))
        return F.conv2d(x, weight, None, stride, pad, 1, groups)

    def norm(self, x, name):
        c = (x.shape[1],)
        mean, var = (self.w.statistic(f"{name}.{leaf}", c) for leaf in ("running_mean", "running_var"))
        weight, bias = (self.w.get(f"{name}.{leaf}", c) for leaf in ("weight", "bias"))
        return F.batch_norm(x, mean, var, weight, bias, self.training, 0.1, 1e-5)

    def linear(self, x, name, out):
        return x @ self.w.get(f"{name}.weight", (out, x.shape[-1])).T

    def drop(self, x, name):
        return x * self.masks(name, x.shape) if self.training else x

    def separable(self, x, name, bn, out):
        x = self.conv(x, f"{name}.conv1", x.shape[1], 3, 1, 1, x.shape[1])
        return self.norm(self.conv(x, f"{name}.pointwise", out), bn)

    def block(self, x, name, out, reps, stride=1, relu_first=True, grow_first=True):
        y, start = x, 1 if relu_first else 0
        for rep in range(reps):
            if rep > 0 or relu_first:
                y = F.relu(y)
            width = out if grow_first or rep == reps - 1 else x.shape[1]
            y = self.separable(y, f"{name}.rep.{rep * 3 + start}", f"{name}.rep.{rep * 3 + start + 1}", width)
        if stride == 2:
            y = F.max_pool2d(y, 3, 2, 1)
        if stride == 2 or out != x.shape[1]:
            x = self.norm(self.conv(x, f"{name}.skip", out, 1, stride), f"{name}.skipbn")
        return y + x

    def up(self, x, name, out):
        return F.relu(self.separable(F.interpolate(x, scale_factor=2), f"{name}.1", f"{name}.2", out))

    def reason(self, a, b, c):
        size, n = self.at(256), a.shape[0]
        embedded = self.conv(F.relu(self.conv(a, "reasoning.va_embedding.0", size)), "reasoning.va_embedding.2", size)
        embedded = embedded.flatten(2)
        gathered = []
        for finer, k, scale in ((b, 2, "b"), (c, 4, "c")):
            gate = 1 - torch.sigmoid(self.conv(a, f"reasoning.va_gated_{scale}.0", size)).flatten(2)
            vertices = F.unfold(finer, k, stride=k).reshape(n, finer.shape[1], k * k, -1).permute(0, 2, 3, 1)
            hidden = F.relu(self.linear(vertices, f"reasoning.v{scale}_embedding.0", size))
            fine = self.linear(hidden, f"reasoning.v{scale}_embedding.2", size)
            coarse = embedded.permute(0, 2, 1)[:, None].expand(-1, k * k, -1, -1)
            pair = F.relu(self.linear(torch.cat([coarse, fine], -1), f"reasoning.reweight_a{scale}.0", 1))
            gathered.append((fine * torch.softmax(pair, 1)).sum(1).permute(0, 2, 1) * gate)
        every = torch.sigmoid(torch.cat([*gathered, embedded], 1)).reshape(n, -1, *a.shape[2:])
        hidden = F.relu(self.conv(every, "reasoning.reproject.0", a.shape[1]))
        return self.drop(self.conv(hidden, "reasoning.reproject.2", a.shape[1]), "dropout.reasoning")

    def attend(self, x, reconstruction, y):
        residual = F.interpolate((x - reconstruction).abs(), y.shape[2:], mode="bilinear", align_corners=True)
        gate = F.relu(self.conv(residual, "attention.gated.0", 3, 3, 1, 1))
        gate = torch.sigmoid(self.conv(gate, "attention.gated.2", 1))
        h = F.relu(self.norm(self.conv(y, "attention.h.0", y.shape[1]), "attention.h.1"))
        return gate * h + self.drop(y, "dropout.attention")

    def forward(self, x, noise):
        at = self.at
        y = (x + noise).clip(-1, 1)
        y = F.relu(self.norm(self.conv(y, "encoder.conv1", at(32), 3, 2), "encoder.bn1"))
        y = F.relu(self.norm(self.conv(y, "encoder.conv2", at(64), 3), "encoder.bn2"))
        y = self.block(y, "encoder.block1", at(128), 2, 2, relu_first=False)
        y = self.block(y, "encoder.block2", at(256), 2, 2)
        y = self.block(y, "encoder.block3", at(728), 2, 2)
        block4 = y = self.block(y, "encoder.block4", at(728), 3)
        d = self.up(self.drop(block4, "dropout.embedding"), "decoder1", at(256))
        d2 = self.block(d, "decoder2", at(256), 3)
        d4 = self.block(self.up(d2, "decoder3", at(128)), "decoder4", at(128), 3)
        d6 = torch.tanh(self.conv(self.up(d4, "decoder5", at(64)), "decoder6.0", 3))
        reconstruction = F.interpolate(d6, x.shape[2:], mode="bilinear", align_corners=True)
        for n in (5, 6, 7):
            y = self.block(y, f"encoder.block{n}", at(728), 3)
        y = self.reason(y, d2, d4) + y
        y = self.block(y, "encoder.block8", at(728), 3)
        y = self.attend(x, reconstruction, y)
        for n in (9, 10, 11):
            y = self.block(y, f"encoder.block{n}", at(728), 3)
        y = self.block(y, "encoder.block12", at(1024), 2, 2, grow_first=False)
        y = F.relu(self.separable(y, "encoder.conv3", "encoder.bn3", at(1536)))
        y = F.relu(self.separable(y, "encoder.conv4", "encoder.bn4", at(2048)))
        pooled = self.drop(y.mean((2, 3)), "dropout.features")
        logit = self.linear(pooled, "fc", self.classes) + self.w.get("fc.bias", (self.classes,))
        return logit.squeeze(1), reconstruction, (block4, d2, d4)


def objective(logit, reconstruction, features, x, labels):
    classification = F.binary_cross_entropy_with_logits(logit, labels)
    genuine = labels == 0
    rebuilt = (reconstruction[genuine] - x[genuine]).abs().mean() if genuine.any() else torch.tensor(0.0)
    unlike = (labels[:, None] != labels[None]).float()
    alike = (1 - labels[:, None]) * (1 - labels[None]) * (1 - torch.eye(len(labels)))
    metric = torch.tensor(0.0)
    for feature in features:
        unit = F.normalize(feature.mean((2, 3)), p=2, dim=1)
        similarity = (unit @ unit.T + 1) / 2
        apart = (similarity * unlike).sum() / (unlike.sum() + 1e-6)
        together = (similarity * alike).sum() / (alike.sum() + 1e-6)
        metric = metric + (1 - together + apart).clamp_min(0)
    loss = (classification - 0.04).abs() + 0.04 + 0.1 * rebuilt + 0.1 * metric
    return {"loss": loss, "classification": classification, "reconstruction": rebuilt, "metric": metric}


def pictures(step, n, side):
    i, c, y, x = np.meshgrid(range(n), range(3), range(side), range(side), indexing="ij")
    return torch.from_numpy((((3 * x + 5 * y + 7 * c + 40 * i + 11 * step) % 256) / 127.5 - 1).astype(np.float32))


def mask(seed, step, name, shape):
    drawn = words(fork(fork(seed, f"step {step}"), name), math.prod(shape))
    kept = np.where(drawn < 0.2 * 2**32, 0, 1.25).astype(np.float32)
    return torch.from_numpy(kept.reshape(tuple(shape)))


def white_noise(seed, step, n, side):
    noise = np.zeros((n, 3 * side * side), np.float32)
    stream = fork(fork(seed, f"step {step}"), "noise")
    for i in range(n):
        u = uniform(fork(stream, f"picture {i}"), 1 + 2 * noise.shape[1])
        if u[0] > 0.5:
            noise[i] = 1e-6 * np.sqrt(-2 * np.log(1 - u[1::2])) * np.cos(2 * np.pi * u[2::2])
    return torch.from_numpy(noise.reshape(n, 3, side, side))


def labels_of(step, n):
    return torch.tensor([float((i + step) % 3 == 0) for i in range(n)])


def run(width, side, n, steps, seed=2021, checkpoint=None):
    network, optimiser = Recce(width), None
    if checkpoint:
        optimiser = resume(network, checkpoint)
        steps = range(checkpoint["step"] + 1, checkpoint["step"] + 1 + steps)
    else:
        steps = range(1, steps + 1)
    for step in steps:
        start, busy = time.perf_counter(), time.process_time()
        network.masks = lambda name, shape: mask(seed, step, name, shape)
        x, labels = pictures(step, n, side), labels_of(step, n)
        logit, reconstruction, features = network.forward(x, white_noise(seed, step, n, side))
        if optimiser is None:
            optimiser = torch.optim.Adam(network.w.parameters.values(), lr=2e-4, weight_decay=1e-5)
        losses = objective(logit, reconstruction, features, x, labels)
        optimiser.zero_grad()
        losses["loss"].backward()
        gradients = {name: p.grad.clone() for name, p in network.w.parameters.items()} if step == 1 else None
        optimiser.step()
        numbers = {name: value.item() for name, value in losses.items()} | {"logit": logit.tolist()}
        yield network, numbers, gradients, (time.perf_counter() - start, time.process_time() - busy, optimiser)


@torch.no_grad()
def infer(width, side, n):
    network = Recce(width)
    network.training = False
    x = pictures(1, n, side)
    network.forward(x, torch.zeros(()))
    print(f"PyTorch {torch.__version__}, oneDNN {'yes' if torch.backends.mkldnn.is_available() else 'no'}", flush=True)
    for _ in sys.stdin:
        start = time.process_time()
        network.forward(x, torch.zeros(()))
        print(time.process_time() - start, flush=True)


@torch.no_grad()
def shipped(path, width, side):
    network = Recce(width)
    network.training = False
    state = torch.load(path)
    take_weights(network, state.get("model", state))
    logit, reconstruction, _ = network.forward(pictures(0, 1, side), torch.zeros(()))
    flat = reconstruction.flatten()
    places = [64 * side + 64, (2 * side + 10) * side + 100]
    with open(path, "rb") as weights:
        digest = hashlib.sha256(weights.read()).hexdigest()
    numbers = {
        "sha256": digest,
        "torch": torch.__version__,
        "width": width,
        "inputPx": side,
        "logit": logit.item(),
        "reconstruction": {
            "mean": flat.double().mean().item(),
            "std": flat.double().std(unbiased=False).item(),
            "at": [{"place": place, "value": flat[place].item()} for place in places],
        },
    }
    json.dump(numbers, sys.stdout, indent=2)
    print()


def take_weights(network, state):
    for name, value in state.items():
        leaf = name.rsplit(".", 1)[1]
        if leaf in ("running_mean", "running_var"):
            network.w.statistics[name] = value
        elif leaf != "num_batches_tracked":
            network.w.parameters[name] = torch.nn.Parameter(value)


def resume(network, checkpoint):
    """Weights and Adam from a trainer file, as the paper's network and torch.optim would load them."""
    take_weights(network, checkpoint["model"])
    optimiser = torch.optim.Adam(network.w.parameters.values(), lr=1)
    optimiser.load_state_dict(checkpoint["optimizer"])
    schedule = torch.optim.lr_scheduler.StepLR(optimiser, 1)
    schedule.load_state_dict(checkpoint["scheduler"])
    assert schedule.get_last_lr() == [2e-4] and checkpoint["best_metric"].item() == 0.5
    return optimiser


def summary(tensor):
    flat = tensor.detach().double().flatten()
    return [flat.norm().item(), (flat * torch.cos(torch.arange(len(flat)).double())).sum().item()]


def main():
    torch.manual_seed(0)
    if sys.argv[1:2] == ["--measure"]:
        torch.set_num_threads(int(sys.argv[5]) if len(sys.argv) > 5 else 1)
        for _, numbers, _, (seconds, busy, _) in run(float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), 3):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(f"{seconds:.2f} s, {busy:.2f} s of processor, peak {peak:.2f} GiB", numbers)
        return
    torch.set_num_threads(1)
    if sys.argv[1:2] == ["--infer"]:
        return infer(float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    if sys.argv[1:2] == ["--shipped"]:
        return shipped(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
    if sys.argv[1:2] == ["--continue"]:
        checkpoint = torch.load(sys.argv[2])
        for network, numbers, _, (_, _, optimiser) in run(0.125, 64, 6, 1, 2021, checkpoint):
            model = checkpoint["model"] | {name: p.detach() for name, p in network.w.parameters.items()}
            torch.save(checkpoint | {"model": model, "optimizer": optimiser.state_dict()}, sys.argv[2] + ".out")
            print(json.dumps(numbers))
        return
    config = {"width": 0.125, "side": 64, "batch": 6, "seed": 2021}
    steps = []
    for network, numbers, gradients, _ in run(config["width"], config["side"], config["batch"], 4):
        steps.append(numbers)
        first = gradients or first
    json.dump(
        {
            "config": config,
            "torch": torch.__version__,
            "steps": steps,
            "gradients": {name: summary(g) for name, g in first.items()},
            "weights": {name: summary(p) for name, p in network.w.parameters.items()},
            "statistics": {name: summary(s) for name, s in network.w.statistics.items()},
        },
        sys.stdout,
    )


main()
