"""What an ELF file does against being broken into, as binutils' readelf tells it."""

import re
import subprocess

# What may begin the code that a pointer leads to, where the processor tracks indirect branches: readelf's name of the machine, and its instructions.
LANDING_MARKS = {
    "Advanced Micro Devices X86-64": {b"\xf3\x0f\x1e\xfa": "endbr64"},
    "AArch64": {b"\x5f\x24\x03\xd5": "bti c", b"\xdf\x24\x03\xd5": "bti jc", b"\x3f\x23\x03\xd5": "paciasp"},
}
MARK_BYTES = 4


def _readelf(*arguments):
    done = subprocess.run(["readelf", "--wide", *arguments], capture_output=True, text=True, check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    return done.stdout


class ElfFile:
    def __init__(self, path):
        self._path = path
        self._headers = _readelf("--file-header", "--program-headers", path)
        self.machine = re.search(r"(?m)^  Machine: +(.+)$", self._headers).group(1)
        self._marks = LANDING_MARKS[self.machine]
        self._dynamic = _readelf("--dynamic", path)
        symbols = re.findall(r"(?m)^ +\d+: ([0-9a-f]+) +\d+ (\w+) +\w+ +\w+ +(\w+) (\S+)", _readelf("--dyn-syms", path))
        self._imported = {name.split("@")[0] for _, _, section, name in symbols if section == "UND"}
        self._exported = {name.split("@")[0]: int(address, 16) for address, kind, section, name in symbols if kind == "FUNC" and section != "UND"}
        # Kind, offset, address, size in the file, flags.
        self._segments = [(kind, int(offset, 16), int(address, 16), int(size, 16), flags.replace(" ", "")) for kind, offset, address, size, flags in re.findall(
            r"(?m)^  (\w+) +0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) 0x[0-9a-f]+ ([RWE ]{3})", self._headers)]
        with open(path, "rb") as file:
            self._bytes = file.read()

    def _flags_of(self, kind):
        return [flags for its_kind, _, _, _, flags in self._segments if its_kind == kind]

    def is_position_independent(self):
        """A shared object, or a program that is one, too."""
        is_program = self._flags_of("INTERP") != []
        return re.search(r"Type: +DYN", self._headers) is not None and (not is_program or re.search(r"\(FLAGS_1\).*\bPIE\b", self._dynamic) is not None)

    def has_full_relro(self):
        """Tables of addresses are bound at the start and read-only then."""
        return self._flags_of("GNU_RELRO") != [] and re.search(r"\(FLAGS\).*\bBIND_NOW\b|\(FLAGS_1\).*\bNOW\b", self._dynamic) is not None

    def has_stack_that_is_not_executed(self):
        return self._flags_of("GNU_STACK") == ["RW"]

    def has_memory_to_write_and_execute(self):
        return any("W" in flags and "E" in flags for flags in self._flags_of("LOAD")) or "(TEXTREL)" in self._dynamic

    def has_search_path(self):
        return re.search(r"\((RPATH|RUNPATH)\)", self._dynamic) is not None

    def has_stack_protector(self):
        return "__stack_chk_fail" in self._imported

    def fortified(self):
        """Functions of libc that check the size of what they write to."""
        return {name for name in self._imported if name.startswith("__") and name.endswith("_chk")}

    def _code_at(self, address):
        for kind, offset, start, size, flags in self._segments:
            if kind == "LOAD" and "E" in flags and start <= address < start + size:
                place = offset + address - start
                return self._bytes[place:place + MARK_BYTES]
        return None

    def jump_targets(self):
        """Addresses of code that are called through a pointer: of tables (virtual functions, callbacks) and of what is exported."""
        tables = [int(target, 16) for target in re.findall(r"(?m)^[0-9a-f]+ +\S+ +R_(?:X86_64|AARCH64)_RELATIVE? +([0-9a-f]+)", _readelf("--relocs", self._path))]
        return {address for address in [*tables, *self._exported.values()] if self._code_at(address) is not None}

    def jump_targets_without_mark(self):
        """Those that do not begin with a mark, so that a processor that tracks indirect branches (CET, BTI) would stop the program there."""
        return {address for address in self.jump_targets() if self._code_at(address) not in self._marks}
