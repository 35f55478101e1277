#include "models/watch.h"

#include <stdlib.h>

#include "models/net.h"
#include "sim/base/memory.h"

#define FULL_PERCENT 80 /* of the capacity */
#define CALM_PERCENT 75

static const int64_t handle_marks[] = {3000, 10000};
#define HANDLE_MARKS (sizeof handle_marks / sizeof handle_marks[0])

void watch_init(struct watch *w, const struct net *net)
{
    w->full = memory_new((size_t)net->hosts.count * POOL_COUNT, sizeof *w->full);
    w->marks = memory_new(net->processes.count, sizeof *w->marks);
}

void watch_free(struct watch *w)
{
    free(w->full);
    free(w->marks);
    *w = (struct watch){0};
}

static void look_at_pool(bool *full, struct net *net, const struct host *h,
                         enum pool pool)
{
    uint32_t metric = h->pools[pool].metric;
    int64_t in_use = metrics_level(net->metrics, metric + HOST_IN_USE);
    int64_t capacity = metrics_level(net->metrics, metric + HOST_CAPACITY);
    bool now_full = in_use * 100 >= capacity * (*full ? CALM_PERCENT : FULL_PERCENT);
    if (now_full == *full)
        return;
    *full = now_full;
    notes_add(net->hosts.notes,
              (struct note){.when = net_now(net),
                            .kind = now_full ? NOTE_POOL_FILLS : NOTE_POOL_EMPTIES,
                            .host = h->number,
                            .pool = (uint8_t)pool,
                            .value = (uint64_t)in_use,
                            .limit = (uint64_t)capacity});
}

static void look_at_process(uint8_t *marks, struct net *net, const struct process *p)
{
    int64_t handles = process_handles(&net->processes, p);
    uint32_t members = net->hosts.at[p->host].member_count;
    if (!p->running)
        *marks = 0;
    for (; *marks < HANDLE_MARKS && handles >= handle_marks[*marks] * members; ++*marks)
        notes_add(net->hosts.notes, (struct note){.when = net_now(net),
                                                  .kind = NOTE_HANDLES,
                                                  .host = p->host,
                                                  .process = p->name,
                                                  .value = (uint64_t)handles});
}

void watch_look(struct watch *w, struct net *net)
{
    for (uint32_t i = 0; i < net->hosts.count; i++)
        for (int pool = 0; pool < POOL_COUNT; pool++)
            if (net->hosts.at[i].pools[pool].members)
                look_at_pool(&w->full[i * POOL_COUNT + (uint32_t)pool], net,
                             &net->hosts.at[i], (enum pool)pool);
    for (uint32_t i = 0; i < net->processes.count; i++)
        look_at_process(&w->marks[i], net, &net->processes.at[i]);
}
