# Three tables as shell functions; bash.tail has what uses them.
BEGIN { FS = "|" }
/^command/ {
  commands = commands " " $2
  names[++last] = $2
  count = split($3, operands, " ")
  for (i = 1; i <= count; i++) operand_cases = operand_cases "    '" $2 " " i "') echo '" operands[i] "' ;;\n"
}
/^option/ {
  options[$2] = options[$2] " " $3
  if ($4 != "") value_cases = value_cases "    " ($2 == "*" ? "*' " : "'" $2 " ") $3 "') echo '" $4 "' ;;\n"
}
END {
  print "# bash completion of twofactorctl(1), made of cli/command_table.cc."
  print "_twofactorctl_commands='" substr(commands, 2) "'"
  print "\n# The kind of an option's value: COMMAND OPTION"
  print "_twofactorctl_value() {\n  case \"$1 $2\" in\n" value_cases "    *) return 1 ;;\n  esac\n}"
  print "\n# The kind of an operand: COMMAND POSITION"
  print "_twofactorctl_operand() {\n  case \"$1 $2\" in\n" operand_cases "    *) return 1 ;;\n  esac\n}"
  print "\n_twofactorctl_options() {\n  echo '" substr(options["*"], 2) "'\n  case $1 in"
  for (i = 1; i <= last; i++)
    if (names[i] in options) print "    '" names[i] "') echo '" substr(options[names[i]], 2) "' ;;"
  print "  esac\n}\n"
}
