/* A host reduced to what an allocator sees: a port space, a range, a stream, a clock.
 *
 * Ports chosen are checked to be inside the range and free before they are taken, so
 * every test of an allocator is a test of that, too.
 */
#ifndef TESTS_PORT_LAB_H
#define TESTS_PORT_LAB_H

#include "models/port_allocator.h"

struct scenario;
struct issues;

/* An allocator's own keys, read as a scenario states them. */
struct port_lab_config {
    const void *config; /* what an allocator is given */
    struct scenario *statement;
    struct issues *issues;
};

/* {"tries": 2}, without "kind"; fails the test if the allocator has no such keys. */
struct port_lab_config port_lab_config_read(const struct port_allocator_ops *ops,
                                            const char *json);
void port_lab_config_free(struct port_lab_config *c);

struct port_lab {
    const struct port_allocator_ops *ops;
    const void *config; /* that of `own` */
    void *state;
    struct port_space *space;
    struct random_stream chance;
    struct port_request request; /* what is asked next: may be changed between choices */
    struct port_lab_config own;
};

/* The local address of the lab's requests. */
#define PORT_LAB_ADDRESS 1

/* A destination of that number. */
static inline struct port_destination port_lab_place(uint32_t number)
{
    return (struct port_destination){100 + number, 80};
}

/* The allocator of that name with its defaults, the scope it is known with. */
struct port_lab port_lab_new(const char *name, struct port_range range, uint64_t seed);

/* The same with keys of its own, as port_lab_config_read() reads them. */
struct port_lab port_lab_stated(const char *name, const char *json,
                                struct port_range range, uint64_t seed);

/* The same, printed. */
struct port_lab port_lab_printed(struct port_range range, uint64_t seed, const char *name,
                                 const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void port_lab_free(struct port_lab *lab);

/* Asks, without taking. */
struct port_answer port_lab_choose(struct port_lab *lab, struct port_destination to);

/* Asks and takes what it was given, if anything. */
struct port_answer port_lab_connect(struct port_lab *lab, struct port_destination to);

/* Of the inside host that the request names, as connecting was. */
void port_lab_disconnect(struct port_lab *lab, uint16_t port, struct port_destination to);

/* Connects `count` times, every time with success. */
void port_lab_fill(struct port_lab *lab, struct port_destination to, uint32_t count);

/* Holds every port of the range toward `to`, except one (0: no exception). */
void port_lab_hold_all(struct port_lab *lab, struct port_destination to, uint16_t except);

#endif
