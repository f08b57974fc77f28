"""The classical half of a network as the kernels that a training step runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

FLOAT_BYTES = 4
"""Of a number in single precision."""

FUNCTION_KERNELS = {
    "identity": 0, "relu": 1, "tanh": 1, "gelu": 1, "angle_scale": 2, "unit_vector": 4,
}  # fmt: skip
"""Kernels of a layer without parameters, forward; backward it has as many."""

LOSS_KERNELS = 2
"""Of the cross entropy, forward: the logarithm of the softmax, and its mean over the classes."""

ADAM_KERNELS = 10
"""Of an Adam step over all parameters at once."""

METRIC_KERNELS = 3
"""Of an accuracy: the largest logit, its comparison with the class, and the mean."""


class Kernel(NamedTuple):
    """What one kernel computes and moves."""

    flops: float
    moved_bytes: float


@dataclass(frozen=True, slots=True)
class Dense:
    """A dense layer with a bias, [batch, inputs] -> [batch, outputs]."""

    inputs: int
    outputs: int

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.inputs * self.outputs + self.outputs

    @property
    def flops(self) -> int:
        """Floating-point operations for one sample: a multiplication and an addition a weight, as
        torch's FlopCounterMode counts them.
        """
        return 2 * self.inputs * self.outputs


@dataclass(frozen=True, slots=True)
class Function:
    """A layer without parameters: its name, and the numbers that it maps for each sample."""

    name: str
    width: int


Part = Dense | Function


@dataclass(frozen=True, slots=True)
class ClassicalHalf:
    """What a computer beside the quantum computer does for a network.

    Args:
        encoder: layers before the circuit.
        readout: layers behind it.
        inputs: of the circuit, by which the encoder needs derivatives; 0 if it is not trained.
        weights: of the circuit, which the optimizer trains.
        observables: of the circuit.

    Example:
        >>> half = ClassicalHalf(readout=(Dense(4, 3),), observables=4)
        >>> half.forward_flops  # 2 x 4 x 3
        24
    """

    encoder: tuple[Part, ...] = ()
    readout: tuple[Part, ...] = ()
    inputs: int = 0
    weights: int = 0
    observables: int = 0

    @property
    def forward_flops(self) -> int:
        """Of the matrix products for one sample."""
        dense = (part for part in self._parts if isinstance(part, Dense))
        return sum(part.flops for part in dense)

    @property
    def parameters(self) -> int:
        """Numbers that are trained, those of the circuit included."""
        dense = (part for part in self._parts if isinstance(part, Dense))
        return self.weights + sum(part.parameters for part in dense)

    @property
    def _parts(self) -> tuple[Part, ...]:
        return (*self.encoder, *self.readout)

    def forward(self, batch: int) -> Iterator[Kernel]:
        """The kernels of a forward pass over so many samples."""
        for part in self._parts:
            yield from _forward(part, batch)

    def validation(self, batch: int) -> Iterator[Kernel]:
        """Those of a forward pass and of its accuracy."""
        if self._parts:
            yield from self.forward(batch)
            yield from [_elementwise(batch * self._classes)] * METRIC_KERNELS

    def step(self, batch: int) -> Iterator[Kernel]:
        """Those of a training step: forward, loss, backward and Adam.

        The circuit's derivatives come from the quantum computer; multiplying them with those of the
        loss is a kernel for its weights, and one for its inputs.
        """
        yield from self.forward(batch)
        if self._parts:
            yield from [_elementwise(batch * self._classes)] * (2 * LOSS_KERNELS)
        for index, part in reversed(list(enumerate(self.readout))):
            yield from _backward(part, batch, needs_input=index > 0 or self.observables > 0)
        for numbers in (self.weights, self.inputs):
            if numbers and self.observables:
                size = batch * self.observables * numbers
                yield Kernel(2 * size, FLOAT_BYTES * (size + batch * (self.observables + numbers)))
        trained = self.encoder if self.inputs else ()
        for index, part in reversed(list(enumerate(trained))):
            yield from _backward(part, batch, needs_input=index > 0)
        if self.parameters:
            yield from [_elementwise(self.parameters)] * ADAM_KERNELS

    @property
    def _classes(self) -> int:
        widths = [p.outputs if isinstance(p, Dense) else p.width for p in self._parts]
        return widths[-1]


NO_LAYERS = ClassicalHalf()
"""That of a circuit alone."""


def _forward(part: Part, batch: int) -> Sequence[Kernel]:
    if isinstance(part, Function):
        kernels = FUNCTION_KERNELS.get(part.name, 1)
        return [_elementwise(batch * part.width)] * kernels
    return [_product(batch, part.inputs, part.outputs, bias=part.outputs)]


def _backward(part: Part, batch: int, needs_input: bool) -> Sequence[Kernel]:
    """What the weights and, where something before needs it, the inputs of a layer get."""
    if isinstance(part, Function):
        kernels = FUNCTION_KERNELS.get(part.name, 1)
        return [_elementwise(batch * part.width)] * kernels
    found = [
        _product(part.outputs, batch, part.inputs),
        _elementwise(batch * part.outputs),  # of the bias: a sum over the batch
    ]
    return [*found, _product(batch, part.outputs, part.inputs)] if needs_input else found


def _product(rows: int, inner: int, columns: int, bias: int = 0) -> Kernel:
    """A matrix product [rows, inner] x [inner, columns]."""
    numbers = rows * inner + inner * columns + rows * columns + bias
    return Kernel(2 * rows * inner * columns, FLOAT_BYTES * numbers)


def _elementwise(numbers: int) -> Kernel:
    """One operation a number, which is read and written."""
    return Kernel(numbers, 2 * FLOAT_BYTES * numbers)
