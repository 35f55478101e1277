/* A comparison on the standard output, for people, pages and programs: one file each,
 * one line in COMPARE_FORMATS.
 */
#ifndef SIM_CLI_COMPARE_FORMAT_H
#define SIM_CLI_COMPARE_FORMAT_H

#include <stdio.h>

#include "sim/base/json.h"
#include "sim/study/compare/compare.h"

/* A comparison, and what its reader must know beside it. */
struct compare_report {
    const struct comparison *result;
    const char *a, *b; /* what they are */
    uint32_t replications;
    bool interrupted; /* not all of them came to an end */
    bool all;         /* list what does not differ too */
    bool colour;
};

struct compare_format {
    const char *name;
    void (*print)(FILE *out, const struct compare_report *report);
};

#define COMPARE_FORMATS(X) X(text) X(markdown) X(junit) X(json)

#define X(name) extern const struct compare_format compare_format_##name;
COMPARE_FORMATS(X)
#undef X

/* The format of that name; NULL if there is none. */
const struct compare_format *compare_format_find(const char *name);

/* The comparison as --format json has it. */
void compare_json(struct json_text *j, const struct compare_report *report);

/* --- what they share --------------------------------------------------------------- */

#define COMPARE_TEXT 80

/* "8.41", "1,118", "null". */
const char *compare_number(double value, char out[COMPARE_TEXT]);

/* "+1,110 ± 12": as many digits as the half-width knows. */
const char *compare_difference(const struct estimate *difference, char out[COMPARE_TEXT]);

/* "+13 %", of A; "" where A is 0. */
const char *compare_change(const struct compare_line *line, char out[COMPARE_TEXT]);

/* "88": how many runs without common random numbers each run stands for; "" where that
 * has no answer. */
const char *compare_worth(double variance_ratio, char out[COMPARE_TEXT]);

/* Why a line has its verdict: "within 1.2", "40 replications would". */
const char *compare_reason(const struct compare_line *line, char out[COMPARE_TEXT]);

/* "B is worse in 2 of 14 metrics". */
const char *compare_sentence(const struct compare_report *report, char out[COMPARE_TEXT]);

/* Whether a line is listed unless all are. */
bool compare_matters(const struct compare_line *line);

/* The lines of a case that are listed, those that matter most first; the array is the
 * caller's to free. */
const struct compare_line **compare_listed(const struct compare_case *c, bool all,
                                           uint32_t *count);

#endif
