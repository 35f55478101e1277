#include "tests/hostile.h"

#include <string.h>

#include "sim/base/memory.h"

const char *const hostile_texts[] = {
    "`touch CANARY`",
    "\\140touch CANARY\\140",
    "$(touch CANARY)",
    "\"`touch CANARY`\"",
    "x'; system('touch CANARY'); set title '",
    "x\"; system(\"touch CANARY\"); set title \"",
    "x''; system('touch CANARY'); '",
    "'",
    "''",
    "'''",
    "\"",
    "\\",
    "\\'",
    "x\\'; system('touch CANARY') #",
    "x\nsystem('touch CANARY')\n",
    "x\r\n!touch CANARY\r\n",
    "x\n!touch CANARY",
    "x\nEOD\nsystem('touch CANARY')\n",
    "EOD",
    "! touch CANARY",
    "| touch CANARY",
    "|touch CANARY",
    "< touch CANARY",
    "<touch CANARY",
    "@macro",
    "@ARG1",
    "x; load '< touch CANARY'",
    "x; plot '< touch CANARY'",
    "x; set output '|touch CANARY'",
    "x; set print '|touch CANARY'",
    "set term png; set output 'CANARY'; plot x",
    "${HOME}",
    "%s%n%s%n%d",
    "%g %%",
    "{/Symbol a}_b^c &{x}",
    "#comment",
    "x\\\n",
    "a;b,c",
    "=HYPERLINK(\"http://x\",\"y\")",
    "../../../../tmp/x",
    "-",
    "--help",
    " ",
    "\t",
    "\x1B[2J\x1B]0;title\x07",
    "\xC2\x9B"
    "2J",
    "\xFF\xFE\x80",
    "\xF0\x9F\x94\xA5 fire \xE2\x80\xAE reversed",
    "\xE2\x80\xA8line separator",
    "<script>alert(1)</script>",
    "<script>alert(1)</script><!--",
    "]]></svg><svg onload=\"alert(1)\">",
    "&lt;&#x41;&",
    "'.system('touch CANARY').'",
    "x' . `touch CANARY` . 'x",
    "\",\"' ; !touch CANARY",
    "a.b.c",
    "hosts.proxy.tcp4.in_use",
    "012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
    "4"
    "012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
    "4"
    "012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
    "4"
    "`touch CANARY`",
    "''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''"
    "''"
    "''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''"
    "''"
    "'''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''' `touch CANARY`",
    NULL,
};

char *hostile_text(const char *text, const char *canary)
{
    const char *at = strstr(text, "CANARY");
    if (!at)
        return memory_text(text, strlen(text));
    return memory_print("%.*s%s%s", (int)(at - text), text, canary,
                        at + strlen("CANARY"));
}
