/* UTF-8, one character at a time (RFC 3629). */
#ifndef SIM_BASE_UTF8_H
#define SIM_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the character that begins at `text` and ends before `end`; requires text < end.
 * Returns its length in bytes and sets *code; 0 when the bytes are not UTF-8: overlong,
 * a surrogate, beyond U+10FFFF, cut off. */
size_t utf8_decode(const char *text, const char *end, uint32_t *code);

/* Writes `code` as UTF-8, without terminating zero, and returns the bytes written.
 * Requires a character: at most U+10FFFF and no surrogate. */
size_t utf8_encode(uint32_t code, char out[4]);

/* True for characters that can move the cursor, hide or reorder text on a terminal:
 * control characters and the bidirectional overrides. */
bool utf8_unsafe(uint32_t code);

#endif
