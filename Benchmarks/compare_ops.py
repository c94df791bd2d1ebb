"""Times single operations here and in PyTorch, in turn, and prints the ratios.

    python Benchmarks/compare_ops.py [--what products|convolutions|passes|layers|all] [--threads 2] [--rounds 3]
                                     [--only NAME]

products: matrix products, those of gated recurrent units and of attention. convolutions: forward, gradient to
the input, gradient to the weights (PyTorch in channels_last). passes: elementwise functions, normalisation,
Adam, sums, concatenation. layers: recurrent layers, attention, normalisations, 1-D convolutions and the spectral
loss, forwards and backwards together. What is done comes from the report of `workbench bench`, so both do the same. Every
round runs each program once and takes the ratio of their medians.
Needs: pip install torch numpy; `./workbench` built once. The product itself never needs Python.
"""
import json
import statistics
import sys
import time

from peer import WORKBENCH, parser, run_json, spread

# Which benchmarks of ours have such items.
BENCHMARKS = {"products": ["gemm", "ops"], "convolutions": ["conv"], "passes": ["ops"], "layers": ["ops"]}
LAYERS = {"gru", "lstm", "attention", "layer norm", "group norm", "instance norm", "conv 1d", "transposed conv 1d",
          "stft loss"}
PRODUCTS = {"matmul", "gru product", "attention scores", "attention values"}


def kind(item):
    operation = item["operation"]
    if operation in LAYERS:
        return "layers"
    return "products" if operation in PRODUCTS else "convolutions" if operation == "convolution" else "passes"


def label(item):
    if kind(item) == "products":
        right = list(item["right"])
        if item["right_transposed"]:
            right[-2:] = right[:-3:-1]
        return f"{item['operation']} {item['left']} x {right}"
    if kind(item) == "layers":
        sizes = [key for key, value in item.items() if isinstance(value, int) and key not in ("threads", "samples")]
        return f"{item['operation']} " + ", ".join(f"{key} {item[key]}" for key in sizes)
    if kind(item) == "convolutions":
        return f"{item['layer']} {item['pass']} ({item['engine']})"
    return f"{item['operation']} {item['mebibytes']} MiB"


# What PyTorch does: each function takes an item and gives a call to be timed.

def product(item):
    import torch
    left, right = torch.randn(item["left"]), torch.randn(item["right"])
    if item["right_transposed"]:
        right = right.transpose(-1, -2)
    return lambda: torch.matmul(left, right)


def convolution(item):
    import torch
    from torch.nn import functional
    layout = torch.channels_last
    x = torch.randn(item["batch"], item["in"], item["size"], item["size"]).to(memory_format=layout)
    ends = ("in", "out") if item["transposed"] else ("out", "in")
    weight = torch.randn(item[ends[0]], item[ends[1]], item["kernel"], item["kernel"])
    weight = weight.to(memory_format=layout)
    function = functional.conv_transpose2d if item["transposed"] else functional.conv2d
    sizes = dict(stride=item["stride"], padding=item["padding"])
    if item["pass"] == "forward":
        return lambda: function(x, weight, **sizes)
    wanted = (x if item["pass"] == "input_gradient" else weight).requires_grad_()
    return backward(function(x, weight, **sizes), wanted)


def backward(output, *wanted):
    import torch
    seed = torch.randn_like(output)
    return lambda: torch.autograd.grad(output, wanted, seed, retain_graph=True)


