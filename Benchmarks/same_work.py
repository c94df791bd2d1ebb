"""Shows that `workbench bench step` and the peer do the same work: same weights, same data, same losses.

    python Benchmarks/same_work.py [--steps 10] [--factor 5] [--engine winograd|direct|blas]

Copies the peer's weights and data into a safetensors file, makes the same training steps in PyTorch in double
precision (the reference), in PyTorch in single precision, and here, and prints the two losses of every step.

Correct programs in single precision drift away from the reference, since every step (Adam's first ones move
each weight by its gradient's sign) multiplies the rounding of the ones before. So ours may be as far from the
reference as PyTorch has been up to that step, times --factor, plus 1e-5; beyond that the exit status is 1.
That finds, for example, a learning rate 1 % off, a slope of 0.21 instead of 0.2, or Adam's epsilon at 1e-5.

Needs: pip install torch numpy; `./workbench` built once.
"""
import json
import pathlib
import struct
import sys
import tempfile

from peer import WORKBENCH, Step, parser, run_json

LEAVES = {"running_mean": "runningMean", "running_var": "runningVariance"}


def channels_last(tensor):
    """PyTorch's layouts to ours. The same order of axes for all: weights [out, in, h, w] of a convolution
    become [out, h, w, in], [in, out, h, w] of a transposed one [in, h, w, out], images [n, h, w, c]."""
    return tensor.permute(0, 2, 3, 1) if tensor.ndim == 4 else tensor


def exported(step):
    """Every weight, running statistic and image by the path that it has here."""
    arrays = {"input": step.input, "target": step.target}
    for name in ("stage1", "stage2", "discriminator"):
        for path, value in getattr(step, name).state_dict().items():
            *path, leaf = path.split(".")
            if leaf != "num_batches_tracked":
                arrays[".".join([name, *path, LEAVES.get(leaf, leaf)])] = value
    return {name: channels_last(value.detach()).contiguous().float().numpy()
            for name, value in arrays.items()}


def write_safetensors(arrays, path):
    """The format: size of the header, header, data in the header's order, all little-endian."""
    header, offset = {}, 0
    for name, array in arrays.items():
        header[name] = {
            "dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.astype("<f4").tobytes())


FLOOR = 1e-5


def differences(one, other):
    """The larger relative difference of the two losses, for every step."""
    return [max(abs(a - b) / max(abs(b), 1e-12) for a, b in zip(left, right))
            for left, right in zip(one, other)]


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--steps", type=int, default=10)
    arguments.add_argument("--factor", type=float, default=5, help="times PyTorch's own drift is allowed")
    arguments.add_argument("--seed", type=int, default=0, help="of the peer's weights and data")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--batch", type=int, default=8)
    arguments.add_argument("--engine", help="what computes our convolutions; default: the program's")
    chosen = arguments.parse_args()
    import torch
    torch.set_num_threads(chosen.threads)

    single = Step(chosen.batch, seed=chosen.seed)
    engine = ["--engine", chosen.engine] if chosen.engine else []
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "start.safetensors"
        write_safetensors(exported(single), file)
        ours = run_json([
            WORKBENCH, "bench", "step", "--json", "--quiet", "--losses", "--weights", file, "--warmup", 0,
            "--steps", chosen.steps, "--threads", chosen.threads, *engine])["losses"]
    theirs = [single() for _ in range(chosen.steps)]
    double = Step(chosen.batch, dtype=torch.float64, seed=chosen.seed)
    reference = [double() for _ in range(chosen.steps)]

    drift, allowed = 0, []
    for distance in differences(theirs, reference):
        drift = max(drift, distance)
        allowed.append(FLOOR + chosen.factor * drift)
    distances = differences(ours, reference)
    print("      discriminator                      generator                            relative distance\n"
          "step  workbench    PyTorch  reference    workbench     PyTorch   reference    ours     allowed")
    for number, (a, b, c) in enumerate(zip(ours, theirs, reference)):
        print(f"{number:4}{a[0]:11.7f}{b[0]:11.7f}{c[0]:11.7f}{a[1]:13.6f}{b[1]:12.6f}{c[1]:12.6f}"
              f"    {distances[number]:.1e}  {allowed[number]:.1e}")
    print(f"\nlargest relative difference over {chosen.steps} steps: "
          f"workbench to PyTorch {max(differences(ours, theirs)):.1e}, "
          f"workbench to reference {max(distances):.1e}, PyTorch to reference {drift:.1e}")
    # Written so that a loss that is not a number fails.
    if not all(distance <= limit for distance, limit in zip(distances, allowed)):
        sys.exit("not the same work: farther from the reference than rounding explains")
    print("the same work")


if __name__ == "__main__":
    main()
