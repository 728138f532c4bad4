"""What a process has in its memory, its files that are mapped into it included: proc(5), /proc/PID/maps and mem."""


def _regions(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        for line in maps:
            addresses, rights, _, _, _, *name = line.split()
            if rights.startswith("r") and name not in (["[vvar]"], ["[vsyscall]"]):
                start, end = (int(address, 16) for address in addresses.split("-"))
                yield start, end, " ".join(name) or "anonymous"


def find(pid, needles):
    """Of `needles`, by their names: where each is, for those that are somewhere."""
    found = {}
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, name in _regions(pid):
            memory.seek(start)
            try:
                region = memory.read(end - start)
            except OSError:
                continue  # A device's.
            for needle, wanted in needles.items():
                if wanted in region:
                    found.setdefault(needle, []).append(name)
    return found
