#include "sim/results/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* C0, DEL, and the C1 controls, which are 0xC2 0x80..0x9F in UTF-8: a terminal obeys all
 * of them. */
static void disarm(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p; p++) {
        bool c1 = p[0] == 0xC2 && p[1] >= 0x80 && p[1] <= 0x9F;
        if (*p < 0x20 || *p == 0x7F || c1)
            *p = '?';
        if (c1)
            *++p = '?';
    }
}

static void fill(struct results_error *error, int code, const char *format, va_list list)
    __attribute__((format(printf, 3, 0)));

static void fill(struct results_error *error, int code, const char *format, va_list list)
{
    int length = vsnprintf(error->text, sizeof error->text, format, list);
    error->code = code;
    error->asked = false;
    if (code && length >= 0 && (size_t)length < sizeof error->text)
        snprintf(error->text + length, sizeof error->text - (size_t)length, ": %s",
                 strerror(code));
    disarm(error->text);
}

bool results_fail(struct results_error *error, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, code, format, arguments);
    va_end(arguments);
    return false;
}

bool results_refuse(struct results_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, 0, format, arguments);
    va_end(arguments);
    error->asked = true;
    return false;
}
