#!/usr/bin/env python3
"""Turns the benchmarks' lines of results into a table, a JSON file, a plot, and a verdict on the gates.

    report.py RESULTS [--json FILE] [--gates FILE] [--markdown FILE] [--plot FILE]

Each line of RESULTS is one object: group, case, size, subject, reference, unit, ours, and, unless the figure stands
alone, theirs and ratio. Only the standard library is used.
"""

import argparse
import json
import math
import os
import platform
import re
import subprocess
import sys


def output(*command):
    """What a command prints on its first line; nothing if it cannot be run."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return result.stdout.strip().split("\n")[0]


def machine():
    """What the figures come from."""
    cpuinfo = open("/proc/cpuinfo", encoding="utf-8").read() if os.path.exists("/proc/cpuinfo") else ""

    def field(name):
        found = re.search(rf"^{name}\s*:\s*(.*)$", cpuinfo, re.MULTILINE)
        return found.group(1) if found else ""

    model = field("model name") or platform.machine()
    if field("cpu family"):
        model += f" (family {field('cpu family')} model {field('model')})"
    flags = field("flags").split()
    wanted = ("ssse3", "avx2", "avx512bw", "gfni", "sha_ni", "vaes", "vpclmulqdq")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    release = {}
    if os.path.exists("/etc/os-release"):
        for line in open("/etc/os-release", encoding="utf-8"):
            key, _, value = line.strip().partition("=")
            release[key] = value.strip('"')
    return {
        "processor": model,
        "features": [flag for flag in wanted if flag in flags],
        "cores": os.cpu_count(),
        "memoryGB": round(memory / 1e9, 1),
        "system": release.get("PRETTY_NAME", platform.platform()),
        "kernel": platform.release(),
        "swift": output("swift", "--version"),
        "openssl": output("pkg-config", "--modversion", "libcrypto"),
        "isal": output("pkg-config", "--modversion", "libisal"),
        "gfshare": output("pkg-config", "--modversion", "libgfshare"),
        "botan": output("pkg-config", "--modversion", "botan-2"),
        "commit": output("git", "-C", os.path.dirname(os.path.abspath(__file__)), "rev-parse", "--short", "HEAD"),
    }


GROUPS = ("kernel", "shamir", "recover", "deposit", "release", "store")


def order(row):
    return (GROUPS.index(row["group"]), row["case"], row["subject"], row["size"], row["reference"])


def number(value):
    """Four digits, whatever the size."""
    if value is None:
        return ""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


HEADINGS = ("group", "case", "size", "ours", "unit", "figure", "reference", "figure", "ratio")


def cells(row):
    ratio = row.get("ratio")
    return (
        row["group"], row["case"], f"{row['size']:,}", row["subject"], row["unit"], number(row["ours"]),
        row["reference"], number(row.get("theirs")), f"{ratio:.2f}" if ratio is not None else "",
    )


def print_table(rows):
    lines = [HEADINGS] + [cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    right = {2, 5, 7, 8}
    for line in lines:
        padded = (
            text.rjust(width) if column in right else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths))
        )
        print("  ".join(padded).rstrip())


def means(rows):
    """Geometric means of the kernel's ratios to ISA-L, from 4 KiB on."""
    found = []
    for case in ("combine-2-1", "combine-3-1", "combine-5-1", "deal-2-3"):
        ratios = [
            row["ratio"] for row in rows
            if row["case"] == case and row["reference"] == "isal" and row["size"] >= 4096
        ]
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            found.append(f"{case} against ISA-L, geometric mean from 4 KiB on: {mean:.2f}")
    return found


def failures(rows, path):
    """The rows that are below their gate, and the gates that no row met."""
    found = []
    groups = {row["group"] for row in rows}
    for line in open(path, encoding="utf-8"):
        fields = line.split("#")[0].split()
        if not fields:
            continue
        group, case, size, reference, least = fields
        if group not in groups:
            continue
        gated = [
            row for row in rows
            if (row["group"], row["case"], row["reference"]) == (group, case, reference)
            and size in ("*", str(row["size"]))
        ]
        if not gated:
            found.append(f"no row is {group} {case} {size} against {reference}")
        for row in gated:
            if not row["ratio"] >= float(least):
                found.append(
                    f"{group} {case} {row['size']} ({row['subject']}) against {reference}: "
                    f"{row['ratio']:.2f} is below {least}")
    return found


