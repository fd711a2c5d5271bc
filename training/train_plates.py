"""Train the plate detector from nothing but rendered scenes and write it as ONNX.

``python training/train_plates.py OUT.onnx [--scenes 14000] [--epochs 10] [--seed 20261123] [--cache FILE.npz]``

A fully convolutional network of about 60,000 weights over grey pixels, one cell per 8 pixels. Each cell gives the logit that it lies
in the middle of a plate, and the distances to the plate's left, top, right and bottom sides as logarithms of pixels.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from plate_scenes import scene
from torch import nn
from torch.nn import functional

SIZE, STRIDE = 192, 8
#: Plates of this extent, ``max(width, 2 * height)`` in pixels, are to be found at one scale; the rest is left to other scales.
EXTENT = (24.0, 136.0)


class Network(nn.Module):
    """Three strided convolutions, then residual dilated ones: a cell sees about 170 pixels around it."""

    def __init__(self, width: int = 32, dilations: tuple[int, ...] = (1, 2, 1, 4, 1)) -> None:
        super().__init__()
        plan = [(2, 12, 2, 1), (12, 20, 2, 1), (20, width, 2, 1)] + [(width, width, 1, d) for d in dilations]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(i, o, 3, stride=s, padding=d, dilation=d, bias=False) for i, o, s, d in plan
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(o) for _, o, _, _ in plan)
        self.head = nn.Conv2d(width, 5, 1)
        nn.init.constant_(self.head.bias[:1], -4.0)
        nn.init.constant_(self.head.bias[1:], 3.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for number, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            y = functional.relu(norm(convolution(x)))
            x = x + y if number >= 3 else y
        return self.head(x)


def prepared(grey: np.ndarray) -> np.ndarray:
    """Two planes, ``(2, height, width)`` float32: grey with local mean and spread taken out, and grey as it is."""
    pixels = grey.astype(np.float32)
    mean = cv2.boxFilter(pixels, -1, (49, 49), borderType=cv2.BORDER_REFLECT)
    square = cv2.boxFilter(pixels * pixels, -1, (49, 49), borderType=cv2.BORDER_REFLECT)
    spread = np.sqrt(np.maximum(square - mean * mean, 0)) + 6.0
    return np.stack([np.clip((pixels - mean) / spread, -3, 3), pixels / 128 - 1])


def planes(pictures: np.ndarray) -> torch.Tensor:
    """A batch as the network takes it."""
    batch = torch.from_numpy(np.stack([prepared(item) for item in pictures]))
    return batch.contiguous(memory_format=torch.channels_last)


def targets(plates: list[tuple[float, float, float, float]]) -> np.ndarray:
    """``(6, cells, cells)``: weight of the cell, whether it is in a plate's middle, and the four distances."""
    cells = SIZE // STRIDE
    out = np.zeros((6, cells, cells), np.float32)
    out[0] = 1
    centre = (np.arange(cells) + 0.5) * STRIDE
    for left, top, right, bottom in plates:
        wide, high = right - left, bottom - top
        x, y = (left + right) / 2, (top + bottom) / 2
        columns, rows = abs(centre - x), abs(centre - y)
        inside = (rows < high / 2 + 4)[:, None] & (columns < wide / 2 + 4)[None, :]
        out[0][inside] = 0
        if not EXTENT[0] <= max(wide, 2 * high) <= EXTENT[1]:
            continue
        middle = (rows <= max(high * 0.22, 4.01))[:, None] & (columns <= max(wide * 0.22, 4.01))[None, :]
        out[0][middle] = 1
        out[1][middle] = 1
        grid = np.meshgrid(centre, centre)
        for plane, distance in enumerate((grid[0] - left, grid[1] - top, right - grid[0], bottom - grid[1]), 2):
            out[plane][middle] = np.maximum(distance, 1)[middle]
    return out


