/* What a resolved scenario says of itself, for who shows it and need not run it.
 *
 * Reads the JSON of scenario.json as the program wrote it; what is missing or of another
 * kind is simply not there.  Texts are the caller's to free.
 */
#ifndef SIM_RESULTS_RESOLVED_H
#define SIM_RESULTS_RESOLVED_H

#include <stdint.h>

/* A text at the top: "about".  NULL: there is none. */
char *resolved_text(const char *json, const char *key);

/* A member of an application, in words: "poisson, rate 40/s" of "arrivals".  NULL: there
 * is none. */
char *resolved_of_app(const char *json, const char *app, const char *key);

/* --- several ---------------------------------------------------------------------------
 */

/* A path at which scenarios differ. */
struct resolved_difference {
    char *path;    /* "hosts.proxy.tcp.fin_wait_2" */
    char **values; /* of each scenario, "10min", lists as JSON; NULL: it has none */
};

struct resolved_differences {
    struct resolved_difference *at; /* in the order of the files */
    uint32_t count, scenarios;
};

/* Where they differ; "about" and the like, which are words for people, are passed over.
 * None are found where one of them is NULL or cannot be read. */
struct resolved_differences resolved_compare(const char *const *jsons, uint32_t count);
void resolved_differences_free(struct resolved_differences *d);

#endif
