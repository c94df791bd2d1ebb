"""Times one training step of the benchmark network here and in PyTorch, in turn, and prints the ratio.

    python Benchmarks/compare_step.py [--threads 2] [--rounds 5] [--steps 10]

Needs: pip install torch numpy; `./workbench` built once. The product itself never needs Python.
The network: two U-Nets in a row (depth 5, base 16, 4x4 stride-2 convolutions, batch normalisation, skips by
concatenation), a patch discriminator (base 32), LSGAN + 50 and 100 L1, Adam 2e-4, batch 8 of 128x128. As here,
real and generated images pass the discriminator one after the other.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def peer(threads, steps, warmup):
    """One process of PyTorch: median seconds of a step."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.manual_seed(0)
    torch.set_num_threads(threads)
    layout = torch.channels_last

    def down(before, after, normalised):
        layers = [nn.Conv2d(before, after, 4, stride=2, padding=1)]
        if normalised:
            layers.append(nn.BatchNorm2d(after))
        return nn.Sequential(*layers, nn.LeakyReLU(0.2))

    def up(before, after):
        return nn.Sequential(
            nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), nn.BatchNorm2d(after), nn.ReLU())

    class Generator(nn.Module):
        def __init__(self, base=16, depth=5):
            super().__init__()
            widths = [base << level for level in range(depth)]
            self.down = nn.ModuleList(
                down(widths[level - 1] if level else 1, widths[level], level > 0) for level in range(depth))
            self.up = nn.ModuleList(
                up(widths[level] * (1 if level == depth - 1 else 2), widths[level - 1] if level else base)
                for level in reversed(range(depth)))
            self.out = nn.Conv2d(base + 1, 1, 3, padding=1)

        def forward(self, x):
            skips = []
            for block in self.down:
                skips.append(x)
                x = block(x)
            for block in self.up:
                x = torch.cat([block(x), skips.pop()], 1)
            return self.out(x)

    discriminator = nn.Sequential(
        down(2, 32, False), down(32, 64, True), down(64, 128, True), nn.Conv2d(128, 1, 3, padding=1))
    first, second = Generator(), Generator()
    for module in (first, second, discriminator):
        module.to(memory_format=layout)
    options = dict(lr=2e-4, betas=(0.5, 0.999), fused=True)
    adam_g = torch.optim.Adam([*first.parameters(), *second.parameters()], **options)
    adam_d = torch.optim.Adam(discriminator.parameters(), **options)
    x, y = (torch.randn(8, 1, 128, 128).to(memory_format=layout) for _ in range(2))

    def step():
        middle = first(x)
        fake = second(middle)
        real_score = discriminator(torch.cat([x, y], 1))
        fake_score = discriminator(torch.cat([x, fake.detach()], 1))
        loss_d = ((real_score - 1) ** 2).mean() + (fake_score**2).mean()
        adam_d.zero_grad()
        loss_d.backward()
        adam_d.step()
        discriminator.requires_grad_(False)
        score = discriminator(torch.cat([x, fake], 1))
        loss_g = 50 * F.l1_loss(middle, y) + 100 * F.l1_loss(fake, y) + ((score - 1) ** 2).mean()
        adam_g.zero_grad()
        loss_g.backward()
        adam_g.step()
        discriminator.requires_grad_(True)

    for _ in range(warmup):
        step()
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    print(json.dumps({"median_ms": 1e3 * statistics.median(times)}))


def median_of(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["median_ms"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--steps", type=int, default=10)
    arguments.add_argument("--warmup", type=int, default=3)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--peer-only", action="store_true", help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if arguments.peer_only:
        return peer(arguments.threads, arguments.steps, arguments.warmup)
    shared = ["--threads", arguments.threads, "--steps", arguments.steps, "--warmup", arguments.warmup]
    shared = [str(word) for word in shared]
    ratios = []
    for number in range(arguments.rounds):
        ours = median_of([str(ROOT / "workbench"), "bench", "step", "--json", *shared])
        theirs = median_of([sys.executable, __file__, "--peer-only", *shared])
        ratios.append(theirs / ours)
        print(f"round {number + 1}: workbench {ours:.0f} ms, PyTorch {theirs:.0f} ms, ratio {theirs / ours:.2f}")
    print(f"PyTorch / workbench, {arguments.threads} threads: median {statistics.median(ratios):.2f}, "
          f"{min(ratios):.2f} to {max(ratios):.2f} over {len(ratios)} rounds")


if __name__ == "__main__":
    main()
