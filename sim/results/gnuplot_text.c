/* The words of a gnuplot script: strings and numbers that cannot be anything else. */
#include <math.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/utf8.h"
#include "sim/results/gnuplot.h"

#define APOSTROPHE  "\xE2\x80\x99" /* U+2019 */
#define ELLIPSIS    "\xE2\x80\xA6" /* U+2026 */
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* Control characters, and what breaks a line or turns it around. */
static bool is_control(uint32_t code)
{
    return utf8_unsafe(code) || code == 0x2028 || code == 0x2029;
}

/* Inside single quotes gnuplot reads '' as one quote, but not at the start of a string,
 * nor twice in a row (5.4.4: "unrecognized token").  So there is no quote inside at all.
 */
void gnuplot_string(struct text *script, const char *text)
{
    const char *p = text, *end = text + strlen(text);
    text_add(script, "'", 1);
    for (unsigned characters = 0; *p; characters++) {
        if (characters == GNUPLOT_STRING_MAX - 1 && p[1]) {
            text_print(script, ELLIPSIS);
            break;
        }
        uint32_t code;
        size_t length = utf8_decode(p, end, &code);
        if (length == 0)
            text_print(script, REPLACEMENT);
        else if (is_control(code))
            text_add(script, " ", 1);
        else if (*p == '\'')
            text_print(script, APOSTROPHE);
        else
            text_add(script, p, length);
        p += length ? length : 1;
    }
    text_add(script, "'", 1);
}

void gnuplot_number(struct text *script, double value)
{
    char number[NUMBER_TEXT];
    text_print(script, "%s", isfinite(value) ? number_text(value, number) : "NaN");
}

void gnuplot_set_string(struct text *script, const char *name, const char *text)
{
    text_print(script, "%s = ", name);
    gnuplot_string(script, text);
    text_add(script, "\n", 1);
}

void gnuplot_set_number(struct text *script, const char *name, double value)
{
    text_print(script, "%s = ", name);
    gnuplot_number(script, value);
    text_add(script, "\n", 1);
}

void gnuplot_set_numbers(struct text *script, const char *name, const double *values,
                         unsigned count)
{
    text_print(script, "array %s[%u] = [", name, count ? count : 1);
    for (unsigned i = 0; i < count; i++) {
        if (i)
            text_add(script, ", ", 2);
        gnuplot_number(script, values[i]);
    }
    text_print(script, "%s]\n", count ? "" : "0");
}

void gnuplot_set_strings(struct text *script, const char *name, const char *const *texts,
                         unsigned count)
{
    text_print(script, "array %s[%u] = [", name, count ? count : 1);
    for (unsigned i = 0; i < count; i++) {
        if (i)
            text_add(script, ", ", 2);
        gnuplot_string(script, texts[i]);
    }
    text_print(script, "%s]\n", count ? "" : "''");
}
