"""How far two lists of events agree: two people, a person and hypnic, hypnic and another tool.

Sensitivity, PPV and F1 take the second list as what is to be found. Counts are compared by night.

**Kappa** corrects agreement for chance, and so needs a universe: the things that both judges were
asked about, those that neither called an event among them. Minutes or epochs of the night would be
one, but a list of events does not say which of them were looked at, and with a few events among
thousands of epochs their number and length decide what kappa is: the more epochs without any event,
the nearer kappa comes to F1 (Hripcsak and Rothschild 2005), which is reported anyway. So kappa is
that of Cohen (1960) over the candidates that *both* judged (keep, reject, unsure), and it is
unknown unless both lists are labels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ..tables.columns.review import LABEL_WORDS
from .agreement import (
    Counts,
    Estimate,
    Limits,
    bland_altman,
    bootstrap,
    cohen_kappa,
    f1,
    lin_ccc,
    ppv,
    sensitivity,
    wilson,
    wilson_f1,
)
from .pairing import Paired

FEWEST_NIGHTS = 5
"""From this many nights on, intervals come from resampling them; fewer say too little of nights."""


class Agreement:
    """How far two lists agree.

    Parameters
    ----------
    paired
        The lists.
    """

    def __init__(self, paired: Paired) -> None:
        self.paired = paired
        index = {night: i for i, night in enumerate(paired.nights)}
        self._by_night = np.zeros((len(index), 3), np.int64)
        self._tables = np.zeros((len(index), len(LABEL_WORDS), len(LABEL_WORDS)), np.int64)
        for each in paired.pairs:
            in_a = each.a is not None and each.a.is_event
            in_b = each.b is not None and each.b.is_event
            night = index[each.night]
            if in_a or in_b:
                self._by_night[night, 0 if in_a and in_b else 1 if in_a else 2] += 1
            if paired.judged and each.a and each.b:
                words = LABEL_WORDS.index(each.a.label), LABEL_WORDS.index(each.b.label)
                self._tables[night, *words] += 1

    @property
    def by_nights(self) -> bool:
        """Whether intervals come from resampling nights."""
        return len(self.paired.nights) >= FEWEST_NIGHTS

    @cached_property
    def counts(self) -> Counts:
        """Events in both lists and in one of them."""
        return Counts(*self._by_night.sum(axis=0).tolist())

    @cached_property
    def sensitivity(self) -> Estimate:
        """Share of the second list's events that the first has."""
        both, _, only_b = self.counts
        return self._share(sensitivity, wilson(both, both + only_b))

    @cached_property
    def ppv(self) -> Estimate:
        """Share of the first list's events that the second has."""
        both, only_a, _ = self.counts
        return self._share(ppv, wilson(both, both + only_a))

    @cached_property
    def f1(self) -> Estimate:
        """Harmonic mean of both."""
        return self._share(f1, wilson_f1(self.counts))

    def _share(self, measure: Callable[[Counts], float | None], plain: Estimate) -> Estimate:
        if not self.by_nights:
            return plain
        return bootstrap(
            len(self._by_night),
            lambda i: measure(Counts(*self._by_night[i].sum(axis=0).tolist())),
            measure(self.counts),
        )

    @cached_property
    def table(self) -> NDArray[np.int64]:
        """Candidates by both labels; rows are the first reviewer's."""
        return np.asarray(self._tables.sum(axis=0))

    @cached_property
    def kappa(self) -> Estimate:
        """Cohen's kappa over the candidates that both judged."""
        plain = cohen_kappa(self.table)
        if not self.by_nights or plain.value is None:
            return plain
        tables = self._tables
        return bootstrap(
            len(tables), lambda i: cohen_kappa(tables[i].sum(axis=0)).value, plain.value
        )

    @cached_property
    def night_counts(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Events of every night in the first and in the second list."""
        both, only_a, only_b = self._by_night.T.astype(np.float64)
        return both + only_a, both + only_b

    @cached_property
    def limits(self) -> Limits | None:
        """Bias and limits of agreement of the nights' counts; None without a night."""
        return bland_altman(*self.night_counts) if self.paired.nights else None

    @cached_property
    def bias(self) -> Estimate:
        """Mean of first minus second count of a night."""
        difference = np.subtract(*self.night_counts)
        value = self.limits and self.limits.bias
        if not self.by_nights:
            return Estimate(value)
        return bootstrap(len(difference), lambda i: float(difference[i].mean()), value)

    @cached_property
    def equal(self) -> tuple[int, Estimate]:
        """Nights with equal counts, and their share."""
        equal = int(np.equal(*self.night_counts).sum())
        return equal, wilson(equal, len(self.paired.nights))

    @cached_property
    def ccc(self) -> Estimate:
        """Lin's concordance correlation coefficient of the nights' counts."""
        a, b = self.night_counts
        value = lin_ccc(a, b)
        if not self.by_nights:
            return Estimate(value)
        return bootstrap(len(a), lambda i: lin_ccc(a[i], b[i]), value)

    @cached_property
    def median_lag_s(self) -> float | None:
        """Median of first minus second time, of the events in both."""
        lags = [
            (each.a.time_ns - each.b.time_ns) / 1e9
            for each in self.paired.pairs
            if each.a and each.b and each.a.is_event and each.b.is_event
        ]
        return median(lags) if lags else None
