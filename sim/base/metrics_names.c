/* The readings of all declared metrics, in order, and by name. */
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/hash.h"
#include "sim/base/memory.h"
#include "sim/base/metrics_store.h"

/* The slot of `text`: where it stands, or the empty one where it belongs. */
static uint32_t slot_of(const struct metrics_store *s, const char *text)
{
    uint32_t slot = (uint32_t)hash_text(text) & (s->slot_count - 1);
    while (s->slots[slot] && strcmp(s->names[s->slots[slot] - 1].text, text) != 0)
        slot = (slot + 1) & (s->slot_count - 1);
    return slot;
}

static void grow_slots(struct metrics_store *s)
{
    s->slot_count = s->slot_count ? 2 * s->slot_count : 64;
    s->slots = memory_resize(s->slots, s->slot_count, sizeof *s->slots);
    memset(s->slots, 0, s->slot_count * sizeof *s->slots);
    for (uint32_t i = 0; i < s->name_count; i++)
        s->slots[slot_of(s, s->names[i].text)] = i + 1;
}

static void add_name(struct metrics_store *s, struct metric_name name)
{
    if (s->name_count == s->name_capacity) {
        s->name_capacity = (uint32_t)memory_grown(s->name_capacity, s->name_count + 1);
        s->names = memory_resize(s->names, s->name_capacity, sizeof *s->names);
    }
    if (2 * (s->name_count + 1) > s->slot_count)
        grow_slots(s);
    uint32_t slot = slot_of(s, name.text);
    SIM_ASSERT(s->slots[slot] == 0); /* no two metrics have one name */
    s->names[s->name_count++] = name;
    s->slots[slot] = s->name_count;
}

void metrics_name_readings(struct metrics_store *s, const char *prefix, uint32_t metric)
{
    const struct metric_def *def = s->rows[metric].def;
    for (uint32_t i = 0; i < metric_derivation_count; i++) {
        const struct metric_derivation *d = &metric_derivations[i];
        if (d->kind != def->kind)
            continue;
        const char *suffix = def->flags & METRIC_MAX_NAME ? d->other_suffix : d->suffix;
        add_name(s, (struct metric_name){
                        .text = memory_print("%s.%s%s", prefix, def->name, suffix),
                        .unit = memory_print("%s%s", def->unit, d->unit_suffix),
                        .metric = metric,
                        .derived = (uint8_t)i,
                    });
    }
}

/* --- questions ------------------------------------------------------------------------
 */

static bool reported(const struct metric_cell *c, enum metric_kind kind)
{
    return kind == METRIC_LEVEL ? c->max != 0 || c->min != 0 : c->value != 0;
}

/* Whether the metric was anything but zero at any time; of a ratio and its kin, the
 * numerator. */
static bool ever_reported(const struct metrics *m, uint32_t metric)
{
    const struct metrics_store *s = m->store;
    if (metric_is_of_two(s->rows[metric].def->kind))
        metric = s->rows[metric].table + s->rows[metric].def->a;
    enum metric_kind kind = s->rows[metric].def->kind;
    bool any = reported(&m->cells[metric], kind);
    for (uint32_t i = 0; i < s->segment_count && !any; i++)
        any = reported(&s->segments[i].cells[metric], kind);
    return any;
}

uint32_t metrics_reading_count(const struct metrics *m)
{
    return m->store->name_count;
}

struct metric_reading metrics_reading(const struct metrics *m, uint32_t index)
{
    SIM_ASSERT(index < m->store->name_count);
    const struct metric_name *name = &m->store->names[index];
    const struct metric_def *def = m->store->rows[name->metric].def;
    return (struct metric_reading){
        .name = name->text,
        .unit = name->unit,
        .help = def->help,
        .metric = name->metric,
        .derived = name->derived,
        .may_hide = def->flags & METRIC_QUIET,
        .quiet = def->flags & METRIC_QUIET && !ever_reported(m, name->metric),
        .series = def->flags & METRIC_SERIES && metric_derivations[name->derived].series,
    };
}

uint32_t metrics_reading_find(const struct metrics *m, const char *name)
{
    const struct metrics_store *s = m->store;
    uint32_t index = s->slot_count ? s->slots[slot_of(s, name)] : 0;
    return index ? index - 1 : UINT32_MAX;
}
