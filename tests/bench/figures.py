"""Medians, and ratios of them with their spread."""

import random
import statistics

RESAMPLES = 400


def p99(values):
    return sorted(values)[min(len(values) - 1, len(values) * 99 // 100)]


def spread_of(samples, figure, resamples=RESAMPLES):
    """`figure` of the samples (lists by name), and the bounds that hold it with 95 % (percentile bootstrap).

    Lists of the same length come from the same rounds and are resampled together, so that what met a round meets all.
    """
    chance = random.Random(1)
    found = []
    for _ in range(resamples):
        picks = {}
        again = {}
        for name, values in samples.items():
            count = len(values)
            if count not in picks:
                picks[count] = chance.choices(range(count), k=count)
            again[name] = [values[i] for i in picks[count]]
        found.append(figure(again))
    found.sort()
    return figure(samples), found[int(0.025 * resamples)], found[int(0.975 * resamples) - 1]


def added_share(samples, ours, floor, peers):
    """What `ours` adds to `floor`, as a share of what the better of `peers` adds."""
    middle = {name: statistics.median(values) for name, values in samples.items()}
    return (middle[ours] - middle[floor]) / (min(middle[peer] for peer in peers) - middle[floor])


def ratio(samples, one, other):
    return statistics.median(samples[one]) / statistics.median(samples[other])
