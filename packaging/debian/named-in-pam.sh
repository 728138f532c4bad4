# Prints the lines of the PAM configuration that name the module. If $1 is "hand-written", prints only those that pam-auth-update does not manage.
# Ignores the copies that packaging tools leave beside a file, as they belong to no service.
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

# Fails, and with it the removal, before anything is changed: a line that names a module that is missing, or that cannot verify codes, locks everybody
# out.
refuse_where_named() {
  lines=$(lines_naming_the_module "$1")
  [ -n "$lines" ] || return 0
  cat >&2 <<REFUSED

$DPKG_MAINTSCRIPT_PACKAGE is not removed, because logins need it:

$lines

Without the package, these lines would lock everybody out. Delete them, then remove the package again.

REFUSED
  exit 1
}
