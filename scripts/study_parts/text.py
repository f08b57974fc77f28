"""The words of docs/study.md around what the study computes."""

from __future__ import annotations

from collections.abc import Mapping

HEAD = """# What decides the time of an HQNN, and how firm is a front?

hybhanas implements the idea of *Closing the Loop: Resource-aware Hybrid NAS Guided by Analytical
and Hardware-Calibrated Quantum Cost Modeling* (Kashif, Marchisio and Shafique, arXiv 2603.00625).
This study asks what of its claims holds under our cost model, and says what contradicts them as
plainly as what supports them. We know the claims from the paper's abstract, and its formulas at
second hand, from a public reimplementation: a claim below is our reading of it. Those on
the gradient rule and on training seeds are about our own work.

```
pip download --no-deps --dest wheels qiskit-ibm-runtime==0.20.0   # and 0.24.0, 0.35.0
python scripts/study.py --wheels wheels/*.whl --page   # made this page
python scripts/study.py --reduced                      # fewer architectures and machines: a minute
```

**Method.** Nothing is trained for this page: accuracies are those of the tables of
[benchmark.md](benchmark.md), after their last epoch, of three seeds. Times are of a full training
on the data of the table, or on the digits where no table is named: 30 epochs with 1024 shots a
circuit and the parameter-shift rule, as *QPU time* (what a machine is busy with, repetition delay
included) and as *effective time* (gates, routing and noise alone; the paper's idea). They are
estimates of a model, judged in [validation.md](validation.md); no network was trained on a machine.

## Conclusions

A verdict follows from the numbers by a rule: a stand-in misleads in full if the members of its
front take over 1.1 times as long as needed in the median and less than half of the front of error
and time is among them; of dates, a front depends on them if less than half of it is kept and tau is
below 0.9; an order is the same from a Kendall's tau of 0.9; a part of the time decides from 10 %,
in the median and in the 90th percentile; one change moves an order more than another if its tau is
lower, even where their intervals overlap, and a front if less of it is kept; the halves adapt if
the classical layers take over 10 % of some member's time and sizes go together with times otherwise
than by chance on most fronts. Each rule is applied under both times. *Supports in part*: some of
its conditions hold.

Three rules were changed after a first run had shown its numbers. Of the parts of the time and of
the gradient rule, the reduced and the full study gave different verdicts; and the classical
share had contained the round trips of jobs, with which the verdict on the two halves was *supports
in part*.

"""

MISLEAD = """
## Do FLOPs, parameters and gates mislead?

A front by error and a stand-in for time is what a search finds that minimises these two, at best.
Its members are judged in time: *dominated* is the share of them for which there is an
architecture at least as accurate and faster; *times as long* is the time of a member relative to
the fastest one at least as accurate, in the median; *time front found* is the share of the front
of error and time among them. *Chance* is a random number for each architecture. Figures are
medians over backends and seeds, with the smallest and largest in brackets; tau is over all
architectures, its range over backends.

"""

MISLEAD_AFTER = """

![Error against time, and the fronts of stand-ins](pictures/study.png)

FLOPs find networks that take several times as long as needed; counted with the simulation of the
circuit they do better, and neither finds most of the front. Gates and circuits of a gradient fail
otherwise: what they find is fast, but it is a few networks, since many architectures have the same
number. The number of *circuits of a gradient* takes no calibration, and orders times better than
anything else does. Among only 64 architectures the stand-ins differ less.

## Routing and noise

"""

SHARES = """{count} random architectures of `search_space=hqnn`; the fraction of the total time,
with intervals of 95 % by bootstrap over architectures. *Routing* is what a circuit takes longer
than on a machine whose qubits are all coupled, *noise* the extra shots.

"""

HALVES = """

Entanglement decides both more than depth does. Routing is a matter of the effective time alone:
under QPU time a shot waits for the repetition delay, which no gate changes.

## Do the classical and the quantum half adapt to each other?

The fronts of error, time and parameters of `digits_medium` (errors: mean of three seeds). Shares
are medians over the members, with the smallest and largest. *Tau* is that of classical parameters
and time along the front; *by chance*, 95 % of it when errors are dealt out to architectures at
random, which keeps the trade-offs that any front has.

"""

SENSITIVITY = """

In time there is nothing to trade: the classical layers take next to none of it. What is classical
of the QPU time is round trips of jobs, and their number follows from the circuit. In parameters it
is the other way round: nearly all are classical, whatever the member.

## What a front depends on

{count} random architectures of `digits_medium`, costed on ibm_brisbane under the default
settings; then one assumption is changed. *Tau* is that of times before and after (for a training
seed, of errors), *front kept* the share of the front of error and time that is on the new one,
*with parameters* likewise of the front of error, time and parameters. Intervals are 95 % by
bootstrap over architectures. *Times as long*: what a member of the old front takes after the
change, relative to the fastest one at least as accurate, in the median. `transpiler_seed`
is a baseline: what it changes is chance. Dates compare the oldest and the newest calibration
of a machine.

"""

IMPORTANCE = """

![What order and front keep under each change](pictures/study_sensitivity.png)

Where a front of error and time keeps few of its members, it takes hardly longer in the median of
all its members, those that stayed included. With parameters as the third objective nearly all stay,
except under another seed of training: a front of one seed is partly chance.

## Which genes decide

The fraction of the variance that a gene explains alone, by functional ANOVA (of the error: that
of the mean over seeds, with the range of the single seeds), and its share in what tells the best
tenth of architectures from all, by PED-ANOVA. `task=importance` prints the same for any search,
and for any table:

```
python run.py task=importance table=docs/benchmark/digits_medium.parquet
```

"""

LIMITS = """

In `digits_medium` the accuracy is decided by other genes than the time: qubits and the layers
before the circuit for the one, entanglement and rotations for the other. In the two small spaces
qubits and encoding decide both.

**Limits.** Two data sets, ten classes of digits and three of iris, and a space of small circuits,
in which accuracies come from noiseless training: noise changes time here, not accuracy. The
paper's own space, sizes and figures are not known to us; `experiment=paper_digits`, `paper_iris`,
`paper_wine` and `paper_breast_cancer` rerun its kind of search (NSGA-II over accuracy, effective
time in its form, and parameters) and say what is ours in them. A front of a few hundred
architectures has few members, which is why the intervals of its share are wide.
"""


def text(conclusions: str, sections: Mapping[str, str], count: int) -> str:
    """The page.

    Args:
        conclusions: a table of Markdown.
        sections: the tables of each part by name.
        count: of architectures that were drawn.
    """
    parts = (
        HEAD, conclusions, "\n", MISLEAD, sections["mislead"], MISLEAD_AFTER,
        SHARES.format(count=count), sections["shares"], HALVES, sections["halves"],
        SENSITIVITY.format(count=count), sections["sensitivity"], IMPORTANCE,
        sections["importance"], LIMITS,
    )  # fmt: skip
    return "".join(parts)
