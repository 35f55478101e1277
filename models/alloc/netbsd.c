#include "models/alloc/netbsd.h"

#include <stddef.h>

#include "models/port_hash.h"

struct port_answer netbsd_or_bsd(struct port_answer answer,
                                 const struct port_request *request,
                                 struct walk_cursor *cursor)
{
    if (answer.port)
        return answer;
    struct port_view view = port_request_view(request);
    struct port_answer last = walk_down_from_cursor(&view, cursor);
    last.probes += answer.probes;
    return last;
}

uint16_t netbsd_hash(const struct netbsd_hash_config *config, uint64_t secret,
                     const struct port_request *request, struct random_stream *chance)
{
    if (config->new_secret)
        return (uint16_t)random_u32(chance);
    return (uint16_t)(port_hash(secret, request->local_address, request->to) >> 32);
}

static const struct field rows[] = {
    {.key = "new_secret",
     .type = FIELD_BOOL,
     .offset = offsetof(struct netbsd_hash_config, new_secret),
     .fallback = "true",
     .help = "draw the secret for every choice, as the version read does; false: once, "
             "as RFC 6056 has it"},
    FIELD_END,
};

const struct field_table netbsd_hash_fields = {
    .what = "allocator netbsd",
    .size = sizeof(struct netbsd_hash_config),
    .rows = rows,
};