def markdown(rows, about, plot):
    features = ", ".join(about["features"])
    lines = [
        "# Results", "",
        f"{about['processor']}, {about['cores']} cores, {about['memoryGB']} GB; {features}. {about['system']}, "
        f"{about['swift']}, OpenSSL {about['openssl']}, ISA-L {about['isal']}, libgfshare {about['gfshare']}, Botan "
        f"{about['botan']}. Commit {about['commit']}, `Scripts/bench`.", "",
        "A ratio above 1 means that we are faster. What each reference does is in [../README.md](../README.md).", "",
    ]
    lines += [f"{line}  " for line in means(rows)]
    lines += [""] if means(rows) else []
    if plot:
        lines += [f"![keys per second and peak memory against the number of keys]({os.path.basename(plot)})", ""]
    lines += ["| " + " | ".join(HEADINGS) + " |", "|---|---|---:|---|---|---:|---|---:|---:|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


class Plot:
    """Two panels over the number of keys, both axes logarithmic across, linear up, starting at zero."""

    width, height, left, right, top, gap, panel = 640, 470, 90, 30, 40, 70, 150

    def __init__(self, sizes):
        self.sizes = sizes
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            'font-family="sans-serif" font-size="12">',
            f'<rect width="{self.width}" height="{self.height}" fill="white"/>',
        ]

    def x(self, size):
        first, last = math.log10(self.sizes[0]), math.log10(self.sizes[-1])
        return self.left + (math.log10(size) - first) / (last - first) * (self.width - self.left - self.right)

    def panel_of(self, index, title, values, limit=None):
        top = self.top + index * (self.panel + self.gap)
        bottom = top + self.panel
        peak = max(values + ([limit] if limit else []))
        step = 10 ** math.floor(math.log10(peak))
        step = next(step * k for k in (0.2, 0.5, 1, 2) if peak / (step * k) <= 6)
        ceiling = math.ceil(peak / step) * step
        y = lambda value: bottom - value / ceiling * self.panel
        self.parts.append(f'<text x="{self.left}" y="{top - 12}" font-weight="bold">{title}</text>')
        tick = 0
        while tick <= ceiling * 1.001:
            self.parts.append(
                f'<line x1="{self.left}" y1="{y(tick):.1f}" x2="{self.width - self.right}" y2="{y(tick):.1f}" '
                'stroke="#ddd"/>'
                f'<text x="{self.left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:,.6g}</text>')
            tick += step
        for size in self.sizes:
            self.parts.append(
                f'<text x="{self.x(size):.1f}" y="{bottom + 18}" text-anchor="middle">{size:,}</text>')
        if limit:
            self.parts.append(
                f'<line x1="{self.left}" y1="{y(limit):.1f}" x2="{self.width - self.right}" y2="{y(limit):.1f}" '
                'stroke="#b00" stroke-dasharray="4 4"/>')
        points = " ".join(f"{self.x(size):.1f},{y(value):.1f}" for size, value in zip(self.sizes, values))
        self.parts.append(f'<polyline points="{points}" fill="none" stroke="#06c" stroke-width="2"/>')
        for size, value in zip(self.sizes, values):
            self.parts.append(f'<circle cx="{self.x(size):.1f}" cy="{y(value):.1f}" r="3" fill="#06c"/>')

    def text(self):
        return "\n".join(self.parts + ["</svg>"]) + "\n"


def plot(rows):
    def series(subject):
        return {row["size"]: row["ours"] for row in rows if row["subject"] == f"Recovery.recover, {subject}"}

    times, memory = series("files"), series("files, peak memory")
    sizes = sorted(set(times) & set(memory))
    if len(sizes) < 2:
        return None
    drawing = Plot(sizes)
    drawing.panel_of(0, "verified recovery, one thread: million keys a second", [1000 / times[s] for s in sizes])
    drawing.panel_of(1, "peak memory of the process, MB (dashed: 256)", [memory[s] for s in sizes], limit=256)
    return drawing.text()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("results")
    for name in ("--json", "--gates", "--markdown", "--plot"):
        parser.add_argument(name)
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in open(arguments.results, encoding="utf-8")]
    rows.sort(key=order)
    if not rows:
        raise SystemExit("there are no results")
    about = machine()
    print(f"{about['processor']}; {', '.join(about['features'])}; OpenSSL {about['openssl']}, ISA-L {about['isal']}")
    print("a ratio above 1 means that we are faster\n")
    print_table(rows)
    for line in [""] + means(rows):
        print(line)
    drawing = plot(rows)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"machine": about, "results": rows}, file, indent=1)
            file.write("\n")
    if arguments.plot and drawing:
        open(arguments.plot, "w", encoding="utf-8").write(drawing)
    if arguments.markdown:
        text = markdown(rows, about, arguments.plot if drawing else None)
        open(arguments.markdown, "w", encoding="utf-8").write(text)
    if arguments.gates:
        below = failures(rows, arguments.gates)
        for line in below:
            print(f"gate: {line}", file=sys.stderr)
        if below:
            raise SystemExit(1)
        print("\nevery gate is met")


if __name__ == "__main__":
    main()
