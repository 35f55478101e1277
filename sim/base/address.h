/* An IP address as a value: IPv4 or IPv6, in network byte order. */
#ifndef SIM_BASE_ADDRESS_H
#define SIM_BASE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ip_address {
    uint8_t family;    /* 4, 6; 0 = none */
    uint8_t bytes[16]; /* IPv4 uses the first four, the rest is zero */
};

/* The longest text of an address, with the terminating zero. */
#define IP_ADDRESS_TEXT 46

/* Numbers only ("10.0.0.1", "2001:db8::1"); never asks a resolver.  False if `text` is
 * not an address. */
bool ip_address_parse(const char *text, struct ip_address *out);

/* Writes the canonical text and returns `out`. */
const char *ip_address_text(const struct ip_address *a, char out[IP_ADDRESS_TEXT]);

/* "10.0.0.1:445", "[2001:db8::1]:445"; port 0: "10.0.0.1"; of no address "*:445" and "*".
 * Returns `out`. */
#define IP_ENDPOINT_TEXT (IP_ADDRESS_TEXT + 8)
const char *ip_endpoint_text(const struct ip_address *a, uint16_t port,
                             char out[IP_ENDPOINT_TEXT]);

bool ip_address_equal(const struct ip_address *a, const struct ip_address *b);

/* a + n, as one big number; wraps inside the family. */
struct ip_address ip_address_add(struct ip_address a, uint32_t n);

#endif
