#include "sim/cli/knobs.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/trial/trial_config.h"

/* Counts down to the knob that is looked for. */
struct search {
    uint32_t left;
    const struct field *found;
    char *path; /* of it; owned */
};

static void look(struct search *s, const struct field_table *table, const char *path);

static bool has_knobs(const struct field_table *table)
{
    struct search any = {.left = 0};
    look(&any, table, "");
    free(any.path);
    return any.found;
}

/* Of an entry of a map "hosts.<host>", of a list "paths[0]". */
static void look_inside(struct search *s, const struct field *row, const char *path)
{
    bool of_many = row->type == FIELD_MAP || row->type == FIELD_LIST;
    const struct field_table *table = of_many ? row->element->table : row->table;
    if (!table)
        return;
    char *inner = row->type == FIELD_MAP
                      ? memory_print("%s.<%s>.", path, table->what)
                      : memory_print("%s%s.", path, of_many ? "[0]" : "");
    look(s, table, inner);
    free(inner);
}

static void look(struct search *s, const struct field_table *table, const char *path)
{
    for (const struct field *row = table->rows; row && row->key && !s->found; row++) {
        char *own = memory_print("%s%s", path, row->key);
        bool parts = row->type == FIELD_OBJECT && has_knobs(row->table);
        if (!(row->flags & FIELD_CHANGEABLE) || parts) {
            look_inside(s, row, own);
        } else if (s->left-- == 0) {
            s->found = row;
            s->path = memory_print("%s", own);
        }
        free(own);
    }
}

bool knob_entry(uint32_t index, struct reference_entry *out)
{
    struct search s = {.left = index};
    look(&s, &trial_fields, "");
    if (!s.found)
        return false;
    snprintf(out->name, sizeof out->name, "%s", s.path);
    free(s.path);
    reference_say(out, s.found->change ? s.found->change : "from then on");
    struct reference_fact *fact = &out->facts[out->fact_count++];
    fact->label = "is";
    snprintf(fact->text, sizeof fact->text, "%s", s.found->help ? s.found->help : "");
    return true;
}
