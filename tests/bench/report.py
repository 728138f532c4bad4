"""The tables and the plot of docs/performance.md."""

import os
import pathlib
import platform
import statistics
import subprocess

from figures import p99

BEGIN = "<!-- tests/bench/run writes from here -->"
END = "<!-- to here -->"


def number(value):
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def microseconds(nanoseconds):
    value = nanoseconds / 1000
    return f"{value:.1f}" if value < 1000 else f"{value:,.0f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def machine(load):
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (f"{os.cpu_count()} × {model}, {pages:.0f} GiB, Linux {platform.release()}, "
            f"load before the run {load[0]:.1f} (1 min), {load[2]:.1f} (15 min), nice {os.nice(0)}")


def goal_rows(measurement):
    for row in measurement.rows:
        spread = "" if row["low"] is None else f"{number(row['low'])} to {number(row['high'])}"
        verdict = "" if not row["goal"] else "yes" if row["met"] else "**no**"
        yield row["work"], row["goal"], number(row["value"]) + row["unit"], spread, verdict


def sample_rows(samples):
    for name, values in samples.items():
        yield name, microseconds(statistics.median(values)), microseconds(p99(values)), f"{len(values):,}"


def crowd_rows(measurement):
    for at_once, found in measurement.crowds.items():
        for name, one in found.items():
            refused = 100 * (1 - one["granted"] / one["logins"])
            yield (at_once, name, f"{statistics.median(one['per_second']):,.0f}", f"{1e6 * statistics.median(one['cpu_seconds']):,.0f}",
                   f"{refused:.1f} %", f"{one['logins']:,}")


def tables(measurement, load):
    parts = [f"Machine: {machine(load)}. {measurement.audit_lines:,} audit lines were received.",
             table(("work", "goal", "measured", "95 %", "met"), goal_rows(measurement))]
    for title, samples in measurement.samples.items():
        parts.append(f"### {title[0].upper()}{title[1:]}, µs\n\n" +
                     table(("", "median", "p99", "samples"), sample_rows(samples)))
    parts.append("### Logins at once\n\n" +
                 table(("at once", "", "logins a second", "CPU µs a login", "right codes refused", "logins"), crowd_rows(measurement)))
    parts.append("### Parts, µs (Google Benchmark, median of 5)\n\n" +
                 table(("", "time"), [(name, microseconds(time)) for name, time in measurement.part_times.items()]))
    return "\n\n".join(parts)


def plot(path, measurement):
    scale = measurement.samples["login, many users"]
    lines = {}
    for name, values in scale.items():
        if "@" in name:
            who, users = name.split("@")
            lines.setdefault(who, []).append((int(users), statistics.median(values) / 1000, p99(values) / 1000))
    permit = statistics.median(scale["pam_permit"]) / 1000
    script = ["set terminal svg size 760,420 dynamic background 'white'", f"set output '{path}'", "set logscale xy",
              "set xlabel 'enrolled users'", "set ylabel 'a login, µs'", "set format x '%.0f'", "set key outside",
              "set xrange [0.8:*]", "set yrange [10:*]", "set grid"]
    curves = [f"{permit} title 'pam_permit, median' noenhanced lc 'gray' lw 2"]
    for index, (who, points) in enumerate(sorted(lines.items()), 1):
        script.append(f"$points{index} << EOD\n" + "\n".join(" ".join(map(str, p)) for p in sorted(points)) + "\nEOD")
        for column, style, what in ((2, "linespoints lw 2 pt 7", "median"), (3, "points pt 2", "p99")):
            curves.append(f"$points{index} using 1:{column} with {style} lc {index} title '{who}, {what}' noenhanced")
    script.append("plot " + ", ".join(curves))
    subprocess.run(["gnuplot"], input="\n".join(script), text=True, check=True)


def write(folder, text, measurement):
    """Puts the tables between the marks of performance.md; what people wrote around them stays."""
    page = pathlib.Path(folder) / "performance.md"
    before, rest = page.read_text().split(BEGIN)
    page.write_text(before + BEGIN + "\n\n" + text + "\n\n" + END + rest.split(END)[1])
    plot(pathlib.Path(folder) / "performance.svg", measurement)
