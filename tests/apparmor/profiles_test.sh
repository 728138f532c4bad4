#!/usr/bin/env bash
# profiles_test.sh FOLDER: AppArmor's parser compiles what the packages install of FOLDER, and refuses it when it is broken. Nothing is loaded.
set -euo pipefail
folder=$1
compile() { apparmor_parser --skip-kernel-load --skip-cache --abort-on-error --base /etc/apparmor.d --Include "$folder" "$@"; }

compile "$folder/twofactord"
[ "$(apparmor_parser --names --base /etc/apparmor.d --Include "$folder" "$folder/twofactord")" = twofactord ]

# An abstraction is a part of somebody's profile.
host() { printf 'abi <abi/3.0>,\ninclude <tunables/global>\nprofile host {\n  include <abstractions/base>\n  include <abstractions/%s>\n}\n' "$1"; }
host twofactor | compile
if host no-such-abstraction | compile 2>/dev/null || sed 's/rwk,/rwq,/' "$folder/twofactord" | compile 2>/dev/null; then
  echo "the parser takes what is broken"
  exit 1
fi
