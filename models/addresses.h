/* Who has which address: those the scenario gives, and for everybody else one in turn.
 *
 * The numbers that sockets have instead of addresses are places in one table for each
 * family, in which a host's addresses follow one another.  A host has room for all it
 * ever has: first those it begins with, then those that changes add, in the order in
 * which they come.  One that is taken away keeps its place, for the sockets it still has.
 */
#ifndef MODELS_ADDRESSES_H
#define MODELS_ADDRESSES_H

#include "models/net.h"

struct world_config;

/* Fills the tables of the net; returns, of every entry, the pools it is used with and
 * where its addresses are: the caller's to free. */
struct host_use *addresses_number(struct net *net, const struct world_config *config);

/* From now on hosts use the addresses that `config` gives them. */
void addresses_change(struct net *net, const struct world_config *config);

#endif
