"""Images in IDX files: MNIST and the sets in its format."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hybhanas.data.samples import Given, Samples, listed
from hybhanas.data.source import Source
from hybhanas.errors import ConfigError, unknown

if TYPE_CHECKING:
    from hybhanas.data.pixels import Pixels

COLLECTIONS = ("MNIST", "FashionMNIST", "KMNIST", "EMNIST")
"""The classes of torchvision that download such a set."""

SUBSETS = ("balanced", "byclass", "bymerge", "digits", "letters", "mnist")
"""The parts of EMNIST."""

PARTS = {"train": ("train",), "test": ("t10k", "test")}
"""How file names call the parts."""

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp")


@dataclass(frozen=True, kw_only=True)
class Images(Source):
    """Grey images and their labels, numbers, in four IDX files, whose test split is kept.

    The files are looked for in the folder, plain or gzipped; what is not there is downloaded.

    Raises:
        ConfigError: a value that is not accepted.
    """

    folder: str | None = None  # of the files
    collection: str | None = None  # that is downloaded if it is not there: MNIST, ...; null: none
    subset: str | None = None  # of EMNIST: balanced, byclass, bymerge, digits, letters, mnist
    resize: int | None = None  # pixels of a side, each the mean of the area it covers

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.collection is not None and self.collection not in COLLECTIONS:
            raise unknown("dataset.collection", self.collection, COLLECTIONS)
        of_emnist = self.collection == "EMNIST" or self.subset is not None
        if of_emnist and self.subset not in SUBSETS:
            raise unknown("dataset.subset", self.subset, SUBSETS)
        if self.resize is not None and self.resize < 1:
            raise ConfigError(f"dataset.resize={self.resize} is not accepted: at least 1")
        if self.folder is None:
            raise ConfigError("dataset.folder=null is not accepted: the folder of IDX files")

    @property
    def _folder(self) -> Path:
        return Path(str(self.folder)).expanduser()

    def check(self) -> None:
        """Checks that the files are there, if nothing is to be downloaded.

        Raises:
            ConfigError: one that is not.
        """
        if self._folder.is_file():
            raise ConfigError(f"dataset.folder={self.folder} is not accepted: a file; a folder is")
        if self.collection is None:
            self._files("train")

    def read(self) -> Given:
        """The images and labels of the files, which are downloaded first if they are not there."""
        if self.collection is not None and any(self._found(part)[1] for part in PARTS):
            self._download()
        train = self._samples("train")
        has_test = self.collection is not None or not self._found("test")[1]
        return Given(train, test=self._samples("test") if has_test else None)

    def encoder(self, features: Any) -> Pixels:
        """One feature a pixel."""
        from hybhanas.data.pixels import Pixels

        if self.resize is not None and self.resize > min(features.shape[1:]):
            raise ConfigError(
                f"dataset.resize={self.resize} is not accepted: the images are of "
                f"{features.shape[1]} x {features.shape[2]} pixels"
            )
        return Pixels(self.resize)

    def _found(self, part: str) -> tuple[list[Path], list[str]]:
        """The files of a part, images and labels, and the names of those that are not there."""
        prefix = "" if self.subset is None else f"emnist-{self.subset}-"
        folders = [self._folder, self._folder / str(self.collection) / "raw"]
        files, missing = [], []
        for kind in ("images-idx3", "labels-idx1"):
            names = [f"{prefix}{name}-{kind}-ubyte" for name in PARTS[part]]
            paths = [
                folder / (name + ending)
                for folder in folders for name in names for ending in ("", ".gz")
            ]  # fmt: skip
            present = [path for path in paths if path.is_file()]
            files += present[:1]
            missing += [] if present else names[:1]
        return files, missing

    def _files(self, part: str, reason: str = "") -> tuple[Path, Path]:
        files, missing = self._found(part)
        if missing:
            names = [p.suffix.lower() for p in self._folder.glob("**/*")]
            pictures = sum(name in PICTURES for name in names)
            if pictures and not reason:
                reason = f"; it holds {pictures} picture files, which are not read"
            raise ConfigError(
                f"dataset.folder={self.folder} is not accepted: it lacks {listed(missing)} "
                f"(or .gz){reason}"
            )
        return files[0], files[1]

    def _samples(self, part: str) -> Samples:
        from hybhanas.data.idx import read_idx

        images_path, labels_path = self._files(part)
        images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
        if len(images) != len(labels):
            raise ConfigError(
                f"{images_path} holds {len(images):,} images and {labels_path.name} "
                f"{len(labels):,} labels: not accepted, as many of both"
            )
        if not images.size:
            raise ConfigError(f"{images_path} is not accepted: it holds no image")
        if self.subset is not None:  # EMNIST's are stored column by column
            images = images.transpose(0, 2, 1)
        return Samples(images, labels, str(images_path))

    def _download(self) -> None:
        """Downloads the collection into the folder.

        Raises:
            ConfigError: it failed; the message says which files go where.
        """
        from torchvision import datasets

        further = {} if self.subset is None else {"split": self.subset}
        collection: Any = getattr(datasets, str(self.collection))
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                collection(str(self._folder), train=True, download=True, **further)
        except (OSError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:120]
            missing = [name for part in PARTS for name in self._found(part)[1]]
            raise ConfigError(
                f"dataset={self.name} could not be downloaded ({reason}): put {listed(missing)}, "
                f"plain or .gz, into {self._folder}, or name their folder by dataset.folder="
            ) from None
