/* Small outages, each of one cause, written for the tests of the diagnosis: a client with
 * a few hundred ports, a server, and what goes wrong.
 */
#ifndef TESTS_SMALL_OUTAGE_H
#define TESTS_SMALL_OUTAGE_H

struct small_outage {
    const char *name;
    const char *cause; /* that is to be named first; "none" */
    const char *host;  /* whose pool it is */
    /* JSON, put after "duration": hosts, paths, apps, changes */
    const char *scenario;
};

/* Ends with a row without a name. */
extern const struct small_outage small_outages[];

/* The same with what an advice asks for; its phase "late" is the second half. */
struct small_cure {
    const char *outage; /* name */
    const char *advice;
    const char *scenario;
};

/* Ends with a row without an outage. */
extern const struct small_cure small_cures[];

#endif