def made(count: int, seed: int, cache: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Pictures ``(n, size, size)`` and targets ``(n, 6, cells, cells)``."""
    if cache is not None and cache.is_file():
        held = np.load(cache)
        return held["pictures"], held["targets"]
    rng = np.random.default_rng(seed)
    pairs = [scene(rng, SIZE) for _ in range(count)]
    pictures, goals = np.stack([p for p, _ in pairs]), np.stack([targets(b) for _, b in pairs])
    if cache is not None:
        np.savez(cache, pictures=pictures, targets=goals)
    return pictures, goals


def loss_of(out: torch.Tensor, goal: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Focal loss of the heat, and minus the logarithm of the boxes' overlap with the true ones."""
    weight, positive, sides = goal[:, 0], goal[:, 1], goal[:, 2:]
    logit = out[:, 0]
    chance = torch.sigmoid(logit)
    right = torch.where(positive > 0, chance, 1 - chance)
    balance = torch.where(positive > 0, 0.75, 0.25)
    entropy = functional.binary_cross_entropy_with_logits(logit, positive, reduction="none")
    count = positive.sum().clamp(min=1)
    heat = (weight * balance * (1 - right) ** 2 * entropy).sum() / count
    near = torch.exp(out[:, 1:].clamp(-1, 6))
    common = (torch.minimum(near[:, 0], sides[:, 0]) + torch.minimum(near[:, 2], sides[:, 2])) * (
        torch.minimum(near[:, 1], sides[:, 1]) + torch.minimum(near[:, 3], sides[:, 3])
    )
    area = (near[:, 0] + near[:, 2]) * (near[:, 1] + near[:, 3])
    true = (sides[:, 0] + sides[:, 2]) * (sides[:, 1] + sides[:, 3])
    overlap = (common + 1) / (area + true - common + 1)
    return heat, -(positive * torch.log(overlap)).sum() / count


def exported(network: Network) -> bytes:
    """The network as ONNX, normalisations folded into the convolutions, any picture size that 8 divides."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, weights, at = [], [], "picture"
    for number, (convolution, norm) in enumerate(zip(network.convolutions, network.norms, strict=True)):
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        kernel = (convolution.weight * scale[:, None, None, None]).detach().contiguous().numpy()
        bias = (norm.bias - norm.running_mean * scale).detach().numpy()
        weights += [numpy_helper.from_array(kernel, f"k{number}"), numpy_helper.from_array(bias, f"b{number}")]
        d, s = convolution.dilation[0], convolution.stride[0]
        nodes.append(
            helper.make_node(
                "Conv", [at, f"k{number}", f"b{number}"], [f"c{number}"], dilations=[d, d], pads=[d] * 4, strides=[s, s]
            )
        )
        nodes.append(helper.make_node("Relu", [f"c{number}"], [f"r{number}"]))
        if number >= 3:
            nodes.append(helper.make_node("Add", [at, f"r{number}"], [f"a{number}"]))
        at = f"a{number}" if number >= 3 else f"r{number}"
    head = [network.head.weight.detach().contiguous().numpy(), network.head.bias.detach().numpy()]
    weights += [numpy_helper.from_array(head[0], "kh"), numpy_helper.from_array(head[1], "bh")]
    nodes.append(helper.make_node("Conv", [at, "kh", "bh"], ["cells"]))
    graph = helper.make_graph(
        nodes,
        "plates",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 2, "height", "width"])],
        [helper.make_tensor_value_info("cells", TensorProto.FLOAT, [1, 5, "rows", "columns"])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="indelible")
    model.ir_version = 9
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def main() -> None:
    """Generate, train, write, and print one line per epoch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--scenes", type=int, default=14000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    started = time.perf_counter()
    pictures, goals = made(options.scenes, options.seed, options.cache)
    print(f"{len(pictures)} scenes in {time.perf_counter() - started:.0f} s", flush=True)
    network = Network().to(memory_format=torch.channels_last)  # twice as fast as planes on a processor
    print(f"{sum(item.numel() for item in network.parameters())} weights", flush=True)
    held = len(pictures) // 20
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-4)
    batch = 32
    steps = options.epochs * ((len(pictures) - held) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps + 1)
    order = np.random.default_rng(options.seed)
    for epoch in range(options.epochs):
        network.train()
        sums = np.zeros(3)
        shuffled = held + order.permutation(len(pictures) - held)
        for start in range(0, len(shuffled) - batch + 1, batch):
            part = np.sort(shuffled[start : start + batch])
            heat, box = loss_of(
                network(planes(pictures[part])),
                torch.from_numpy(goals[part]),
            )
            optimiser.zero_grad()
            (heat + 0.5 * box).backward()
            optimiser.step()
            schedule.step()
            sums += (float(heat.detach()), float(box.detach()), 1)
        network.eval()
        with torch.no_grad():
            kept = [
                loss_of(
                    network(planes(pictures[at : at + 32])),
                    torch.from_numpy(goals[at : at + 32]),
                )
                for at in range(0, held, 32)
            ]
        heat, box = (float(np.mean([float(pair[n]) for pair in kept])) for n in range(2))
        print(
            f"epoch {epoch + 1}: heat {sums[0] / sums[2]:.4f} box {sums[1] / sums[2]:.4f}; "
            f"held out {heat:.4f} {box:.4f}; {time.perf_counter() - started:.0f} s",
            flush=True,
        )
        data = exported(network)
        options.out.write_bytes(data)
    print(f"{options.out.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
