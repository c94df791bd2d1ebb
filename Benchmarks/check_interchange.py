"""Takes PyTorch's weights to the workbench and back, and compares what the networks compute.

    python Benchmarks/check_interchange.py [--scratch-path .build-tests]

Makes the reference U-Net with random weights and running statistics in PyTorch, and saves its state dict with the
safetensors package. The workbench's test `exchangesWithPyTorch` loads it, computes the output in evaluation mode, trains
one step and writes its state, which PyTorch loads with strict=True. Both outputs have to agree to 1e-5 of their largest
magnitude; otherwise the exit status is 1.

Needs: pip install torch safetensors; the tests built once (scripts/test).
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Block(nn.Module):
    def __init__(self, inside, outside, stride):
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.bn = nn.BatchNorm2d(outside)

    def forward(self, x):
        return nn.functional.leaky_relu(self.bn(self.conv(x)), 0.2)


class UNet3(nn.Module):
    def __init__(self, base=8):
        super().__init__()
        self.enc1, self.enc2, self.enc3 = Block(1, base, 1), Block(base, 2 * base, 2), Block(2 * base, 4 * base, 2)
        self.up2, self.dec2 = nn.ConvTranspose2d(4 * base, 2 * base, 2, 2), Block(4 * base, 2 * base, 1)
        self.up1, self.dec1 = nn.ConvTranspose2d(2 * base, base, 2, 2), Block(2 * base, base, 1)
        self.head = nn.Conv2d(base, 1, 1)

    def forward(self, x):
        first = self.enc1(x)
        second = self.enc2(first)
        middle = self.dec2(torch.cat([self.up2(self.enc3(second)), second], 1))
        return self.head(self.dec1(torch.cat([self.up1(middle), first], 1)))


def difference(name, ours, theirs):
    """Prints and returns the largest difference relative to the largest magnitude."""
    error = ((ours - theirs).abs().max() / theirs.abs().max()).item()
    print(f"{name}: largest difference {error:.1e} of the largest magnitude")
    return error


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scratch-path", default=".build-tests", help="where the tests are built")
    arguments = options.parse_args()
    torch.manual_seed(5)
    network = UNet3()
    x = torch.randn(2, 1, 32, 48)
    for _ in range(3):
        network(torch.randn(2, 1, 32, 48))
    network.eval()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        save_file(network.state_dict(), folder / "state.safetensors")
        save_file({"input": x}, folder / "input.safetensors")
        subprocess.run(
            ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--scratch-path",
             arguments.scratch_path, "--filter", "exchangesWithPyTorch"],
            cwd=ROOT, env={**os.environ, "WORKBENCH_INTERCHANGE_FOLDER": str(folder)}, check=True,
            stdout=subprocess.DEVNULL)
        with torch.no_grad():
            errors = [difference("PyTorch -> workbench", load_file(folder / "output.safetensors")["output"], network(x))]
            trained = UNet3()
            trained.load_state_dict(load_file(folder / "trained.safetensors"), strict=True)
            trained.eval()
            ours = load_file(folder / "trained_output.safetensors")["output"]
            errors.append(difference("workbench -> PyTorch", ours, trained(x)))
            counts = {n: int(v) for n, v in trained.state_dict().items() if n.endswith("num_batches_tracked")}
    print(f"batches counted: {sorted(set(counts.values()))} (3 in PyTorch, 1 more here)")
    if max(errors) > 1e-5 or set(counts.values()) != {4}:
        sys.exit("the networks disagree")


if __name__ == "__main__":
    main()
