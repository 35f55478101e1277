#include "sim/cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/views/human.h"

#define NARROWEST 40u
#define WIDEST    100u /* longer lines are hard to read */

unsigned terminal_columns(void)
{
    struct winsize window = {0};
    if (!isatty(STDOUT_FILENO))
        return 0;
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
    unsigned columns = window.ws_col ? window.ws_col : 80;
    return columns < NARROWEST ? NARROWEST : columns > WIDEST ? WIDEST : columns;
}

unsigned terminal_rows(void)
{
    struct winsize window = {0};
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0
               ? window.ws_row
               : 0;
}

bool terminal_colours(void)
{
    const char *no = getenv("NO_COLOR"), *kind = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && kind && strcmp(kind, "dumb") != 0;
}

bool terminal_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *locale = getenv(names[i]);
        if (locale && *locale) /* the first that is set decides */
            return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
    }
    return false;
}

void terminal_print(FILE *out, const char *text)
{
    human_print(out, text);
}

/* Columns of the first `length` bytes of a UTF-8 text. */
static unsigned columns_of(const char *text, size_t length)
{
    unsigned columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

void terminal_wrap(FILE *out, unsigned column, unsigned indent, unsigned width,
                   const char *text)
{
    bool fresh = true; /* nothing was printed on this line yet */
    while (*text) {
        size_t length = strcspn(text, " ");
        unsigned word = columns_of(text, length);
        if (width && !fresh && column + 1 + word > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            fresh = true;
        }
        fprintf(out, "%s%.*s", fresh ? "" : " ", (int)length, text);
        column += word + !fresh;
        fresh = false;
        text += length + (text[length] == ' ');
    }
    fputc('\n', out);
}

void terminal_wrap_lines(FILE *out, unsigned width, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n"), spaces = strspn(text, " ");
        char *line = memory_text(text + spaces, length - spaces);
        fprintf(out, "%*s", (int)spaces, "");
        terminal_wrap(out, (unsigned)spaces, (unsigned)spaces + 2, width, line);
        free(line);
        text += length + (text[length] == '\n');
    }
}
