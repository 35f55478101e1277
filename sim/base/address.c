#include "sim/base/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

bool ip_address_parse(const char *text, struct ip_address *out)
{
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, out->bytes) == 1) {
        out->family = 4;
        return true;
    }
    if (inet_pton(AF_INET6, text, out->bytes) == 1) {
        out->family = 6;
        return true;
    }
    return false;
}

const char *ip_address_text(const struct ip_address *a, char out[IP_ADDRESS_TEXT])
{
    if (!inet_ntop(a->family == 6 ? AF_INET6 : AF_INET, a->bytes, out, IP_ADDRESS_TEXT))
        out[0] = '\0';
    return out;
}

const char *ip_endpoint_text(const struct ip_address *a, uint16_t port,
                             char out[IP_ENDPOINT_TEXT])
{
    char text[IP_ADDRESS_TEXT] = "*";
    if (a->family)
        ip_address_text(a, text);
    if (port == 0)
        snprintf(out, IP_ENDPOINT_TEXT, "%s", text);
    else
        snprintf(out, IP_ENDPOINT_TEXT, a->family == 6 ? "[%s]:%u" : "%s:%u", text,
                 (unsigned)port);
    return out;
}

bool ip_address_equal(const struct ip_address *a, const struct ip_address *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

struct ip_address ip_address_add(struct ip_address a, uint32_t n)
{
    int last = a.family == 6 ? 15 : 3;
    for (int i = last; i >= 0 && n; i--) {
        n += a.bytes[i];
        a.bytes[i] = (uint8_t)n;
        n >>= 8;
    }
    return a;
}
