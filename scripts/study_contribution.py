"""Whether circuits earn their seconds, over several data sets: searches and their contributions.

python scripts/study_contribution.py                        # prints the table
python scripts/study_contribution.py --page                 # writes docs/contribution.md
python scripts/study_contribution.py --sets wine --reduced  # one small search
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

import hybhanas
from hybhanas import atomic
from hybhanas.evidence.statistics import least_wilcoxon_p
from hybhanas.evidence.verdict import TRAINED, VARIANTS, Contribution
from hybhanas.reporting.contribution_table import percent
from hybhanas.reporting.picture import figure, legend_below, styled
from scripts import page as pages

ROOT = Path(__file__).parent.parent
PART = "contribution"
PAGE = ROOT / "docs" / f"{PART}.md"

SETS = (
    "digits", "wine", "breast_cancer", "bars_and_stripes", "hidden_manifold", "two_curves",
    "hyperplanes",
)  # fmt: skip
COMPONENTS, SEEDS = 8, 5
NAMES = (TRAINED, *VARIANTS, "logistic regression", "SVM", "MLP")
SEARCH: dict[str, Any] = {"population": 10, "generations": 3}
TRAINER: dict[str, Any] = {"epochs": 12, "final_epochs": 20}


def study(name: str, folder: Path, reduced: bool = False) -> Contribution:
    """Searches on a data set, and examines the best member of the front."""
    small = {"population": 2, "generations": 2}, {"epochs": 1, "final_epochs": 1}
    search, trainer = small if reduced else (SEARCH, TRAINER)
    run = hybhanas.search(
        folder / name, progress=False, dataset=name, search_space="circuit", search=search,
        trainer=trainer, **{"dataset.pca": COMPONENTS},
    )  # fmt: skip
    (found,) = run.contribution("best", 2 if reduced else SEEDS)
    return found


def table(found: dict[str, Contribution]) -> str:
    """A row a data set: the network, then its accuracy and those of its rivals."""
    rows = [f"| data | network, angles of parameters | {' | '.join(NAMES)} | earns |"]
    rows.append("| --- | --- |" + " ---: |" * len(NAMES) + " --- |")
    marks = {"better": " <", "worse": " >"}
    for name, one in found.items():
        cells = {r.name: percent(r.accuracies) + marks.get(r.outcome, "") for r in one.rivals}
        cells[TRAINED] = percent(one.accuracies)
        shown = " | ".join(cells.get(column, "-") for column in NAMES)
        network = f"`{one.architecture}`, {one.angles} of {one.parameters}"
        network = network.replace("|", "\\|")
        rows.append(f"| {name} | {network} | {shown} | {'yes' if one.earns else 'no'} |")
    return "\n".join(rows)


def page(found: dict[str, Contribution]) -> str:
    """docs/contribution.md."""
    earning = [name for name, one in found.items() if one.earns]
    said = ", ".join(earning) if earning else "none of them"
    ahead = [
        name
        for name, one in found.items()
        if next(r for r in one.rivals if r.name == VARIANTS[0]).outcome == "better"
    ]
    sentences = "\n".join(f"- **{name}**: {one.verdict}" for name, one in found.items())
    least = least_wilcoxon_p(SEEDS)
    return f"""# Does the quantum part earn its seconds?

`task=contribution` asks this of the members of any front. This page asks it of one search on each
of {len(found)} data sets.

**Method.** On each data set a search over `search_space=circuit`, whose networks have nothing
trained before the circuit, of {SEARCH["population"]} x {SEARCH["generations"]} architectures on the
{COMPONENTS} largest principal components, with {TRAINER["final_epochs"]} epochs in the final
training. The best member of its front is trained again with {SEEDS} seeds that the search has not
used, and so are, with the same data, splits, seeds and epochs:

- its *classical twin*, with a dense layer in place of the circuit, of as many parameters as whole
  numbers allow (if these are few, a bottleneck of one or two units);
- the *frozen circuit*, whose random angles are not trained;
- the *unentangled* circuit, without its entangling gates.

Logistic regression, an SVM (RBF) and an MLP are tuned on the validation split. All seeds have the
same splits: what varies is the training.

Figures are test accuracies in %, mean and standard deviation. `<` marks what the network is
significantly better than, `>` what is significantly better than it: paired t-tests at 5 %,
corrected by Holm's method for the comparisons of a network. With {SEEDS} seeds Wilcoxon's
signed-rank test could not reach less than p = {least:.2g}.

{table(found)}

![Test accuracies of networks, their variants and baselines](pictures/contribution.png)

**Result.** The circuit earns its seconds on {said}. It is significantly better than its
classical twin on {", ".join(ahead) if ahead else "none of them"}. One search and one split a data
set: a network that another search finds may do better.

{sentences}

A search can ask this of every network that it trains. With `search=nsga2` and
`search.objectives=[error,log10_total_s,contribution]` each gets a classical twin, trained for as
many epochs, and `contribution` is by how much its validation accuracy exceeds the twin's.
`search=model` takes one objective that is known only after training, such as the error or the
contribution.

Made by `.venv/bin/python scripts/study_contribution.py --page`.
"""


def numbers(found: dict[str, Contribution]) -> pd.DataFrame:
    """Of the picture: a row a data set, network and seed."""
    rows = []
    for name, one in found.items():
        accuracies = {TRAINED: one.accuracies} | {r.name: r.accuracies for r in one.rivals}
        for network in (column for column in NAMES if column in accuracies):
            for seed, accuracy in enumerate(accuracies[network], start=1):
                rows.append({"data": name, "network": network, "seed": seed, "accuracy": accuracy})
    return pd.DataFrame(rows)


@styled
def picture(numbers: pd.DataFrame) -> Figure:
    """Test accuracies of each data set, of the network, its variants and the baselines."""
    drawn = figure(5.6)
    axes = drawn.subplots()
    sets = list(numbers.data.unique())
    for place, (network, mark) in enumerate(zip(NAMES, "os^vDPX", strict=True)):
        own = numbers[numbers.network == network]
        if len(own):
            x = own.data.map(sets.index) + 0.11 * (place - 3)
            label = "the network" if network == TRAINED else network
            axes.scatter(x, 100 * own.accuracy, s=30, marker=mark, label=label)
    for edge in range(1, len(sets)):
        axes.axvline(edge - 0.5, color="0.8", lw=0.8, ls="-", zorder=0)
    axes.set_xticks(range(len(sets)), [name.replace("_", "\n") for name in sets])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("test accuracy (%), a mark a seed")
    axes.grid(visible=False, axis="x")
    legend_below(drawn, 4)
    return drawn


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    parser.add_argument("--folder", type=Path, default=ROOT / "outputs" / "contribution")
    parser.add_argument("--reduced", action="store_true", help="two small generations, two seeds")
    parser.add_argument("--page", action="store_true", help="write docs/contribution.md")
    chosen = parser.parse_args(arguments)
    found = {name: study(name, chosen.folder, chosen.reduced) for name in chosen.sets}
    print(table(found))
    if chosen.page:
        atomic.write_text(PAGE, page(found))
        pages.draw(PART, picture, numbers(found))


if __name__ == "__main__":
    main()
