"""Pictures resized by Pillow and by PyTorch: the bytes that ../resize-rules.test.ts holds our rules against.

    /usr/bin/python3 models/image/testing/resize_reference.py > models/image/fixtures/resized.json

Needs Pillow and torch (Debian: python3-pil, python3-torch). Made with Pillow 9.4.0 and torch 1.13.1.
"""
import base64
import json

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image


def picture(width, height):
    """Steps of colour under noise, in whole numbers."""
    place = np.arange(width * height * 3, dtype=np.uint64)
    noise = ((place + 1) * 2654435761 % 2**32) >> 24
    steps = (place // 3 % width // 5 * 37 + place // 3 // width // 4 * 83) % 256
    return ((noise * 3 + steps * 5) // 8 % 256).astype(np.uint8).reshape(height, width, 3)


def by_torch(pixels, width, height):
    x = torch.from_numpy(pixels.transpose(2, 0, 1).astype(np.float64))[None]
    y = F.interpolate(x, (height, width), mode="bilinear", align_corners=False)[0]
    return np.floor(y.numpy().transpose(1, 2, 0) + 0.5).clip(0, 255).astype(np.uint8)


def by_pillow(rule):
    return lambda pixels, width, height: np.asarray(Image.fromarray(pixels).resize((width, height), rule))


RULES = {
    "bilinear-no-antialias": by_torch,
    "bilinear-antialias": by_pillow(Image.Resampling.BILINEAR),
    "bicubic-antialias": by_pillow(Image.Resampling.BICUBIC),
}
SIZES = [(61, 47, 24, 24), (150, 131, 17, 17), (13, 11, 32, 32), (40, 24, 24, 24), (24, 40, 24, 33)]

print(json.dumps([
    {"rule": rule, "from": [w, h], "to": [to_w, to_h],
     "bytes": base64.b64encode(resize(picture(w, h), to_w, to_h).tobytes()).decode()}
    for rule, resize in RULES.items() for w, h, to_w, to_h in SIZES
], indent=1))
