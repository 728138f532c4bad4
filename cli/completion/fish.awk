BEGIN {
  FS = "|"
  print "# fish completion of twofactorctl(1), made of cli/command_table.cc."
  print "complete -c twofactorctl -f"
}
function choices(kind) {
  if (kind == "USER") return " -a '(__fish_complete_users)'"
  if (kind == "FILE") return " -F"
  if (kind == "DIRECTORY") return " -a '(__fish_complete_directories)'"
  if (kind == "TEXT") return ""
  gsub(/,/, " ", kind)
  return " -a '" kind "'"
}
function when(condition) { return " -n '__twofactorctl_at " condition "'" }
/^command/ {
  lines = lines "complete -c twofactorctl" when("0") " -a " $2 " -d '" $4 "'\n"
  count = split($3, operands, " ")
  for (i = 1; i <= count; i++) lines = lines "complete -c twofactorctl" when(i " " $2) choices(operands[i]) "\n"
}
/^option/ {
  if ($4 != "") values = values " " $3
  lines = lines "complete -c twofactorctl" ($2 == "*" ? "" : when("any " $2)) " -l " substr($3, 3) \
    ($4 == "" ? "" : ($4 == "FILE" ? " -r" : " -x") choices($4)) " -d '" $5 "'\n"
}
END {
  print "\n# Is the next word at POSITION (0: the command) and, if there is one, of COMMAND?"
  print "function __twofactorctl_at --argument-names position command"
  print "    set -l words\n    set -l value no\n    for word in (commandline -opc)[2..-1]"
  print "        if test $value = yes\n            set value no\n        else if contains -- $word" values "\n            set value yes"
  print "        else if not string match -q -- '-*' $word\n            set -a words $word\n        end\n    end"
  print "    test -z \"$command\"; or test \"$words[1]\" = $command; or return 1"
  print "    test $position = any; or test (count $words) -eq $position\nend\n"
  printf "%s", lines
}
