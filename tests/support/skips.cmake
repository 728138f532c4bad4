# Before the command of a test that not every container may run: ${TWOFACTOR_NEEDS} RIGHT[,RIGHT...] COMMAND...
set(TWOFACTOR_NEEDS ${CMAKE_CURRENT_LIST_DIR}/needs)
# Properties of a test that may be skipped: it ends with the status of support/needs, or Python's unittest says so.
set(TWOFACTOR_SKIPS SKIP_RETURN_CODE 77 SKIP_REGULAR_EXPRESSION "\nOK \\(skipped=")
