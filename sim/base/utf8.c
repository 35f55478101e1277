#include "sim/base/utf8.h"

#include "sim/base/bug.h"

/* The well-formed sequences by lead byte: RFC 3629 section 4.  Only the second byte is
 * bounded more tightly than 80..BF. */
static const struct {
    unsigned char lead_low, lead_high, second_low, second_high;
    size_t length;
} forms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

static size_t form_of(unsigned char lead)
{
    size_t i = 0;
    while (i < sizeof forms / sizeof forms[0] &&
           (lead < forms[i].lead_low || lead > forms[i].lead_high))
        i++;
    return i;
}

size_t utf8_decode(const char *text, const char *end, uint32_t *code)
{
    const unsigned char *p = (const unsigned char *)text;
    *code = p[0];
    if (p[0] < 0x80)
        return 1;
    size_t form = form_of(p[0]);
    if (form == sizeof forms / sizeof forms[0])
        return 0;
    size_t length = forms[form].length;
    if ((size_t)(end - text) < length || p[1] < forms[form].second_low ||
        p[1] > forms[form].second_high)
        return 0;
    *code = p[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (p[i] & 0x3F);
    }
    return length;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    SIM_ASSERT(code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF));
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)((0xF00u >> length & 0xFF) | code);
    return length;
}

bool utf8_unsafe(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}
