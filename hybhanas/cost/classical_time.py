"""Classical time: kernels one after another, each at the speed of what limits it (roofline)."""

from __future__ import annotations

from collections.abc import Iterable

from hybhanas.cost.classical_half import ClassicalHalf, Kernel
from hybhanas.cost.model import Device, Workload


def kernels_s(kernels: Iterable[Kernel], device: Device) -> float:
    """Seconds of kernels, each the longest of its launch, its operations and its memory traffic.

    t = max(launch, FLOPs / (peak FLOP/s x utilisation), bytes / (bytes/s)); Williams, Waterman and
    Patterson, Commun. ACM 52(4), 65 (2009), with the launch as the floor of small kernels.
    """
    return sum(device.seconds(kernel.flops, kernel.moved_bytes) for kernel in kernels)


def inference_s(half: ClassicalHalf, device: Device) -> float:
    """Seconds of the classical half of one inference of one sample."""
    return kernels_s(half.forward(1), device)


def training_s(half: ClassicalHalf, workload: Workload, device: Device) -> float:
    """Seconds of the classical half of a training, its validations included.

    epochs x (steps of full batches + one of the rest) + validations x passes in batches.
    """
    full, rest = divmod(workload.samples, workload.batch_size)
    epoch_s = full * kernels_s(half.step(workload.batch_size), device)
    if rest:
        epoch_s += kernels_s(half.step(rest), device)
    full, rest = divmod(workload.validation_samples, workload.batch_size)
    pass_s = full * kernels_s(half.validation(workload.batch_size), device)
    if rest:
        pass_s += kernels_s(half.validation(rest), device)
    return workload.epochs * epoch_s + workload.validations * pass_s


def classical_time_s(  # noqa: PLR0913 - what it depends on
    phase: str, half: ClassicalHalf, workload: Workload, device: Device, jobs: int, total: str
) -> float:
    """Seconds that the computer takes beside the quantum computer.

    Kernels, and if the total is of QPU time the time in which jobs and their results are on the
    way: jobs x round trip.
    """
    own_s = (
        inference_s(half, device) if phase == "inference" else training_s(half, workload, device)
    )
    return own_s + (jobs * device.round_trip_s if total == "qpu" else 0.0)
