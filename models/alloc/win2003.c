/* Windows 2000, XP and Server 2003: one cursor for the host, always upwards. */
#include "models/alloc/list.h"
#include "models/alloc/walks.h"

const struct port_allocator_ops port_allocator_win2003 = {
    .name = "win2003",
    .summary = "the next port after the last one given, one cursor for the whole host",
    .systems = "Windows 2000, XP, Server 2003: 1025-5000, MaxUserPort raises the top",
    .source = "Microsoft TCP/IP port exhaustion guide; MODEL.md A4.1.  The order is an "
              "inference",
    .order = "sequential, upwards, wrapping",
    .state = "one cursor",
    .cost = "1 plus the length of the run of taken ports; a failure N",
    .failure = "WSAEADDRINUSE or WSAENOBUFS",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .state_size = walk_cursor_size,
    .choose = walk_sequential,
};
