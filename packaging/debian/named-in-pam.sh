# Prints the lines of PAM's configuration that name the module, or those outside of what pam-auth-update manages, where $1 is "hand-written".
# Copies that the packaging tools leave beside a file are nobody's service.
lines_naming_the_module() {
  for file in /etc/pam.conf /etc/pam.d/*; do
    case $file in
      *~ | *.dpkg-* | *.ucf-* | *.pam-old | *.pam-new) continue ;;
    esac
    [ -f "$file" ] || continue
    awk -v which="$1" '
      FILENAME ~ /\/common-/ && /^# here are the per-package modules/ { managed = 1 }
      /^# end of pam-auth-update config/ { managed = 0 }
      {
        rule = $0
        sub(/#.*/, "", rule)
        if (rule ~ /pam_twofactor\.so/ && !(managed && which == "hand-written")) print "  " FILENAME ":" FNR ": " $0
      }' "$file"
  done
}

# Ends with an error, and with it the removal, before anything was changed: a line that names a module which is not there, or which can verify no
# code, keeps everybody out.
refuse_where_named() {
  lines=$(lines_naming_the_module "$1")
  [ -n "$lines" ] || return 0
  cat >&2 <<REFUSED

$DPKG_MAINTSCRIPT_PACKAGE is not removed, because logins need it:

$lines

With these lines and without it nobody could log in. Take them out, then remove it again.

REFUSED
  exit 1
}
