#!/usr/bin/env bash
# Logs in through the real libpam with a real journald, in a private mount namespace. Each login writes one entry, with the fields that
# pam_twofactor(8) names and the text that pam_syslog had; a hostile name adds none; journalctl -x explains the entry; no code is in it.
set -euo pipefail
if [ -z "${TWOFACTOR_INSIDE:-}" ]; then
  TWOFACTOR_INSIDE=1 exec unshare --mount --propagation private "$0" "$@"
fi
driver=$1 make_store=$2 module=$3 catalog=$4
work=$(mktemp -d)
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal /run/log/journal
/lib/systemd/systemd-journald 2>"$work/journald.log" &
journald=$!
trap 'kill $journald; wait $journald || true; umount /var/lib/systemd/catalog 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 600); do [ ! -S /run/systemd/journal/socket ] || break; sleep 0.1; done
[ -S /run/systemd/journal/socket ] || { cat "$work/journald.log"; exit 1; }

user=$(id -un)
mkdir "$work/pam.d"
echo "auth required $module run_dir=$work/store" >"$work/pam.d/sshd"
"$make_store" "$work/store" "$user" "$(id -u)" 3132333435363738393031323334353637383930 SHA1 6 30 0
login() { printf '246813\n' | "$driver" --confdir "$work/pam.d" --service sshd --user "$1" || true; }
login "$user" >/dev/null
login $'eve\nTWOFACTOR_OUTCOME=accepted' >/dev/null
entries() { journalctl --directory=/run/log/journal --no-pager --quiet "$@"; }
for _ in $(seq 600); do [ "$(entries -o cat TWOFACTOR_OUTCOME=refused | wc -l)" -lt 2 ] || break; sleep 0.1; done

failed=0
expect() { # WHAT WANTED GOT
  [ "$2" = "$3" ] || { echo "FAIL: $1: wanted '$2', got '$3'"; failed=1; }
}
field() { entries -o cat --output-fields="$1" TWOFACTOR_USER="$user"; }
expect 'one entry a login' 2 "$(entries -o cat SYSLOG_FACILITY=10 | wc -l)"
expect 'the words' "pam_twofactor(sshd:auth): user $user: second factor refused: wrong code" "$(field MESSAGE)"
expect 'service' sshd "$(field TWOFACTOR_SERVICE)"
expect 'reason' 'wrong code' "$(field TWOFACTOR_REASON)"
expect 'origin' unknown "$(field TWOFACTOR_ORIGIN)"
expect 'id' cf051714261a41d78302bf25c30a7fee "$(field MESSAGE_ID)"
expect 'priority' 5 "$(field PRIORITY)"
expect 'identifier' "$(basename "$driver")" "$(field SYSLOG_IDENTIFIER)"
expect 'a hostile name makes no field' 0 "$(entries -o cat TWOFACTOR_OUTCOME=accepted 2>/dev/null | wc -l)"
expect "the manual's example" 2 "$(entries -o cat TWOFACTOR_OUTCOME=refused TWOFACTOR_OUTCOME=throttled | wc -l)"
expect 'a code in the journal' 0 "$(entries -o export | grep -ac 246813)"
mkdir -p "$work/root/usr/lib/systemd/catalog" "$work/root/var/lib/systemd/catalog"
cp "$catalog" "$work/root/usr/lib/systemd/catalog"
journalctl --root="$work/root" --update-catalog
mount --bind "$work/root/var/lib/systemd/catalog" /var/lib/systemd/catalog
entries -x TWOFACTOR_USER="$user" | grep -q "The second factor of $user was refused" ||
  { echo 'FAIL: journalctl -x does not explain it'; failed=1; }
exit $failed
