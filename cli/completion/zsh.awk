BEGIN { FS = "|" }
function action(kind) {
  if (kind == "USER") return "user:_users"
  if (kind == "FILE") return "file:_files"
  if (kind == "DIRECTORY") return "directory:_files -/"
  if (kind == "TEXT") return "value: "
  gsub(/,/, " ", kind)
  return "word:(" kind ")"
}
/^command/ {
  names[++commands] = $2
  described = described "  '" $2 ":" $4 "'\n"
  count = split($3, operands, " ")
  for (i = 1; i <= count; i++) words[$2] = words[$2] " \\\n        '" i ":" action(operands[i]) "'"
}
/^option/ { words[$2] = words[$2] " \\\n        '" $3 "[" $5 "]" ($4 == "" ? "" : ":" action($4)) "'" }
END {
  print "#compdef twofactorctl"
  print "# zsh completion of twofactorctl(1), made of cli/command_table.cc."
  print "local -a commands\nlocal curcontext=$curcontext state line\ncommands=(\n" described ")"
  print "_arguments -C" words["*"] " \\\n        '1:command:->command' '*::argument:->argument'"
  print "case $state in\n  command) _describe command commands ;;\n  argument)\n    case $words[1] in"
  for (i = 1; i <= commands; i++) print "      " names[i] ") _arguments" words["*"] words[names[i]] " ;;"
  print "    esac ;;\nesac"
}
