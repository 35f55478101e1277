/* What a resolved scenario says of itself, for who shows it and need not run it.
 *
 * Reads the JSON of scenario.json as the program wrote it; what is missing or of another
 * kind is simply not there.  Texts are the caller's to free.
 */
#ifndef SIM_RESULTS_RESOLVED_H
#define SIM_RESULTS_RESOLVED_H

/* A text at the top: "about".  NULL: there is none. */
char *resolved_text(const char *json, const char *key);

/* A member of an application, in words: "poisson, rate 40/s" of "arrivals".  NULL: there
 * is none. */
char *resolved_of_app(const char *json, const char *app, const char *key);

#endif
