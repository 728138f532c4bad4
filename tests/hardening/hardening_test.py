"""Each program of the packages is built to be hard to break into. CC is a compiler of the packages' architecture."""

import glob
import os
import subprocess
import tempfile
import unittest

from elf_hardening import ElfFile

COMPILER = os.environ.get("CC", "cc")
# Functions of Debian 12's archives, not ours, that are called through a pointer and have no mark where the jump lands. One is liboath's. On arm64,
# three are of what the compiler links into each program, and the module has a part of libstdc++ in it.
UNMARKED = {"Advanced Micro Devices X86-64": 1, "AArch64": 4}
UNMARKED_IN_MODULE = {"Advanced Micro Devices X86-64": 1, "AArch64": 62}


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


class HardeningTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        for package in glob.glob(os.environ["TWOFACTOR_PACKAGES"] + "/*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        paths = (os.path.join(where, name) for where, _, names in os.walk(folder) for name in names)
        cls.files = {os.path.basename(path): ElfFile(path) for path in sorted(paths) if not os.path.islink(path) and is_elf(path)}

    def each(self):
        for name, file in self.files.items():
            with self.subTest(name):
                yield file

    def test_it_is_the_programs_that_are_looked_at(self):
        self.assertEqual(sorted(self.files), ["pam_twofactor.so", "twofactor-accounts", "twofactorctl", "twofactord"])

    def test_addresses_are_not_known_before(self):
        for file in self.each():
            self.assertTrue(file.is_position_independent())

    def test_tables_of_addresses_are_read_only(self):
        for file in self.each():
            self.assertTrue(file.has_full_relro())

    def test_no_memory_is_to_be_written_and_executed(self):
        for file in self.each():
            self.assertTrue(file.has_stack_that_is_not_executed())
            self.assertFalse(file.has_memory_to_write_and_execute())

    def test_libraries_are_the_systems(self):
        for file in self.each():
            self.assertFalse(file.has_search_path())

    def test_overflows_are_seen(self):
        for file in self.each():
            self.assertTrue(file.has_stack_protector())
            self.assertNotEqual(file.fortified(), set())

    def test_jumps_through_pointers_meet_a_mark(self):
        """A program is marked as a whole (IBT, SHSTK; BTI, PAC) only where libc's part of it is, which Debian 12's is not. What is ours is."""
        for file in self.each():
            self.assertGreater(len(file.jump_targets()), 50)
            allowed = UNMARKED_IN_MODULE if file is self.files["pam_twofactor.so"] else UNMARKED
            self.assertLessEqual(len(file.jump_targets_without_mark()), allowed[file.machine])


class EveryCheckCanFail(unittest.TestCase):
    """A program that is built without any of it."""

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        with open(f"{folder}/weak.c", "w", encoding="ascii") as source:
            source.write('#include <string.h>\n__asm__(".section .wx,\\"awx\\"\\n.byte 0\\n.previous");\nint f(void) { return 0; }\nint (*volatile g)(void) = f;\n'
                         'int main(int c, char **v) { char a[8]; strcpy(a, v[0]); return g() + a[0] + c; }\n')
        machine = subprocess.run([COMPILER, "-dumpmachine"], check=True, capture_output=True, text=True).stdout
        unmarked = "-mbranch-protection=none" if machine.startswith("aarch64") else "-fcf-protection=none"
        options = (f"-O1 -fno-stack-protector -U_FORTIFY_SOURCE {unmarked} -z norelro -z execstack -Wl,-rpath,/tmp").split()
        subprocess.run([COMPILER, "-no-pie", *options, "-o", f"{folder}/weak", f"{folder}/weak.c"], check=True, capture_output=True)
        subprocess.run([COMPILER, "-pie", "-fPIE", *options[:4], "-o", f"{folder}/unmarked", f"{folder}/weak.c"], check=True, capture_output=True)
        cls.weak = ElfFile(f"{folder}/weak")
        cls.unmarked = ElfFile(f"{folder}/unmarked")

    def test_it_fails(self):
        self.assertFalse(self.weak.is_position_independent())
        self.assertFalse(self.weak.has_full_relro())
        self.assertFalse(self.weak.has_stack_that_is_not_executed())
        self.assertTrue(self.weak.has_memory_to_write_and_execute())
        self.assertTrue(self.weak.has_search_path())
        self.assertFalse(self.weak.has_stack_protector())
        self.assertEqual(self.weak.fortified(), set())
        self.assertGreater(len(self.unmarked.jump_targets_without_mark()), 0)


if __name__ == "__main__":
    unittest.main()
