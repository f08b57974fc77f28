"""Training steps of a fixed shape, captured once as a CUDA graph and replayed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from hybhanas.models.adam import StackedAdam

log = logging.getLogger(__name__)

Shape = tuple[torch.Size, ...]


class CapturedSteps:
    """Training steps on a GPU, whose hundreds of small kernels take longer to launch one by one
    than to run.

    Of each shape of batch the first step runs kernel by kernel, which allocates and caches what
    later ones use. The second is captured as a CUDA graph, which it and all later ones replay. No
    step waits for the GPU: what changes from step to step is in `factors`, and a counter on the
    GPU tells which row of it is next.

    Where nothing can be captured, on a CPU or by an old driver, all steps run kernel by kernel.

    Args:
        loss: of a batch, a scalar.
        optimizer: of all parameters.
        factors: [steps, 3], `StackedAdam.factors` of each step from now on.
    """

    def __init__(
        self,
        loss: Callable[[Sequence[Tensor]], Tensor],
        optimizer: StackedAdam,
        factors: Tensor,
    ):
        self._loss, self._optimizer, self._factors = loss, optimizer, factors
        self._done = torch.zeros(1, dtype=torch.long, device=factors.device)
        self._captures = factors.is_cuda
        self._stream: torch.cuda.Stream | None = None
        self.forget()

    def __call__(self, batch: Sequence[Tensor]) -> None:
        """One step."""
        shape = tuple(part.shape for part in batch)
        if shape in self._seen and self._captures and shape not in self._graphs:
            self._captures = self._capture(shape, batch)
        if shape not in self._graphs:
            self._seen.add(shape)
            self._step(batch)
            return
        graph, inputs = self._graphs[shape]
        for own, given in zip(inputs, batch, strict=True):
            own.copy_(given, non_blocking=True)
        graph.replay()

    def forget(self) -> None:
        """Drops the graphs and their memory, such as when parameters have changed in shape."""
        self._seen: set[Shape] = set()
        self._graphs: dict[Shape, tuple[torch.cuda.CUDAGraph, list[Tensor]]] = {}

    def stop_capturing(self) -> None:
        """Runs all further steps kernel by kernel."""
        self.forget()
        self._captures = False

    def _step(self, batch: Sequence[Tensor]) -> None:
        parameters = [p for group in self._optimizer.param_groups for p in group["params"]]
        gradients = torch.autograd.grad(self._loss(batch), parameters, allow_unused=True)
        factors = self._factors.index_select(0, self._done).squeeze(0)
        self._optimizer.step_on_device(gradients, factors)
        self._done += 1

    def _capture(self, shape: Shape, batch: Sequence[Tensor]) -> bool:
        """Whether a step of this shape could be captured."""
        inputs = [part.clone() for part in batch]
        others = [graph for graph, _ in self._graphs.values()]
        try:
            graph = torch.cuda.CUDAGraph()
            # torch's own stream for captures belongs to the first card that a process used
            self._stream = self._stream or torch.cuda.Stream()  # type: ignore[no-untyped-call]
            # One step at a time runs, so that all may use the same memory.
            pool = others[0].pool() if others else None
            with torch.cuda.graph(graph, pool=pool, stream=self._stream):
                self._step(inputs)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            reason = str(error).partition("\n")[0]
            log.warning("training steps are launched kernel by kernel, more slowly: %s", reason)
            return False
        self._graphs[shape] = graph, inputs
        return True
