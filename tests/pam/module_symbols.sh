#!/usr/bin/env bash
# Checks that the module exports only pam_sm_*, and needs at most libpam, liboath and libc.
set -euo pipefail
module=$1
exported=$(nm -D --defined-only "$module" | awk '{print $3}' | sort)
wanted=$(printf 'pam_sm_authenticate\npam_sm_setcred')
[ "$exported" = "$wanted" ] || { echo "exports: $exported"; exit 1; }
others=$(readelf -d "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
  grep -Ev '^(libpam\.so\.0|liboath\.so\.0|libc\.so\.6|ld-linux.*)$' || true)
[ -z "$others" ] || { echo "needs: $others"; exit 1; }
readelf -d "$module" | grep -q 'BIND_NOW' || { echo "is not bound at once"; exit 1; }
if readelf -lW "$module" | grep GNU_STACK | grep -q RWE; then echo "has an executable stack"; exit 1; fi
echo "exports and needs only what it may"
