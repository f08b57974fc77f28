"""Arrays in an archive of NumPy."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hybhanas.data.files import existing_file
from hybhanas.data.numbers import NumberSource
from hybhanas.data.samples import Given, Samples, rows_text
from hybhanas.errors import ConfigError, unknown

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class Npz(NumberSource):
    """An archive that `numpy.savez` wrote: samples in `X`, labels in `y`.

    Arrays `X_validation` and `y_validation`, `X_test` and `y_test` are those splits. An array of
    more than two dimensions is flattened to [samples, features].
    """

    path: str | None = None  # of the archive
    inputs: str = "X"  # the array of samples
    target: str = "y"  # the array of labels

    @property
    def _setting(self) -> str:
        return f"dataset.path={self.path}"

    def check(self) -> None:
        """Checks that the file is there.

        Raises:
            ConfigError: it is not.
        """
        existing_file("dataset.path", self.path, "an archive of NumPy")

    def read(self) -> Given:
        """The arrays of the archive; nothing in it is executed."""
        import numpy as np

        path = existing_file("dataset.path", self.path, "an archive of NumPy")
        try:
            with path.open("rb") as file:
                archive = np.load(file, allow_pickle=False)
                if not hasattr(archive, "files"):
                    raise ValueError("it holds one array without a name")
                arrays = {name: archive[name] for name in archive.files}
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            reason = " ".join(str(error).split())[:200]
            raise ConfigError(f"{self._setting} is not accepted: {reason}") from None
        parts = {"train": self._samples(arrays, "")}
        for part in ("validation", "test"):
            if f"{self.inputs}_{part}" in arrays:
                parts[part] = self._samples(arrays, f"_{part}")
        lengths = {part: samples.features.shape[1] for part, samples in parts.items()}
        if len({*lengths.values()}) > 1:
            raise ConfigError(
                f"{self._setting} is not accepted: features a sample differ between its splits, "
                f"{lengths}"
            )
        return Given(parts["train"], parts.get("validation"), parts.get("test"))

    def _samples(self, arrays: Mapping[str, np.ndarray], suffix: str) -> Samples:
        import numpy as np

        for setting, name in (("inputs", self.inputs), ("target", self.target)):
            if name + suffix not in arrays:
                raise unknown(f"dataset.{setting}", name + suffix, arrays)
        values, labels = arrays[self.inputs + suffix], arrays[self.target + suffix]
        described = f"{self._setting} is not accepted: {self.inputs}{suffix} is {values.dtype} of "
        described += f"shape {values.shape}, {self.target}{suffix} of shape {labels.shape}"
        if values.dtype.kind not in "iufb" or values.ndim < 2 or labels.shape != values.shape[:1]:
            raise ConfigError(f"{described}; accepted: numbers [samples, ...] and labels [samples]")
        if not values.size:
            raise ConfigError(f"{described}; at least one sample of one feature")
        values = values.reshape(len(values), -1).astype(np.float64)
        wrong = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if len(wrong):
            column = int(np.flatnonzero(~np.isfinite(values[wrong[0]]))[0])
            raise ConfigError(
                f"{self._setting} is not accepted: missing or infinite in "
                f"{rows_text(wrong.tolist())}, first in column {column + 1}"
            )
        return Samples(values, labels, self._setting)
