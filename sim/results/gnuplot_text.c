/* The words of a gnuplot script: strings and numbers that cannot be anything else. */
#include <math.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/results/gnuplot.h"

#define APOSTROPHE  "\xE2\x80\x99" /* U+2019 */
#define ELLIPSIS    "\xE2\x80\xA6" /* U+2026 */
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* Bytes of the character at `p`, 0 if they are no UTF-8 (RFC 3629 section 4: no overlong
 * forms, no surrogates, nothing above U+10FFFF). */
static size_t utf8_length(const unsigned char *p)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high, length;
    } forms[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
        {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    if (p[0] < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (p[0] < forms[i].first_low || p[0] > forms[i].first_high)
            continue;
        if (p[1] < forms[i].second_low || p[1] > forms[i].second_high)
            return 0;
        for (size_t k = 2; k < forms[i].length; k++)
            if (p[k] < 0x80 || p[k] > 0xBF)
                return 0;
        return forms[i].length;
    }
    return 0;
}

/* C0, DEL, C1 and the line separators. */
static bool is_control(const unsigned char *p)
{
    return p[0] < 0x20 || p[0] == 0x7F || (p[0] == 0xC2 && p[1] < 0xA0) ||
           (p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9));
}

/* Inside single quotes gnuplot reads '' as one quote, but not at the start of a string,
 * nor twice in a row (5.4.4: "unrecognized token").  So there is no quote inside at all.
 */
void gnuplot_string(struct text *script, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    text_add(script, "'", 1);
    for (unsigned characters = 0; *p; characters++) {
        if (characters == GNUPLOT_STRING_MAX - 1 && p[1]) {
            text_print(script, ELLIPSIS);
            break;
        }
        size_t length = utf8_length(p);
        if (length == 0)
            text_print(script, REPLACEMENT);
        else if (is_control(p))
            text_add(script, " ", 1);
        else if (*p == '\'')
            text_print(script, APOSTROPHE);
        else
            text_add(script, (const char *)p, length);
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
