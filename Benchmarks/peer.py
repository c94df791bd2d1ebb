"""The peer: the training step of `workbench bench step` in PyTorch, and how to run either from a script.

    python Benchmarks/peer.py [--threads 2] [--steps 20] [--warmup 4] [--format channels_last|contiguous]

prints one JSON line with the keys of `workbench bench step --json`.
Needs: pip install torch numpy. The product itself never needs Python.

The network: two U-Nets in a row (depth 5, base 16, 4x4 stride-2 convolutions, batch normalisation, skips by
concatenation), a patch discriminator (base 32), LSGAN + 50 and 100 L1, Adam 2e-4 with betas 0.5 and 0.999,
batch 8 of 128x128. Real and generated images pass the discriminator one after the other, so that each has
batch statistics of its own.
"""
import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKBENCH = str(ROOT / "workbench")


def seconds_since_start():
    """Seconds since the system started this process; None without /proc."""
    try:
        fields = pathlib.Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    import os
    return time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK")


def quantile(ordered, share):
    """Interpolated between neighbours, as `workbench bench` does."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


class Step:
    """The networks, their optimisers and one batch of data; calling it makes one training step."""

    def __init__(self, batch=8, layout="channels_last", dtype=None, seed=0):
        import torch
        torch.manual_seed(seed)
        # Drawn in single precision also for a double-precision reference: the same numbers.
        parts = [generator(), generator(), discriminator()]
        data = [torch.randn(batch, 1, 128, 128) for _ in range(2)]
        self.layout = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        dtype = dtype or torch.float32
        self.stage1, self.stage2, self.discriminator = (
            part.to(dtype).to(memory_format=self.layout) for part in parts)
        self.input, self.target = (images.to(dtype).to(memory_format=self.layout) for images in data)
        options = dict(lr=2e-4, betas=(0.5, 0.999), fused=True)
        self.adam_g = torch.optim.Adam(
            [*self.stage1.parameters(), *self.stage2.parameters()], **options)
        self.adam_d = torch.optim.Adam(self.discriminator.parameters(), **options)

    def __call__(self):
        """The losses of discriminator and generator."""
        import torch
        from torch.nn.functional import l1_loss
        judge, x, y = self.discriminator, self.input, self.target

        middle = self.stage1(x)
        fake = self.stage2(middle)
        real_score = judge(torch.cat([x, y], 1))
        fake_score = judge(torch.cat([x, fake.detach()], 1))
        loss_d = ((real_score - 1) ** 2).mean() + (fake_score**2).mean()
        self.adam_d.zero_grad()
        loss_d.backward()
        self.adam_d.step()

        judge.requires_grad_(False)
        score = judge(torch.cat([x, fake], 1))
        loss_g = 50 * l1_loss(middle, y) + 100 * l1_loss(fake, y) + ((score - 1) ** 2).mean()
        self.adam_g.zero_grad()
        loss_g.backward()
        self.adam_g.step()
        judge.requires_grad_(True)
        return loss_d.item(), loss_g.item()


def block(convolution, norm, activation):
    """A convolution, perhaps a normalisation, an activation; the names that same_work.py translates."""
    from collections import OrderedDict
    from torch import nn
    parts = [("convolution", convolution), ("norm", norm), ("activation", activation)]
    return nn.Sequential(OrderedDict((name, part) for name, part in parts if part is not None))


def down(before, after, normalised):
    from torch import nn
    return block(
        nn.Conv2d(before, after, 4, stride=2, padding=1), nn.BatchNorm2d(after) if normalised else None,
        nn.LeakyReLU(0.2))


def up(before, after):
    from torch import nn
    return block(nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), nn.BatchNorm2d(after), nn.ReLU())


def generator(base=16, depth=5):
    import torch
    from torch import nn

    class Generator(nn.Module):
        def __init__(self):
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
            for part in self.down:
                skips.append(x)
                x = part(x)
            for part in self.up:
                x = torch.cat([part(x), skips.pop()], 1)
            return self.out(x)

    return Generator()


def discriminator(base=32):
    from torch import nn

    class Discriminator(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.ModuleList(
                [down(2, base, False), down(base, 2 * base, True), down(2 * base, 4 * base, True)])
            self.out = nn.Conv2d(4 * base, 1, 3, padding=1)

        def forward(self, x):
            for part in self.down:
                x = part(x)
            return self.out(x)

    return Discriminator()


def measure(threads, steps, warmup, batch, layout):
    """Times steps in this process; the report has the keys of `workbench bench step --json`."""
    import torch
    torch.set_num_threads(threads)
    step = Step(batch, layout)
    first = seconds_since_start()
    for _ in range(warmup):
        losses = step()
    times, cpu = [], time.process_time()
    for _ in range(steps):
        start = time.perf_counter()
        losses = step()
        times.append(1e3 * (time.perf_counter() - start))
    cpu = time.process_time() - cpu
    times.sort()
    return {
        "what": "torch_unet_gan_step", "torch": torch.__version__, "format": layout, "threads": threads,
        "batch": batch, "steps": steps, "warmup": warmup,
        **{f"{name}_ms": round(quantile(times, share), 3)
           for name, share in [("median", 0.5), ("min", 0), ("p10", 0.1), ("p90", 0.9), ("max", 1)]},
        "cpu_s_per_step": round(cpu / steps, 4),
        # Linux counts KiB, macOS bytes.
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        // (1 << 20 if sys.platform == "darwin" else 1 << 10),
        "first_step_start_s": first and round(first, 3), "loss_d": losses[0], "loss_g": losses[1],
    }


def run_json(command):
    """What a program prints as JSON, its messages passed on; ends this one if it fails."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}")
    return json.loads(done.stdout)


def spread(values, digits=2):
    """A median with its range as text: "1.42 (1.38 to 1.47)"."""
    return (f"{statistics.median(values):.{digits}f} "
            f"({min(values):.{digits}f} to {max(values):.{digits}f})")


def parser(documentation):
    return argparse.ArgumentParser(
        description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter)


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--steps", type=int, default=20)
    arguments.add_argument("--warmup", type=int, default=4)
    arguments.add_argument("--batch", type=int, default=8)
    arguments.add_argument("--format", default="channels_last", choices=["channels_last", "contiguous"])
    chosen = arguments.parse_args()
    print(json.dumps(measure(chosen.threads, chosen.steps, chosen.warmup, chosen.batch, chosen.format)))


if __name__ == "__main__":
    main()
