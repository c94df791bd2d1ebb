"""Takes PyTorch's weights to the workbench and back, and compares what the networks compute.

    python Benchmarks/check_interchange.py [--scratch-path .build-tests]
    python Benchmarks/check_interchange.py --fixture Tests/Fixtures/interchange/layers.safetensors

Makes the reference U-Net, and one module of every kind that the workbench has a layer for, with random weights and
running statistics in PyTorch, and saves their state dicts with the safetensors package. The workbench's tests
`exchangesWithPyTorch` and `exchangesLayersWithPyTorch` load them, compute the outputs in evaluation mode, train one step
and write their state, which PyTorch loads with strict=True. Outputs have to agree to 1e-5 of their largest magnitude;
otherwise the exit status is 1.

With --fixture only the modules' states, inputs and outputs are written, which the test suite compares with.

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
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

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


class SelfAttention(nn.MultiheadAttention):
    def forward(self, x):
        return super().forward(x, x, x, need_weights=False)


def modules():
    """Name -> (module, the shape of its input). The workbench's test makes the same ones."""
    return {
        "linear": (nn.Linear(5, 4), (3, 5)),
        "conv2d": (nn.Conv2d(4, 6, (3, 2), groups=2), (2, 4, 5, 6)),
        "conv_transpose2d": (nn.ConvTranspose2d(3, 4, 3, 2, bias=False), (2, 3, 4, 5)),
        "conv1d": (nn.Conv1d(4, 6, 5, 2, 2, groups=2), (2, 4, 11)),
        "conv_transpose1d": (nn.ConvTranspose1d(4, 3, 4, 2, 1), (2, 4, 7)),
        "gru": (nn.GRU(5, 4, 2, batch_first=True, bidirectional=True), (2, 6, 5)),
        "lstm": (nn.LSTM(5, 4, 2, batch_first=True, bidirectional=True), (2, 6, 5)),
        "lstm_without_bias": (nn.LSTM(3, 5, bias=False, batch_first=True), (2, 6, 3)),
        "attention": (SelfAttention(8, 2, batch_first=True), (2, 5, 8)),
        "layer_norm": (nn.LayerNorm(6), (2, 3, 6)),
        "group_norm": (nn.GroupNorm(3, 6), (2, 6, 7)),
        "instance_norm": (nn.InstanceNorm1d(5, affine=True, track_running_stats=True), (2, 5, 7)),
        "batch_norm": (nn.BatchNorm1d(5), (2, 5, 7)),
        "embedding": (nn.Embedding(7, 3), None),
        "weight_norm_conv1d": (weight_norm(nn.Conv1d(4, 6, 3)), (2, 4, 8)),
        "weight_norm_linear": (weight_norm(nn.Linear(5, 4)), (3, 5)),
        "spectral_norm_conv2d": (spectral_norm(nn.Conv2d(3, 6, (3, 2))), (2, 3, 5, 6)),
        "spectral_norm_conv_transpose1d": (spectral_norm(nn.ConvTranspose1d(4, 3, 4, 2)), (2, 4, 7)),
    }


def output(module, x):
    result = module(x)
    return result[0] if isinstance(result, tuple) else result


def drawn_modules():
    """The modules, with nothing left as it is initialised, and an input for each."""
    result = {}
    for name, (module, shape) in modules().items():
        x = torch.arange(6).reshape(2, 3) if shape is None else torch.randn(shape)
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.add_(0.3 * torch.randn_like(parameter))
            for _ in range(3):
                output(module, x if shape is None else torch.randn(shape))
        result[name] = (module.eval(), x)
    return result


def states(drawn):
    """All states, inputs and outputs as one file's tensors: name/state/entry, name/input, name/output."""
    tensors = {}
    with torch.no_grad():
        for name, (module, x) in drawn.items():
            for entry, value in module.state_dict().items():
                tensors[f"{name}/state/{entry}"] = value.contiguous().clone()
            tensors[f"{name}/input"] = x
            tensors[f"{name}/output"] = output(module, x).contiguous()
    return tensors


def difference(name, ours, theirs):
    """Prints and returns the largest difference relative to the largest magnitude."""
    error = ((ours - theirs).abs().max() / theirs.abs().max()).item()
    print(f"{name}: largest difference {error:.1e} of the largest magnitude")
    return error


def check_network(network, x, folder):
    with torch.no_grad():
        ours = load_file(folder / "output.safetensors")["output"]
        errors = [difference("U-Net, PyTorch -> workbench", ours, network(x))]
        trained = UNet3()
        trained.load_state_dict(load_file(folder / "trained.safetensors"), strict=True)
        trained.eval()
        ours = load_file(folder / "trained_output.safetensors")["output"]
        errors.append(difference("U-Net, workbench -> PyTorch", ours, trained(x)))
    counts = {int(v) for n, v in trained.state_dict().items() if n.endswith("num_batches_tracked")}
    print(f"batches counted: {sorted(counts)} (3 in PyTorch, 1 more here)")
    return max(errors) <= 1e-5 and counts == {4}


def check_modules(drawn, folder):
    ours = load_file(folder / "layers_trained.safetensors")
    fine = True
    for name, (module, x) in drawn.items():
        with torch.no_grad():
            errors = [difference(f"{name}, PyTorch -> workbench", ours[f"{name}/output"], output(module, x))]
            before = {entry: value.clone() for entry, value in module.state_dict().items()}
            start = f"{name}/state/"
            module.load_state_dict({n[len(start):]: v for n, v in ours.items() if n.startswith(start)}, strict=True)
            errors.append(difference(f"{name}, workbench -> PyTorch", ours[f"{name}/trained_output"], output(module, x)))
            unchanged = [n for n, p in module.named_parameters() if torch.equal(p, before[n])]
        if unchanged:
            print(f"{name}: no step changed {unchanged}")
        fine = fine and max(errors) <= 1e-5 and not unchanged
    return fine


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scratch-path", default=".build-tests", help="where the tests are built")
    options.add_argument("--fixture", help="write the modules to this file and do nothing else")
    arguments = options.parse_args()
    torch.manual_seed(5)
    drawn = drawn_modules()
    if arguments.fixture:
        save_file(states(drawn), arguments.fixture)
        return
    network = UNet3()
    x = torch.randn(2, 1, 32, 48)
    for _ in range(3):
        network(torch.randn(2, 1, 32, 48))
    network.eval()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        save_file(network.state_dict(), folder / "state.safetensors")
        save_file({"input": x}, folder / "input.safetensors")
        save_file(states(drawn), folder / "layers.safetensors")
        done = subprocess.run(
            ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--scratch-path",
             arguments.scratch_path, "--filter", "exchanges.*WithPyTorch"],
            cwd=ROOT, env={**os.environ, "WORKBENCH_INTERCHANGE_FOLDER": str(folder)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            sys.exit(f"{done.stdout}\nthe workbench's half failed (above)")
        fine = [check_network(network, x, folder), check_modules(drawn, folder)]
    if not all(fine):
        sys.exit("the networks disagree")


if __name__ == "__main__":
    main()
