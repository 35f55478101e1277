/* A capture as lines of text, whatever bytes it came in.
 *
 * UTF-16 in either order is told by its byte-order mark, or without one by every other
 * byte being zero, as PowerShell 5 writes; anything else is taken as bytes, UTF-8 or a
 * code page, and what is beyond ASCII is the reader's to fold (capture_words.h).  A
 * byte-order mark is not part of the first line, an end of line may be CR LF.
 *
 * Cost: one pass, 64 KiB and one line of memory; a line beyond CAPTURE_LINE_MAX bytes is
 * cut there and marked, however long it is.
 */
#ifndef SIM_VIEWS_CAPTURE_LINES_H
#define SIM_VIEWS_CAPTURE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_LINE_MAX 8192

enum capture_encoding {
    CAPTURE_BYTES,
    CAPTURE_UTF16_LITTLE,
    CAPTURE_UTF16_BIG,
};

struct capture_lines {
    int handle;  /* not owned */
    int failed;  /* errno of the read that failed; 0: none */
    size_t line; /* number of the last line, from 1 */
    char *text;  /* of that line, zero-terminated; may be written to */
    size_t length;
    bool too_long, holds_zero; /* what is wrong with that line */
    bool unended;              /* it was the last and had no end */
    bool half;                 /* the file ended inside a UTF-16 unit */

    enum capture_encoding encoding;
    bool begun;
    unsigned char *bytes; /* as read, from `at` to `filled` */
    size_t at, filled;
    uint32_t high; /* first half of a surrogate pair; 0: none */
};

void capture_lines_init(struct capture_lines *l, int handle);
void capture_lines_free(struct capture_lines *l);

/* Moves to the next line; false at the end, and when reading failed. */
bool capture_lines_next(struct capture_lines *l);

#endif
