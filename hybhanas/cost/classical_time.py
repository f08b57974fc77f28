"""Classical time: floating-point operations over the throughput of a device."""

from __future__ import annotations

from hybhanas.cost.model import Device, Workload

BACKWARD_AND_FORWARD = 3
"""FLOPs of a training step over those of its forward pass: the backward pass is about two."""


def training_flops(classical_flops: int, workload: Workload) -> int:
    """FLOPs of a training: 3 x FLOPs of a sample forward x samples x epochs."""
    return BACKWARD_AND_FORWARD * classical_flops * workload.samples * workload.epochs


def classical_time_s(flops: float, device: Device) -> float:
    """Seconds of FLOPs: FLOPs / (peak FLOP/s x utilisation)."""
    return device.seconds(flops)
