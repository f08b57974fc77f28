"""The classical halves of a trained network as ONNX; the circuit between them has none."""

from __future__ import annotations

import io
import warnings

import torch
from torch import nn

from hybhanas.export.network import Halves


def files(halves: Halves) -> dict[str, bytes]:
    """`encoder.onnx`: features -> inputs, and `readout.onnx`: expectations -> logits; the first
    dimension of each is the batch.

    Raises:
        ImportError: onnx is not installed.
    """
    observables = len(halves.circuit.observables)
    return {
        "encoder.onnx": _onnx(halves.encoder, halves.features, "features", "inputs"),
        "readout.onnx": _onnx(halves.readout, observables, "expectations", "logits"),
    }


def _onnx(module: nn.Sequential, width: int, name: str, result: str) -> bytes:
    import onnx  # noqa: F401 - torch says in many lines that it is missing

    content = io.BytesIO()
    batch = {0: "batch"}
    with warnings.catch_warnings(action="ignore"):
        # Torch's older exporter: the newer one takes ten seconds and a further package, and writes
        # the same graph of a few dense layers.
        torch.onnx.export(
            module,
            (torch.zeros(2, width),),
            content,  # type: ignore[arg-type]
            dynamo=False,
            input_names=[name],
            output_names=[result],
            dynamic_axes={name: batch, result: batch},
        )
    return content.getvalue()
