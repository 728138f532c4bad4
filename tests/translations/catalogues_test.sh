#!/usr/bin/env bash
# catalogues_test.sh SOURCE LANGUAGE...: the templates are what xgettext makes of the sources; each language has every message, with its placeholders, and
# nothing that waits for a translator.
set -euo pipefail
source=$1
shift
fault() { echo "$* ('cmake --build BUILD --target catalogues' refreshes; see docs/translations.md)"; failed=1; }
failed=0
for folder in pam_module:pam_twofactor cli:twofactorctl; do
  domain=${folder#*:} po=$source/${folder%:*}/po
  # Through msgcat, because xgettext breaks lines differently from version to version.
  diff -u <(msgcat "$po/$domain.pot") <("$source/cmake/extract-messages" "$source/${folder%:*}" "$domain" | msgcat -) || fault "$po/$domain.pot is old"
  for language; do
    LC_ALL=C msgfmt --check --statistics -o /dev/null "$po/$language.po" || fault "$po/$language.po is not well-formed"
    LC_ALL=C msgcmp "$po/$language.po" "$po/$domain.pot" || fault "$po/$language.po lacks messages"
    [ -z "$(msgattrib --only-obsolete "$po/$language.po")" ] || fault "$po/$language.po keeps what nobody says"
  done
  present=$(cd "$po" && ls ./*.po | wc -l)
  [ "$present" = "$#" ] || fault "$po has languages that are not built"
done
exit $failed
