/* What the tools of the systems call what we call otherwise. */
#ifndef SIM_VIEWS_SOCKETS_WORDS_H
#define SIM_VIEWS_SOCKETS_WORDS_H

#include <stdbool.h>

#include "sim/base/socket_row.h"

enum sockets_tool { TOOL_SS, TOOL_NETSTAT, TOOL_WINDOWS, TOOL_COUNT };

/* "FIN-WAIT-1", "FIN_WAIT1", "FIN_WAIT_1"; NULL: the tool does not list such a socket. */
const char *sockets_state_word(enum sockets_tool tool, const struct socket_row *row);

/* Whether the tool lists the socket at all: none lists flows of a gateway. */
bool sockets_is_listed(enum sockets_tool tool, const struct socket_row *row);

/* The name of the process without what would break a line; "" if it has none. */
#define SOCKETS_NAME 64
const char *sockets_process_name(const struct socket_row *row, char out[SOCKETS_NAME]);

/* Numbers of descriptors, as a process would have got them one by one; the first three
 * are its standard files. */
struct sockets_descriptors;
struct sockets_descriptors *sockets_descriptors_new(void);
unsigned sockets_descriptor_next(struct sockets_descriptors *d,
                                 const struct socket_row *row);
void sockets_descriptors_free(struct sockets_descriptors *d);

#endif
