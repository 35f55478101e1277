#include "sim/scenario/explain.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/table.h"
#include "sim/scenario/types.h"
#include "sim/scenario/units.h"

/* --- rows ------------------------------------------------------------------------- */

static const char *number_or_time(const struct field *f, double limit,
                                  char out[UNITS_TEXT])
{
    if (f->type == FIELD_DURATION || f->type == FIELD_WINDOW)
        return duration_text((sim_ns)(limit * 1e9 + 0.5), out);
    if (f->type == FIELD_RATE)
        return rate_text(limit, out);
    return number_text(limit, out);
}

static const char *counted(const struct field *f)
{
    return f->type == FIELD_TEXT                           ? " characters"
           : f->type == FIELD_LIST || f->type == FIELD_MAP ? " entries"
                                                           : "";
}

static void print_limits(FILE *out, const struct field *f)
{
    char low[UNITS_TEXT], high[UNITS_TEXT];
    if (field_limited(f))
        fprintf(out, ", %s to %s%s", number_or_time(f, f->min, low),
                number_or_time(f, f->max, high), counted(f));
}

static const char *kind_word(const struct field *f, uint32_t index)
{
    const struct field_variant_row *variant = f->table->variants(index);
    return variant ? variant->name : NULL;
}

static const char *choice_word(const struct field *f, uint32_t index)
{
    return f->choices(index);
}

static void print_words(FILE *out, const struct field *f,
                        const char *(*word)(const struct field *f, uint32_t index))
{
    uint32_t count = 0;
    while (word(f, count))
        count++;
    for (uint32_t i = 0; i < count && count <= READER_WORDS_LISTED; i++)
        fprintf(out, "%s%s", i ? ", " : ": ", word(f, i));
}

static void print_type(FILE *out, const struct field *f)
{
    if (f->type == FIELD_OBJECT)
        fprintf(out, "object: %s", f->table->what);
    else
        fprintf(out, "%s", type_of(f)->name);
    if (f->type == FIELD_CHOICE)
        print_words(out, f, choice_word);
    if (f->type == FIELD_OBJECT && f->table->variants)
        print_words(out, f, kind_word);
    if (f->target)
        fprintf(out, " of %s", f->target);
    print_limits(out, f);
    if (f->element) {
        fprintf(out, "; each: ");
        print_type(out, f->element);
    }
}

static void print_default(FILE *out, const struct field *f)
{
    if (f->fallback)
        fprintf(out, "default %s", f->fallback);
    else if (f->flags & FIELD_REQUIRED)
        fprintf(out, "required");
    else if (f->flags & FIELD_OPTIONAL)
        fprintf(out, "optional");
    else
        fprintf(out, "default inherited");
}

static void print_row(FILE *out, const struct field *row, int indent)
{
    fprintf(out, "%*s%s\n", indent, "", row->key);
    if (row->help)
        fprintf(out, "%*s%s\n", indent + 4, "", row->help);
    fprintf(out, "%*s", indent + 4, "");
    print_type(out, row);
    fprintf(out, "; ");
    print_default(out, row);
    bool changeable = row->flags & FIELD_CHANGEABLE;
    fprintf(out, "%s%s%s\n", changeable ? "; changeable" : "",
            changeable && row->change ? ": " : "",
            changeable && row->change ? row->change : "");
}

static void print_rows(FILE *out, const struct field_table *table, int indent)
{
    for (const struct field *row = table->rows; row && row->key; row++)
        print_row(out, row, indent);
}

static void print_variants(FILE *out, const struct field_table *table)
{
    const struct field_variant_row *variant;
    fprintf(out, "  kind\n      one of the following; ");
    if (table->variant_fallback)
        fprintf(out, "default \"%s\"\n", table->variant_fallback);
    else
        fprintf(out, "required\n");
    for (uint32_t i = 0; (variant = table->variants(i)); i++) {
        fprintf(out, "    %s: %s\n", variant->name, variant->summary);
        if (variant->table)
            print_rows(out, variant->table, 8);
    }
}

void explain_table(FILE *out, const struct field_table *table)
{
    fprintf(out, "%s\n", table->what);
    print_rows(out, table, 2);
    if (table->variants)
        print_variants(out, table);
}

/* --- walking ---------------------------------------------------------------------- */

struct walk {
    const struct field_table **tables;
    size_t count, capacity;
};

static void meet(struct walk *w, const struct field_table *table)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->tables[i] == table)
            return;
    if (w->count == w->capacity) {
        w->capacity = memory_grown(w->capacity, w->count + 1);
        w->tables = memory_resize(w->tables, w->capacity, sizeof(const void *));
    }
    w->tables[w->count++] = table;
}

static void meet_rows(struct walk *w, const struct field_table *table)
{
    for (const struct field *row = table ? table->rows : NULL; row && row->key; row++) {
        const struct field *f = row;
        while (f->element)
            f = f->element;
        if (f->table)
            meet(w, f->table);
    }
}

/* All tables below `root`, in the order they are met; the caller's to free. */
static struct walk walk_tables(const struct field_table *root)
{
    struct walk w = {0};
    meet(&w, root);
    for (size_t i = 0; i < w.count; i++) {
        const struct field_variant_row *variant;
        const struct field_table *table = w.tables[i];
        meet_rows(&w, table);
        for (uint32_t k = 0; table->variants && (variant = table->variants(k)); k++)
            meet_rows(&w, variant->table);
    }
    return w;
}

void explain_tables(FILE *out, const struct field_table *root)
{
    struct walk w = walk_tables(root);
    for (size_t i = 0; i < w.count; i++) {
        if (i)
            fputc('\n', out);
        explain_table(out, w.tables[i]);
    }
    free(w.tables);
}

/* The row of that key under the name of its table, unless that was `printed`. */
static void print_found(FILE *out, const struct field_table *table, const char *key,
                        struct walk *printed)
{
    const struct field *row = table ? table_row(table, key) : NULL;
    size_t before = printed->count;
    if (row)
        meet(printed, table);
    if (printed->count == before)
        return;
    fprintf(out, "%s\n", table->what);
    print_row(out, row, 2);
}

bool explain_key(FILE *out, const struct field_table *root, const char *key)
{
    struct walk w = walk_tables(root), printed = {0};
    for (size_t i = 0; i < w.count; i++) {
        const struct field_variant_row *variant;
        const struct field_table *table = w.tables[i];
        print_found(out, table, key, &printed);
        for (uint32_t k = 0; table->variants && (variant = table->variants(k)); k++)
            print_found(out, variant->table, key, &printed);
    }
    bool found = printed.count > 0;
    free(printed.tables);
    free(w.tables);
    return found;
}

const struct field_table *explain_find(const struct field_table *root, const char *what)
{
    struct walk w = walk_tables(root);
    const struct field_table *found = NULL;
    for (size_t i = 0; i < w.count && !found; i++)
        if (strcmp(w.tables[i]->what, what) == 0)
            found = w.tables[i];
    free(w.tables);
    return found;
}
