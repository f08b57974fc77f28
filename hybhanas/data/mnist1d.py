"""MNIST-1D: short signals in the shape of the ten digits, from the package of that name."""

from __future__ import annotations

import random
from dataclasses import dataclass
from importlib import import_module

from hybhanas.data.numbers import NumberSource
from hybhanas.data.samples import Given, Samples
from hybhanas.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Mnist1d(NumberSource):
    """Signals of 40 values, ten classes; needs the extra `mnist1d`, and no network.

    S. Greydanus, D. Kobak, *Scaling down deep learning with MNIST-1D*, arXiv 2011.14439. The test
    split is that of the package, a fifth of the samples.

    Raises:
        ConfigError: a value that is not accepted.
    """

    samples: int = 5000  # of all classes and splits together
    data_seed: int = 42  # of the data themselves; `seed` is that of the splits

    def __post_init__(self) -> None:
        super().__post_init__()
        for setting, least in (("samples", 100), ("data_seed", 0)):
            value = getattr(self, setting)
            if value < least:
                raise ConfigError(f"dataset.{setting}={value} is not accepted: at least {least}")

    def read(self) -> Given:
        """The signals; they are generated."""
        import numpy as np

        try:
            data = import_module("mnist1d.data")
        except ImportError:
            raise ConfigError(
                "dataset=mnist1d needs the package mnist1d: pip install 'hybhanas[mnist1d]'"
            ) from None
        wanted = data.get_dataset_args()
        wanted.num_samples, wanted.seed = self.samples, self.data_seed
        before, of_python = np.random.get_state(), random.getstate()  # noqa: NPY002 - it seeds both
        try:
            made = data.make_dataset(wanted)
        finally:
            np.random.set_state(before)  # noqa: NPY002
            random.setstate(of_python)
        setting = f"dataset={self.name}"
        return Given(
            Samples(made["x"], made["y"], setting),
            test=Samples(made["x_test"], made["y_test"], setting),
        )
