"""HQNN-Bench: spaces of architectures that were trained completely, as tables to look results up.

Reading and asking needs numpy and pyarrow only.

Example:
    >>> from hybhanas import bench
    >>> iris = bench.load("docs/benchmark/iris_small.parquet")
    >>> len(iris), iris.seeds, iris.epochs
    (64, (1, 2, 3), 12)
"""

from hybhanas.bench.benchmark import TOTALS, Benchmark
from hybhanas.bench.file import load, save

__all__ = ["TOTALS", "Benchmark", "load", "save"]
