#include "models/process_config.h"

#include <stdio.h>

static const struct field a_port = {.type = FIELD_U16, .min = 1, .max = 65535};

const struct field_table process_fields = {
    .what = "process",
    .size = sizeof(struct process_config),
    .rows =
        (const struct field[]){
            {.key = "pid",
             .type = FIELD_U32,
             .offset = offsetof(struct process_config, pid),
             .max = 4194304,
             .fallback = "0",
             .help = "its number; 0: the next free one of the host, 1000 and up, of "
                     "Windows in steps of four; a restarted process gets the next"},
            {.key = "handles",
             .type = FIELD_U32,
             .offset = offsetof(struct process_config, handles),
             .max = 10000000,
             .fallback = "0",
             .help = "handles it has open that are no sockets"},
            {.key = "listen",
             .type = FIELD_LIST,
             .offset = offsetof(struct process_config, listen),
             .element = &a_port,
             .max = 1024,
             .fallback = "[]",
             .help = "the ports on which it is the one that accepts; a proxy's own port "
                     "makes it the proxy"},
            {.key = "running",
             .type = FIELD_BOOL,
             .offset = offsetof(struct process_config, running),
             .fallback = "true",
             .flags = FIELD_CHANGEABLE,
             .change = "off: it ends, and the system closes its descriptors; on again: a "
                       "new one with none",
             .help = "whether it runs"},
            FIELD_END,
        },
};

static bool listens(const struct process_config *p, uint16_t port)
{
    const uint16_t *ports = p->listen.items;
    for (uint32_t i = 0; i < p->listen.count; i++)
        if (ports[i] == port)
            return true;
    return false;
}

const struct process_config *process_listening(const struct field_list *processes,
                                               uint16_t port)
{
    const struct process_config *p = processes->items;
    for (uint32_t i = 0; i < processes->count; i++)
        if (listens(&p[i], port))
            return &p[i];
    return NULL;
}

static void check_two(const struct process_config *a, const struct process_config *b,
                      const struct field_check *check)
{
    char key[FIELD_NAME_SIZE + 32];
    snprintf(key, sizeof key, "processes.%s.pid", b->name);
    if (b->pid && a->pid == b->pid)
        field_complain(check, key, "is that of \"%s\", too: %u", a->name,
                       (unsigned)b->pid);
    const uint16_t *port = b->listen.items;
    for (uint32_t i = 0; i < b->listen.count; i++) {
        snprintf(key, sizeof key, "processes.%s.listen[%u]", b->name, (unsigned)i);
        if (listens(a, port[i]))
            field_complain(check, key, "names port %u, on which \"%s\" accepts",
                           (unsigned)port[i], a->name);
    }
}

void processes_check(const struct field_list *processes, const struct field_check *check)
{
    const struct process_config *p = processes->items;
    for (uint32_t i = 0; i < processes->count; i++)
        for (uint32_t k = 0; k < i; k++)
            check_two(&p[k], &p[i], check);
}
