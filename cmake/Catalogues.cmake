# Translations, by gettext. xgettext and msgmerge run only for those who change a message (target 'catalogues').
find_package(Gettext 0.21 REQUIRED)
find_program(XGETTEXT xgettext)

set(TWOFACTOR_LANGUAGES de zh_CN)
# As libc's own search for catalogues has it, so that tests bind this folder.
set(TWOFACTOR_BUILT_LOCALE_DIR ${CMAKE_BINARY_DIR}/locale)
add_custom_target(catalogues)

# The catalogues of this folder's messages: po/DOMAIN.pot and a po/LANGUAGE.po for each language. They are compiled and installed with the rest; the target
# 'catalogues' refreshes the sources of them.
function(twofactor_catalogues domain)
  set(po ${CMAKE_CURRENT_SOURCE_DIR}/po)
  foreach(language IN LISTS TWOFACTOR_LANGUAGES)
    set(folder ${TWOFACTOR_BUILT_LOCALE_DIR}/${language}/LC_MESSAGES)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(OUTPUT ${folder}/${domain}.mo
      COMMAND ${GETTEXT_MSGFMT_EXECUTABLE} --check -o ${folder}/${domain}.mo ${po}/${language}.po
      DEPENDS ${po}/${language}.po VERBATIM)
    list(APPEND compiled ${folder}/${domain}.mo)
    install(FILES ${folder}/${domain}.mo DESTINATION ${CMAKE_INSTALL_LOCALEDIR}/${language}/LC_MESSAGES)
  endforeach()
  add_custom_target(${domain}_catalogues ALL DEPENDS ${compiled})
  if(XGETTEXT)
    add_custom_target(${domain}_refresh
      COMMAND ${PROJECT_SOURCE_DIR}/cmake/refresh-catalogues ${CMAKE_CURRENT_SOURCE_DIR} ${domain} ${TWOFACTOR_LANGUAGES}
      VERBATIM)
    add_dependencies(catalogues ${domain}_refresh)
  endif()
endfunction()
