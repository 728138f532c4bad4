#!/usr/bin/env python3
"""Measures everything of docs/performance.md and writes it there; see tests/bench/run.

    measure.py --build DIR [--short] [--docs DIR]

Root only. Nothing of this system is changed: users, /dev/log and the daemon are in a mount namespace of its own.
"""

import argparse
import json
import os
import re
import statistics
import sys

import report
from figures import added_share, ratio, spread_of
from ground import RENEWERS, Daemon, Ground, enter_namespace, run

SKIPPED = 77
PEERS = ("pam_google_authenticator", "pam_oath")


class Sizes:
    """How much is measured."""

    def __init__(self, short):
        self.peers = 100 if short else 1000
        self.fresh = 30 if short else 250
        self.scale = 60 if short else 1200
        self.most_users = 10_000 if short else 1_000_000
        self.outcomes = 40 if short else 1000
        self.other_host = 40 if short else 600
        self.crowd_rounds = 2 if short else 8
        self.at_once = (8,) if short else (2, 8, 64)
        self.renewal_blocks = 2 if short else 5
        self.block_ms = 300 if short else 1000
        self.imported = 5_000 if short else 100_000
        self.starts = 1 if short else 3
        self.part_seconds = 0.02 if short else 0.5


class Measurement:
    def __init__(self, ground, sizes):
        self.ground = ground
        self.sizes = sizes
        self.rows = []
        self.samples = {}
        self.crowds = {}

    def logins(self, mode, rounds, **options):
        words = [self.ground.bin / "bench_logins", mode, "--work", self.ground.disk, "--memory", self.ground.memory,
                 "--rounds", rounds]
        for name, value in options.items():
            words += ["--" + name.replace("_", "-"), value]
        found = json.loads(run(*words, stdout=-1).stdout)
        for name in ("one", "outcomes", "crowd", "google"):
            run("rm", "-rf", self.ground.memory / name, self.ground.disk / name)
        return found

    def goal(self, work, goal, figure, met, unit=""):
        value, low, high = figure
        self.rows.append({"work": work, "goal": goal, "value": value, "low": low, "high": high, "unit": unit,
                          "met": met(value)})

    def keep(self, title, samples):
        samples.pop("next", None)
        self.samples[title] = samples

    # The table's rows, in its order.

    def one_user(self):
        for title, rounds, options in (
                ("in one process", self.sizes.peers, {}),
                ("in a fresh process", self.sizes.fresh, {"fresh": self.ground.bin / "bench_login_once"})):
            samples = self.logins("peers", rounds, **options)
            self.keep("login, one user, " + title, samples)
            self.goal(f"login {title}: what we add to pam_permit, of what the better peer adds", "at most 0.4",
                      spread_of(samples, lambda s: added_share(s, "twofactor", "pam_permit", PEERS)),
                      lambda value: value <= 0.4)

    def scale(self):
        most = f"twofactor@{self.sizes.most_users}"
        samples = self.logins("scale", self.sizes.scale, scale=self.sizes.most_users)
        run("sh", "-c", f"rm -rf {self.ground.memory}/twofactor@*")
        if most not in samples:
            most = max((name for name in samples if name.startswith("twofactor@")), key=lambda n: int(n.split("@")[1]))
        self.keep("login, many users", samples)
        self.goal(f"login with {int(most.split('@')[1]):,} users, of one with 1", "at most 1.15",
                  spread_of(samples, lambda s: ratio(s, most, "twofactor@1")), lambda value: value <= 1.15)

    def crowd(self):
        for at_once in self.sizes.at_once:
            for fallback, what, fewer in (("none", "", 1), ("system", " with this system's pam.d/other", 4)):
                rounds = max(2, self.sizes.crowd_rounds // fewer)
                found = self.logins("crowd", rounds, at_once=at_once, fallback=fallback)
                self.crowds[f"{at_once}{what}"] = found
                rates = {name: one["per_second"] for name, one in found.items()}
                if not what:
                    self.goal(f"{at_once} at once: right codes granted", "every one",
                              (found["twofactor"]["granted"] / found["twofactor"]["logins"], None, None),
                              lambda value: value == 1)
                self.goal(f"{at_once} at once{what}: logins a second, of pam_permit's", "at least 0.6",
                          spread_of(rates, lambda s: ratio(s, "twofactor", "pam_permit")),
                          lambda value: value >= 0.6)
                times = {name: one["cpu_seconds"] for name, one in found.items()}
                self.goal(f"{at_once} at once{what}: the same by the CPU time of a login", "",
                          spread_of(times, lambda s: ratio(s, "pam_permit", "twofactor")), lambda value: True)

    def with_daemon(self, daemon):
        next_user = 1000  # The first ones are renewed.
        daemon_words = {"daemon": daemon.run_directory, "users": self.sizes.imported}
        outcomes = self.logins("outcomes", self.sizes.outcomes, next=next_user, **daemon_words)
        next_user = outcomes["next"]
        self.keep("how a login ends", outcomes)
        for learning, suffix in (("off", ""), ("on", ", learning")):
            for outcome in ("wrong", "replayed", "locked"):
                self.goal(f"{outcome} code, of a right one (skew learning {learning})", "at most 1",
                          spread_of(outcomes, lambda s, o=outcome: ratio(s, o + suffix, "right" + suffix)),
                          lambda value: value <= 1)
        hosts = self.logins("nonroot", self.sizes.other_host, next=next_user, pause=8, **daemon_words)
        self.keep("login of a host that is not root's", hosts)

        def round_trips(samples):
            middle = {name: statistics.median(values) for name, values in samples.items()}
            return (middle["other host"] - middle["root host"]) / middle["round trip"]
        self.goal("host that is not root's: what it adds, in round trips over a socket", "at most 4",
                  spread_of(hosts, round_trips), lambda value: value <= 4)

    def renewals(self, daemon):
        commits, rates, times = "a durable commit of SQLite", {}, {}
        calls = (("renew", "user.renew_2fa_secret"), ("replace", "user.import_2fa_devices, replacing one"))
        for _ in range(self.sizes.renewal_blocks):
            found = self.socket("commits", self.ground.disk / "bare.sqlite", self.sizes.block_ms)["nanoseconds"]
            times.setdefault(commits, []).extend(found)
            rates.setdefault(commits, []).append(1e9 * len(found) / sum(found))
            for clients in (1, RENEWERS):
                for call, method in calls:
                    found = self.socket(call, daemon.run_directory, clients, self.sizes.block_ms)
                    times.setdefault(f"{method}, {clients} at once", []).extend(found["nanoseconds"])
                    rates.setdefault(call + str(clients), []).append(found["per_second"])
        self.keep("renewals", times)
        for call, what in (("renew", "renewals"), ("replace", "replacements by import, which describe no user,")):
            self.goal(f"{what} of one client, of bare durable commits", "at least 0.6",
                      spread_of(rates, lambda s, c=call: ratio(s, c + "1", commits)), lambda value: value >= 0.6)
            self.goal(f"{what} of {RENEWERS} clients, of one client's", "at least 6",
                      spread_of(rates, lambda s, c=call: ratio(s, f"{c}{RENEWERS}", c + "1")),
                      lambda value: value >= 6)

    def socket(self, *words):
        return json.loads(run(self.ground.bin / "bench_socket", *words, stdout=-1).stdout)

    def imports(self, daemon):
        found = self.socket("import", daemon.run_directory, 0, self.sizes.imported)
        scaled = found["seconds"] * 100_000 / self.sizes.imported
        self.goal("import of 100,000 users over the socket" if self.sizes.imported == 100_000
                  else f"import of {self.sizes.imported:,} users, for 100,000", "under 30 s",
                  (scaled, None, None), lambda value: value < 30, " s")

    def starts(self, daemon, empty, users):
        times = [daemon.start_cold() for _ in range(self.sizes.starts)]
        at_100k = users == 100_000
        self.goal(f"cold start with {users:,} users", "under 1 s" if at_100k else "",
                  spread_of({"s": times}, lambda s: statistics.median(s["s"])), lambda value: value < 1, " s")
        memory = daemon.memory()
        grown = sum(memory[part] - empty[part] for part in ("own", "store")) / users
        self.goal(f"memory a user, at {users:,}", "at most 600 bytes", (grown, None, None),
                  lambda value: value <= 600, " bytes")
        self.memory = dict(memory, users=users, start=times)

    def daemon_rows(self):
        daemon = Daemon(self.ground)
        try:
            daemon.start()
            empty = daemon.memory()
            self.imports(daemon)
            self.with_daemon(daemon)
            self.renewals(daemon)
            self.starts(daemon, empty, self.sizes.imported)
            if self.sizes.most_users > 100_000:
                daemon.stop()
                run(self.ground.bin / "bench_fill_vault", daemon.state, daemon.key, self.sizes.imported,
                    self.sizes.most_users - self.sizes.imported)
                self.starts(daemon, empty, self.sizes.most_users)
        finally:
            daemon.stop()

    def parts(self):
        """Google Benchmark's figures of the parts, in nanoseconds."""
        words = [self.ground.bin / "bench_parts", f"--benchmark_min_time={self.sizes.part_seconds}",
                 "--benchmark_repetitions=5", "--benchmark_report_aggregates_only=true", "--benchmark_format=json"]
        if self.sizes.most_users < 1_000_000:
            words.append("--benchmark_filter=-users:1000000")
        environment = dict(os.environ, TWOFACTOR_MODULE=str(self.ground.module), TMPDIR=str(self.ground.disk),
                           TWOFACTOR_MEMORY=str(self.ground.memory))
        found = json.loads(run(*words, stdout=-1, stderr=-3, env=environment).stdout)
        medians = [one for one in found["benchmarks"] if one["name"].endswith("_median")]
        self.part_times = {re.sub("(/real_time)?_median$", "", one["name"]): one["real_time"] for one in medians}

    def check_audit(self):
        """Every login of ours that ended left its line."""
        lines = self.ground.audit_lines()
        logins = sum(len(values) for title, samples in self.samples.items() if "login" in title
                     for name, values in samples.items() if re.match("twofactor|right|wrong|replayed|locked|root host", name))
        if lines < logins:
            sys.exit(f"{logins} logins left only {lines} audit lines")
        self.audit_lines = lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--docs", help="where performance.md and performance.svg are written")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("skipped: this needs root, for a mount namespace of its own")
        sys.exit(SKIPPED)
    enter_namespace()
    with Ground(arguments.build) as ground:
        measurement = Measurement(ground, Sizes(arguments.short))
        load = os.getloadavg()
        measurement.one_user()
        measurement.scale()
        measurement.crowd()
        measurement.daemon_rows()
        measurement.parts()
        measurement.check_audit()
    text = report.tables(measurement, load)
    print(text)
    if arguments.docs:
        report.write(arguments.docs, text, measurement)


main()
