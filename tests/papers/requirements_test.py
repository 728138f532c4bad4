"""What the two kinds of packages need to be built is the same list, and the one that this tree is built with."""

import os
import re
import unittest

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
# Debian's name: those of the spec. Nothing where rpmbuild or the compiler's package brings it.
NAMES = {
    "cmake": {"cmake"}, "gettext": {"gettext"}, "libboost-dev": {"boost-devel"}, "libexpected-dev": {"expected-devel"}, "libinih-dev": {"pkgconfig(inih)"},
    "liboath-dev": {"pkgconfig(liboath)"}, "libpam0g-dev": {"pam-devel"}, "libpng-dev": {"pkgconfig(libpng)"},
    "libprotobuf-dev": {"pkgconfig(protobuf)"}, "libqrencode-dev": {"pkgconfig(libqrencode)"}, "libre2-dev": {"pkgconfig(re2)"},
    "libsqlite3-dev": {"pkgconfig(sqlite3)"}, "libssl-dev": {"pkgconfig(openssl)"},
    "libsystemd-dev": {"pkgconfig(libsystemd)", "systemd-rpm-macros"}, "liburiparser-dev": {"pkgconfig(liburiparser)"},
    "libxml2-dev": {"pkgconfig(libxml-2.0)"}, "ninja-build": {"ninja-build"}, "nlohmann-json3-dev": {"pkgconfig(nlohmann_json)"},
    "pkg-config": set(), "protobuf-compiler": {"protobuf-compiler"}, "scdoc": {"scdoc"}, "build-essential": {"gcc-c++"},
}
# It makes builds quicker and no package needs it.
OURS_ALONE = {"ccache"}
# debhelper's own.
DEBHELPERS = {"debhelper-compat", "dh-apparmor", "dh-sequence-installsysusers"}


def read(path):
    with open(f"{SOURCES}/{path}", encoding="utf-8") as file:
        return file.read()


class Requirements(unittest.TestCase):
    maxDiff = None

    def of_the_tree(self):
        text = read("packaging/debian-packages").split("[build]\n")[1].split("\n\n")[0]
        return set(text.split()) - OURS_ALONE

    def test_debians_build_depends_are_what_the_tree_is_built_with(self):
        field = re.search(r"(?ms)^Build-Depends: (.*?)^\S", read("packaging/debian/control")).group(1)
        named = {entry.split()[0] for entry in field.split(",")}
        # build-essential is there wherever a package is built.
        self.assertEqual(named - DEBHELPERS, self.of_the_tree() - {"build-essential"})

    def test_the_specs_build_requires_are_the_same(self):
        named = set(re.findall(r"(?m)^BuildRequires: +(\S+)", read("packaging/rpm/twofactor.spec")))
        self.assertEqual(named, set().union(*(NAMES[name] for name in self.of_the_tree())))


if __name__ == "__main__":
    unittest.main()
