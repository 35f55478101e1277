#include "sim/study/numbers_pack.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* --- bytes ---------------------------------------------------------------------------
 */

void packed_add(struct packed *p, const void *bytes, size_t size)
{
    if (p->size + size > p->capacity) {
        p->capacity = memory_grown(p->capacity, p->size + size);
        p->bytes = memory_resize(p->bytes, p->capacity, 1);
    }
    if (size > 0)
        memcpy(p->bytes + p->size, bytes, size);
    p->size += size;
}

void packed_free(struct packed *p)
{
    free(p->bytes);
    *p = (struct packed){0};
}

void packed_take(struct unpacking *u, void *out, size_t size)
{
    SIM_ASSERT((size_t)(u->end - u->at) >= size);
    if (size > 0)
        memcpy(out, u->at, size);
    u->at += size;
}

/* --- numbers -------------------------------------------------------------------------
 */

/* All of a run but its tables. */
struct head {
    uint32_t count, sample_count, replication, status;
    uint32_t part_rows, part_count; /* no parts: the run was not cut up */
    uint64_t seed, events, connections, fingerprint;
    sim_ns simulated;
    size_t text_size;
};

static size_t parts_size(const struct head *h)
{
    return (size_t)h->part_rows * h->part_count * sizeof(double);
}

/* A row, its texts being the next two. */
struct packed_row {
    uint32_t samples, share_of;
    uint8_t percent, of_parts;
    bool may_hide;
};

struct packed_samples {
    uint64_t count;
    int64_t min, max;
    uint32_t first, width; /* of the histogram; no width: there is none */
    bool in_ns;
};

static void pack_samples(struct packed *out, const struct metric_samples *s)
{
    const struct histogram *h = s->buckets;
    struct packed_samples flat;
    memset(&flat, 0, sizeof flat); /* what lies between its members is sent too */
    flat.count = s->count;
    flat.min = s->min;
    flat.max = s->max;
    flat.first = h ? h->first : 0;
    flat.width = h ? h->width : 0;
    flat.in_ns = s->in_ns;
    packed_add(out, &flat, sizeof flat);
    if (h)
        packed_add(out, h->counts, h->width * sizeof *h->counts);
}

static struct metric_samples unpack_samples(struct unpacking *u)
{
    struct packed_samples flat;
    packed_take(u, &flat, sizeof flat);
    struct metric_samples s = {
        .count = flat.count, .min = flat.min, .max = flat.max, .in_ns = flat.in_ns};
    if (flat.width > 0) {
        size_t counts = flat.width * sizeof *s.buckets->counts;
        s.buckets = memory_new(1, sizeof *s.buckets + counts);
        s.buckets->first = flat.first;
        s.buckets->width = flat.width;
        packed_take(u, s.buckets->counts, counts);
    }
    return s;
}

static size_t text_size(const struct trial_numbers *n)
{
    size_t size = 0;
    for (uint32_t i = 0; i < n->count; i++)
        size += strlen(n->rows[i].name) + strlen(n->rows[i].unit) + 2;
    return size;
}

static void pack_rows(struct packed *out, const struct trial_numbers *n)
{
    for (uint32_t i = 0; i < n->count; i++) {
        struct packed_row row;
        memset(&row, 0, sizeof row);
        row.samples = n->rows[i].samples;
        row.share_of = n->rows[i].share_of;
        row.percent = n->rows[i].percent;
        row.of_parts = n->rows[i].of_parts;
        row.may_hide = n->rows[i].may_hide;
        packed_add(out, &row, sizeof row);
    }
    for (uint32_t i = 0; i < n->count; i++) {
        packed_add(out, n->rows[i].name, strlen(n->rows[i].name) + 1);
        packed_add(out, n->rows[i].unit, strlen(n->rows[i].unit) + 1);
    }
}

static void unpack_rows(struct unpacking *u, struct trial_numbers *n, size_t texts)
{
    n->rows = memory_new(n->count, sizeof *n->rows);
    for (uint32_t i = 0; i < n->count; i++) {
        struct packed_row row;
        packed_take(u, &row, sizeof row);
        n->rows[i] = (struct number_row){.samples = row.samples,
                                         .share_of = row.share_of,
                                         .percent = row.percent,
                                         .of_parts = row.of_parts,
                                         .may_hide = row.may_hide};
    }
    n->texts = memory_new(texts, 1);
    packed_take(u, n->texts, texts);
    const char *text = n->texts;
    for (uint32_t i = 0; i < n->count; i++) {
        n->rows[i].name = text;
        n->rows[i].unit = text += strlen(text) + 1;
        text += strlen(text) + 1;
    }
}

void numbers_pack(struct packed *out, const struct trial_numbers *n)
{
    struct head head;
    memset(&head, 0, sizeof head);
    head.count = n->count;
    head.sample_count = n->sample_count;
    head.replication = n->replication;
    head.status = (uint32_t)n->status;
    head.part_rows = n->parts ? n->part_rows : 0;
    head.part_count = n->parts ? n->part_count : 0;
    head.seed = n->seed;
    head.events = n->events;
    head.connections = n->connections;
    head.fingerprint = n->fingerprint;
    head.simulated = n->simulated;
    head.text_size = text_size(n);
    packed_add(out, &head, sizeof head);
    pack_rows(out, n);
    packed_add(out, n->values, n->count * sizeof *n->values);
    packed_add(out, n->hidden, n->count * sizeof *n->hidden);
    packed_add(out, n->parts, parts_size(&head));
    for (uint32_t i = 0; i < n->sample_count; i++)
        pack_samples(out, &n->samples[i]);
}

struct trial_numbers *numbers_unpack(struct unpacking *u)
{
    struct head head;
    packed_take(u, &head, sizeof head);
    struct trial_numbers *n = memory_new(1, sizeof *n);
    n->count = head.count;
    n->sample_count = head.sample_count;
    n->replication = head.replication;
    n->status = (enum run_status)head.status;
    n->part_rows = head.part_rows;
    n->part_count = head.part_count;
    n->seed = head.seed;
    n->events = head.events;
    n->connections = head.connections;
    n->fingerprint = head.fingerprint;
    n->simulated = head.simulated;
    unpack_rows(u, n, head.text_size);
    n->values = memory_new(n->count, sizeof *n->values);
    packed_take(u, n->values, n->count * sizeof *n->values);
    n->hidden = memory_new(n->count, sizeof *n->hidden);
    packed_take(u, n->hidden, n->count * sizeof *n->hidden);
    if (n->part_count > 0) {
        n->parts = memory_new(parts_size(&head), 1);
        packed_take(u, n->parts, parts_size(&head));
    }
    n->samples = memory_new(n->sample_count, sizeof *n->samples);
    for (uint32_t i = 0; i < n->sample_count; i++)
        n->samples[i] = unpack_samples(u);
    return n;
}
