"""IDX files, the format of MNIST: a header with the shape, then one byte a pixel or a label."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np

from hybhanas.errors import ConfigError

BYTES = 8
"""The code of unsigned bytes in the header; MNIST and its kin hold nothing else."""


def read_idx(path: Path, dimensions: int) -> np.ndarray:
    """The array of an IDX file, which may be gzipped.

    The format is described at yann.lecun.com/exdb/mnist: two zero bytes, the type, the number of
    dimensions, each dimension in four bytes, most significant first, then the values.

    Args:
        path: of the file.
        dimensions: that it must have.

    Raises:
        ConfigError: it is no such file, or it is cut short.
    """
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(f"{path} cannot be read: {' '.join(str(error).split())}") from None
    start = 4 + 4 * dimensions
    if content[:4] != bytes([0, 0, BYTES, dimensions]) or len(content) < start:
        raise ConfigError(f"{path} is no IDX file of bytes with {dimensions} dimensions")
    shape = tuple(int(size) for size in np.frombuffer(content[4:start], ">u4"))
    expected, found = int(np.prod(shape, dtype=np.int64)), len(content) - start
    if found < expected:
        raise ConfigError(f"{path} is cut short: {found:,} of {expected:,} bytes after its header")
    return np.frombuffer(content, np.uint8, expected, start).reshape(shape)
