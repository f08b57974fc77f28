"""A preparation that was fitted to a training split, for further samples; stored with a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hybhanas.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from hybhanas.data.samples import Encoder
    from hybhanas.data.steps import Step


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Makes features of samples as a user has them.

    Args:
        encoder: turns them into numbers.
        steps: of scaling and principal components, in order.
        inputs: numbers a sample, before the steps.
        class_names: as the data name them, in the order of their numbers.
    """

    encoder: Encoder
    steps: Sequence[Step]
    inputs: int
    class_names: Sequence[str]

    def __call__(self, samples: Any) -> np.ndarray:
        """Samples of the kind that was read, such as a pandas table -> float32 [samples, features].

        A missing cell of a table becomes the median or the most frequent category of the training
        split.

        Raises:
            ConfigError: they are of another kind.
        """
        import numpy as np

        from hybhanas.data.steps import applied

        try:
            values = self.encoder(self.encoder.typed(samples))
        except (TypeError, ValueError) as error:
            raise ConfigError(" ".join(str(error).split())) from None
        if values.shape[1] != self.inputs:
            raise ConfigError(
                f"the samples are not accepted: {values.shape[1]} numbers each; the training split "
                f"had {self.inputs}"
            )
        return applied(self.steps, values).astype(np.float32, copy=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, which `from_dict` reads."""
        encoder = asdict(self.encoder)  # type: ignore[call-overload]
        return {
            "kind": type(self.encoder).__name__,
            "encoder": {key: _plain(value) for key, value in encoder.items()},
            "steps": [
                {"kind": type(step).__name__}
                | {name: _plain(getattr(step, name)) for name in step.__slots__}
                for step in self.steps
            ],
            "inputs": self.inputs,
            "class_names": [*self.class_names],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fitted:
        """The inverse of `to_dict`.

        Raises:
            KeyError, TypeError, ValueError: it is not what that gives.
        """
        from hybhanas.data.steps import Affine, Project

        kinds = {"Affine": Affine, "Project": Project}
        steps = [
            kinds[step["kind"]](**{k: _array(v) for k, v in step.items() if k != "kind"})
            for step in data["steps"]
        ]
        encoder = _encoder(data["kind"], dict(data["encoder"]))
        return cls(encoder, steps, int(data["inputs"]), [*map(str, data["class_names"])])


def _encoder(kind: str, values: dict[str, Any]) -> Encoder:
    if kind == "Table":
        from hybhanas.data.columns import Column, Table

        columns = [
            Column(c["name"], tuple(c["categories"]), c["fill"]) for c in values.pop("columns")
        ]
        return Table(columns=tuple(columns), **values)
    if kind == "Pixels":
        from hybhanas.data.pixels import Pixels

        return Pixels(**values)
    if kind == "Numbers":
        from hybhanas.data.rows import Numbers

        return Numbers(**values)
    raise ValueError(f"it names no encoder: {kind}")


def _plain(value: Any) -> Any:
    import numpy as np

    if isinstance(value, np.ndarray | np.generic):
        return {"dtype": str(value.dtype), "values": value.tolist()}
    return [*value] if isinstance(value, tuple) else value


def _array(value: Any) -> Any:
    import numpy as np

    if not isinstance(value, Mapping):
        return value
    if value["dtype"] not in ("float32", "float64"):
        raise ValueError(f"it holds {value['dtype']}")
    return np.array(value["values"], dtype=value["dtype"])
