/* Whether the bytes gnuplot gave are a whole picture.
 *
 * gnuplot's exit status does not say: on a full disk, or stopped half-way, it reports
 * success.  So the picture itself is looked at before it gets its name.
 */
#ifndef SIM_RESULTS_PICTURE_H
#define SIM_RESULTS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

/* PNG signature at the start, IEND chunk at the end (ISO/IEC 15948, 5.2 and 11.2.5). */
bool picture_is_png(const char *bytes, size_t length);

/* An XML declaration at the start, </svg> at the end, and no script in it. */
bool picture_is_svg(const char *bytes, size_t length);

/* At least one line, and no control characters but line ends and the form feed with which
 * gnuplot's dumb terminal begins a page. */
bool picture_is_plain(const char *bytes, size_t length);

#endif