def memory_pass(item):
    import torch
    from torch.nn import functional
    layout = torch.channels_last
    batch, height, width, channels = item["shape"]
    operation = item["operation"]

    def tensor(channels=channels):
        return torch.randn(batch, channels, height, width).to(memory_format=layout)

    x, y = tensor(), tensor()
    scale, shift = torch.ones(channels), torch.zeros(channels)
    positive, rows = x.abs() + 1e-3, x.permute(0, 2, 3, 1)
    places = torch.randint(height, (batch, height, width, channels)) if operation in ("gather", "scatter") else None

    def normalised(x):
        return functional.batch_norm(x, None, None, scale, shift, training=True)

    def activated(x):
        return functional.leaky_relu(normalised(x), 0.2)

    def adam():
        parameter = torch.nn.Parameter(x.clone())
        parameter.grad = y
        return torch.optim.Adam([parameter], lr=1e-4, fused=True).step

    def gradient(function, *others):
        wanted = [x.requires_grad_(), *(other.requires_grad_() for other in others)]
        return backward(function(x), *wanted)

    operations = {
        "copy": lambda: x.clone, "add": lambda: lambda: x + y,
        "leaky relu": lambda: lambda: functional.leaky_relu(x, 0.2),
        "leaky relu backward": lambda: gradient(lambda x: functional.leaky_relu(x, 0.2)),
        "sigmoid": lambda: lambda: torch.sigmoid(x), "tanh": lambda: lambda: torch.tanh(x),
        "exponential": lambda: x.exp, "logarithm": lambda: positive.log, "log plus one": lambda: positive.log1p,
        "sine": lambda: x.sin, "cosine": lambda: x.cos, "error function": lambda: x.erf,
        "power 0.3": lambda: lambda: positive ** 0.3, "softplus": lambda: lambda: functional.softplus(x),
        "elu": lambda: lambda: functional.elu(x), "elu backward": lambda: gradient(functional.elu),
        "gelu": lambda: lambda: functional.gelu(x), "gelu backward": lambda: gradient(functional.gelu),
        "silu": lambda: lambda: functional.silu(x), "silu backward": lambda: gradient(functional.silu),
        "dropout": lambda: lambda: functional.dropout(x, 0.1),
        "gather": lambda: lambda: rows.gather(1, places),
        "scatter": lambda: gradient(lambda x: x.permute(0, 2, 3, 1).gather(1, places)),
        "batch norm": lambda: lambda: normalised(x),
        "batch norm backward": lambda: gradient(normalised, scale, shift),
        "batch norm and leaky relu": lambda: lambda: activated(x),
        "batch norm and leaky relu backward": lambda: gradient(activated, scale, shift),
        "adam": adam, "sum": lambda: x.sum, "channel sums": lambda: lambda: x.sum((0, 2, 3)),
        "concatenate": lambda: joined(tensor(channels // 2), tensor(channels // 2)),
    }

    def joined(left, right):
        return lambda: torch.cat([left, right], 1)

    return operations[operation]() if operation in operations else None


def layer(item):
    import torch
    from torch import nn

    def sizes(*names):
        return [item[name] for name in names]

    def pass_through(module, *shape):
        x = torch.randn(*shape, requires_grad=True)
        wanted = [x, *module.parameters()]

        def result(output):
            return output[0] if isinstance(output, tuple) else output

        seed = torch.randn_like(result(module(x)))
        return lambda: torch.autograd.grad(result(module(x)), wanted, seed)

    class SelfAttention(nn.MultiheadAttention):
        def forward(self, x):
            return super().forward(x, x, x, need_weights=False)

    operation = item["operation"]
    if operation in ("gru", "lstm"):
        kind_of = nn.GRU if operation == "gru" else nn.LSTM
        module = kind_of(item["inputs"], item["units"], batch_first=True, bidirectional=item["directions"] == 2)
        return pass_through(module, *sizes("batch", "time", "inputs"))
    if operation == "attention":
        module = SelfAttention(item["features"], item["heads"], batch_first=True)
        return pass_through(module, *sizes("batch", "time", "features"))
    if operation == "layer norm":
        return pass_through(nn.LayerNorm(item["features"]), *sizes("batch", "time", "features"))
    if operation == "group norm":
        return pass_through(nn.GroupNorm(item["groups"], item["features"]), *sizes("batch", "features", "time"))
    if operation == "instance norm":
        module = nn.InstanceNorm1d(item["features"], affine=True)
        return pass_through(module, *sizes("batch", "features", "time"))
    if operation == "conv 1d":
        module = nn.Conv1d(*sizes("in", "out", "kernel"), stride=item["stride"], padding=item["padding"],
                           dilation=item["dilation"], groups=item["groups"])
        return pass_through(module, *sizes("batch", "in", "time"))
    if operation == "transposed conv 1d":
        module = nn.ConvTranspose1d(*sizes("in", "out", "kernel"), stride=item["stride"], padding=item["padding"])
        return pass_through(module, *sizes("batch", "in", "time"))
    if operation == "stft loss":
        return spectral_loss(*sizes("batch", "time"))
    return None


def spectral_loss(batch, time_steps):
    import torch
    estimate = (0.1 * torch.randn(batch, time_steps)).requires_grad_()
    target = estimate.detach() + 0.02 * torch.randn(time_steps)
    resolutions = [(n, hop, length, torch.hann_window(length))
                   for n, hop, length in [(1024, 120, 600), (2048, 240, 1200), (512, 50, 240)]]

    def magnitude(x, n, hop, length, window):
        spectrum = torch.stft(x, n, hop, length, window, return_complex=True)
        return (spectrum.real ** 2 + spectrum.imag ** 2).clamp(min=1e-7).sqrt()

    def loss():
        total = 0
        for resolution in resolutions:
            e = magnitude(estimate, *resolution)
            with torch.no_grad():
                t = magnitude(target, *resolution)
            total = total + (t - e).square().sum().sqrt() / t.square().sum().sqrt()
            total = total + (t.log() - e.log()).abs().mean()
        return total / len(resolutions)

    return lambda: torch.autograd.grad(loss(), estimate)


PEERS = {"products": product, "convolutions": convolution, "passes": memory_pass, "layers": layer}


def timed(call, samples, least=0.002):
    """The median seconds of a call, measured as `workbench bench` does."""
    def seconds(count):
        start = time.perf_counter()
        for _ in range(count):
            call()
        return time.perf_counter() - start

    call()
    count = max(1, round(least / max(seconds(1), 1e-9) + 0.5))
    values = []
    for _ in range(samples):
        call()
        values.append(seconds(count) / count)
    return statistics.median(values)


def peer(threads, samples):
    """Reads items as JSON and prints the microseconds that PyTorch takes for each; null for what it lacks."""
    import torch
    torch.set_num_threads(threads)
    times = []
    for item in json.load(sys.stdin):
        torch.set_num_threads(item["threads"])
        call = PEERS[kind(item)](item)
        times.append(None if call is None else 1e6 * timed(call, samples))
    print(json.dumps(times))


def main():
    import subprocess
    arguments = parser(__doc__)
    arguments.add_argument("--what", default="products", choices=[*PEERS, "all"])
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--samples", type=int, default=7, help="of each item in each round")
    arguments.add_argument("--only", default="", help="items that have this text in their names")
    arguments.add_argument("--engine", help="what computes our convolutions; default: each in turn")
    arguments.add_argument("--json", action="store_true", help="print one JSON line at the end")
    arguments.add_argument("--peer", action="store_true", help="(used by the script itself)")
    chosen = arguments.parse_args()
    if chosen.peer:
        return peer(chosen.threads, chosen.samples)

    wanted = list(PEERS) if chosen.what == "all" else [chosen.what]
    benchmarks = list(dict.fromkeys(name for what in wanted for name in BENCHMARKS[what]))
    ratios, times = {}, {}
    for number in range(chosen.rounds):
        items = []
        for name in benchmarks:
            engine = ["--engine", chosen.engine] if chosen.engine and name == "conv" else []
            report = run_json([WORKBENCH, "bench", name, "--json", "--quiet", "--threads", chosen.threads,
                               "--rounds", chosen.samples, *engine, *(["--only", chosen.only] if chosen.only else [])])
            items += [item for item in report["items"] if kind(item) in wanted]
        done = subprocess.run(
            [sys.executable, __file__, "--peer", "--threads", str(chosen.threads), "--samples",
             str(chosen.samples)], input=json.dumps(items), stdout=subprocess.PIPE, text=True, check=True)
        for item, microseconds in zip(items, json.loads(done.stdout)):
            if microseconds is not None:
                key = f"{label(item)}, {item['threads']} thread{'s' if item['threads'] > 1 else ''}"
                ratios.setdefault(key, []).append(microseconds / item["median_us"])
                times.setdefault(key, []).append((item["median_us"], microseconds))
        print(f"round {number + 1} of {chosen.rounds} done", file=sys.stderr, flush=True)

    if chosen.json:
        print(json.dumps({"threads": chosen.threads, "rounds": chosen.rounds, "items": [
            {"name": name, "ratio": statistics.median(values), "ratios": values, "us": times[name]}
            for name, values in ratios.items()]}))
        return
    width = max(map(len, ratios))
    print(f"{'':{width}}  workbench us   PyTorch us  PyTorch / workbench")
    for name, values in ratios.items():
        ours, theirs = (statistics.median(pair[side] for pair in times[name]) for side in (0, 1))
        print(f"{name:{width}}{ours:14.1f}{theirs:13.1f}  {spread(values)}")


if __name__ == "__main__":
    main()
