/* The sockets of a world as an operator lists them: one by one, or those alike counted.
 *
 * Reads the tables of the net and changes nothing.  A row points to names of the
 * configuration, valid while that is.
 *
 *     one by one      one pass over the records and one over the events that wait
 *     counted         25 ns a record, without a row for each
 */
#ifndef MODELS_SOCKET_ROWS_H
#define MODELS_SOCKET_ROWS_H

#include "models/net.h"
#include "sim/base/field.h"
#include "sim/base/socket_row.h"

typedef void socket_see(void *context, const struct socket_row *row);

/* `row` is one of `count` that are alike. */
typedef void socket_see_alike(void *context, const struct socket_row *row,
                              uint64_t count);

/* Whose sockets: the net, and the configuration its numbers of apps mean. */
struct socket_scene {
    const struct net *net;
    const struct field_list *apps; /* struct app_config */
};

/* Every live socket, in the order of their numbers; with its timer. */
void socket_rows_each(const struct socket_scene *scene, socket_see *see, void *context);

/* What accepts or answers, by host, member and port: the ports a host lists, and of one
 * that accepts on every port those that apps ask for. */
void socket_rows_listening(const struct socket_scene *scene, socket_see *see,
                           void *context);

/* Flows that gateways translate, as their outside sees them. */
void socket_rows_translated(const struct socket_scene *scene, socket_see *see,
                            void *context);

/* All sockets and flows of gateways, counted.  Alike are those that differ in nothing an
 * operator counts by: entry, pool, state, app, owned or not, both addresses, the port
 * where it was accepted or the one it connects to.  Addresses of an entry that has more
 * than `most` of one family are not told apart: rows say any (family 0).  No order that
 * means anything. */
void socket_rows_alike(const struct socket_scene *scene, uint32_t most,
                       socket_see_alike *see, void *context);

#endif
