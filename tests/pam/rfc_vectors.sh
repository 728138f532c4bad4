#!/usr/bin/env bash
# Runs all vectors of RFC 4226 appendix D and RFC 6238 appendix B through the built module in the real libpam, with the clock that each needs.
# Each right code opens one login, and is refused the second time; the code of the neighboring vector never opens one.
set -euo pipefail
driver=$1 make_store=$2 module=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
user=$(id -un) uid=$(id -u)
faketime=$(find /usr/lib -name libfaketime.so.1 -print -quit)
[ -n "$faketime" ] || { echo "install the Debian package libfaketime"; exit 1; }
mkdir "$work/pam.d"
echo "auth required $module run_dir=$work/run" >"$work/pam.d/vectors"
passed=0 failed=0

# login TIME CODE: the name of the return code
login() {
  printf '%s\n' "$2" | TZ=UTC FAKETIME="$(date -u -d "@$1" '+%Y-%m-%d %H:%M:%S')" FAKETIME_DONT_RESET=1 \
    LD_PRELOAD=$faketime "$driver" --confdir "$work/pam.d" --service vectors --user "$user" | tail -n 1
}

expect() { # WHAT WANTED GOT
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL: $1: wanted $2, got $3"; fi
}

store() { # SECRET ALGORITHM DIGITS
  rm -rf "$work/run"
  "$make_store" "$work/run" "$user" "$uid" "$1" "$2" "$3" 30 0
}

sha1=3132333435363738393031323334353637383930
sha256=${sha1}313233343536373839303132
sha512=${sha1}${sha1}${sha1}31323334

# RFC 4226 appendix D: counters 0 to 9 are the TOTP steps 0 to 9.
codes=(755224 287082 359152 969429 338314 254676 287922 162583 399871 520489)
store $sha1 SHA1 6
for count in "${!codes[@]}"; do
  at=$((count * 30))
  expect "RFC 4226, count $count, the next count's code" PAM_AUTH_ERR "$(login $at "${codes[(count + 1) % 10]}")"
  expect "RFC 4226, count $count" PAM_SUCCESS "$(login $at "${codes[count]}")"
  expect "RFC 4226, count $count, again" PAM_AUTH_ERR "$(login $at "${codes[count]}")"
done

# RFC 6238 appendix B: 8 digits, three algorithms, six times.
while read -r at algorithm code; do
  secret=${algorithm,,}
  store "${!secret}" "$algorithm" 8
  expect "RFC 6238, $algorithm at $at, another code" PAM_AUTH_ERR "$(login "$at" 00000000)"
  expect "RFC 6238, $algorithm at $at" PAM_SUCCESS "$(login "$at" "$code")"
  expect "RFC 6238, $algorithm at $at, again" PAM_AUTH_ERR "$(login "$at" "$code")"
done <<'VECTORS'
59 SHA1 94287082
59 SHA256 46119246
59 SHA512 90693936
1111111109 SHA1 07081804
1111111109 SHA256 68084774
1111111109 SHA512 25091201
1111111111 SHA1 14050471
1111111111 SHA256 67062674
1111111111 SHA512 99943326
1234567890 SHA1 89005924
1234567890 SHA256 91819424
1234567890 SHA512 93441116
2000000000 SHA1 69279037
2000000000 SHA256 90698825
2000000000 SHA512 38618901
20000000000 SHA1 65353130
20000000000 SHA256 77737706
20000000000 SHA512 47863826
VECTORS

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -eq 84 ]
