/* Which sockets a host of a world has at a moment, after all events of that moment, as a
 * line of text that a test states: "50000:FIN_WAIT_2 50001:ESTABLISHED", by port.  An
 * accepted socket shows its peer's port.
 */
#ifndef TESTS_SOCKETS_SEEN_H
#define TESTS_SOCKETS_SEEN_H

#include "models/world.h"

/* Fails the test, with both lines, unless the host has these. */
void expect_sockets(struct world *w, const char *host, const char *expected);

#endif
