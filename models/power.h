/* Processes that end and begin, hosts that go down and up: what becomes of their sockets.
 *
 * A process that ends closes nothing: the system does, descriptor by descriptor.  Its
 * connections get a FIN, or an RST where the stack resets for it (`exit_resets`) or the
 * program asked for that (linger 0); what was closed already, TIME_WAIT above all, is the
 * system's own and stays.  Its ports refuse, its users make no attempts: those under way
 * end, and are neither successes nor failures.
 *
 * A host that goes down loses everything without a word, and what is sent to it is lost;
 * it comes up with empty pools and allocators, and answers with RST whoever still
 * believes in an old connection.  All processes that the scenario lets run begin anew.
 * A gateway that goes down forgets the flows it translates; what it does with their next
 * packets when it is up again is its row's affair (strays).
 *
 * Cost: a pass over all sockets for each of them that ends.
 */
#ifndef MODELS_POWER_H
#define MODELS_POWER_H

#include "models/net.h"

/* Lets run, from now on, what `hosts` (list of struct host_config) says. */
void power_reconfigure(struct net *net, const struct field_list *hosts);

#endif
