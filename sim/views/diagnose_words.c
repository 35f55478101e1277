#include "sim/views/diagnose_words.h"

#include <string.h>

#include "sim/base/bug.h"
#include "sim/views/human.h"

#define TOLD 0.05 /* share from which a further cause is told */

/* The next paragraph, to be filled. */
static struct text *paragraph(struct verdict_words *w, const char *label)
{
    SIM_ASSERT(w->count < VERDICT_PARAGRAPHS);
    struct verdict_paragraph *p = &w->at[w->count++];
    p->label = label;
    return &p->text;
}

static void tell_since(struct verdict_words *w, const struct pool_case *c)
{
    char first[HUMAN_TEXT], last[HUMAN_TEXT], share[HUMAN_TEXT];
    struct text *t = paragraph(w, "when");
    text_print(t, "from %s to %s", human_duration(c->first, first),
               c->recovered ? human_duration(c->last, last) : "the end");
    if (c->spells > 1)
        text_print(t, ", %u times", (unsigned)c->spells);
    text_print(t, "; %s of the choices found no port",
               human_share(c->failed / (c->failed + c->chosen), share));
}

static void tell_pool(struct verdict_words *w, const struct pool_case *c)
{
    char capacity[HUMAN_TEXT];
    struct text *t = paragraph(w, "pool");
    text_print(t, "%s ports: %u-%u", human_count(c->capacity, capacity), (unsigned)c->low,
               (unsigned)c->high);
    if (c->pool->addresses > 1)
        text_print(t, " on %u addresses", (unsigned)c->pool->addresses);
    if (c->pool->members > 1)
        text_print(t, " of %u hosts", (unsigned)c->pool->members);
    text_print(t, ", %s, %s by %s", c->pool->stack, c->pool->allocator,
               strcmp(c->pool->scope, "port") == 0    ? "port"
               : strcmp(c->pool->scope, "tuple") == 0 ? "4-tuple"
                                                      : "4-tuple, bound ports by port");
}

static void tell_headline(struct verdict_words *w, const struct verdict *v)
{
    const struct pool_case *c = v->figures;
    bool near = c->snapshot && v->main && v->main->role == CAUSE_FAILS;
    const char *what = !c->exhausted && near ? "is short of local ports"
                       : !c->exhausted       ? "did not run out of local ports"
                       : c->pool->translates ? "found no outside port"
                       : case_wall(c) < 1    ? "found no local port"
                                             : "ran out of local ports";
    w->bad = v->main && v->main->role == CAUSE_FAILS;
    text_print(&w->headline, "%s %s (%s)", c->pool->host, what, c->pool->pool);
    if (c->exhausted && !c->snapshot)
        tell_since(w, c);
    tell_pool(w, c);
}

static void tell_usage(struct verdict_words *w, const struct pool_case *c)
{
    char most[HUMAN_TEXT], capacity[HUMAN_TEXT], share[HUMAN_TEXT];
    struct text *t = paragraph(w, "held");
    text_print(t, "at most %s of %s ports were in use (%s)",
               human_count(c->in_use_max, most), human_count(c->capacity, capacity),
               human_share(c->in_use_max / c->capacity, share));
    for (uint32_t i = 0; i < c->states.used && i < 3; i++)
        text_print(t, "%s%.*s %s", i ? ", " : ": ", (int)c->states.at[i].length,
                   c->states.at[i].name,
                   human_share(c->states.at[i].count / c->states.sum, share));
}

static void tell_cause(struct verdict_words *w, const struct verdict *v, uint32_t i,
                       const char *label)
{
    v->causes[i].cause->words(v->figures, paragraph(w, label));
}

/* What else holds: its title and figures.  TIME_WAIT has a note of its own. */
static void tell_also(struct verdict_words *w, const struct verdict *v, uint32_t i)
{
    const struct verdict_cause *vc = &v->causes[i];
    if (vc->weight.share < TOLD || vc->cause == &cause_time_wait)
        return;
    struct text *t = paragraph(w, "also");
    text_print(t, "%s: ", vc->cause->title);
    vc->cause->figures(v->figures, t);
}

static void tell_causes(struct verdict_words *w, const struct verdict *v)
{
    for (uint32_t i = 0; i < v->count; i++) {
        const struct cause *cause = v->causes[i].cause;
        if (v->main && cause == v->main)
            tell_cause(w, v, i, "cause");
        else if (cause->role == CAUSE_WORSENS)
            tell_cause(w, v, i, cause == &cause_scope ? "innocent" : "worse");
        else
            tell_also(w, v, i);
    }
}

/* Many TIME_WAITs are what a healthy busy host has. */
static void tell_warning(struct verdict_words *w, const struct verdict *v)
{
    const struct pool_case *c = v->figures;
    char n[HUMAN_TEXT], share[HUMAN_TEXT];
    if (v->main == &cause_time_wait || c->pool->translates ||
        !(c->kinds[HOLD_TIME_WAIT] > TOLD * c->capacity))
        return;
    text_print(
        paragraph(w, "note"),
        "%s sockets in TIME_WAIT (%s of the ports) prove nothing by themselves: what "
        "we close ends so.",
        human_count(c->kinds[HOLD_TIME_WAIT], n),
        human_share(c->kinds[HOLD_TIME_WAIT] / c->capacity, share));
}

void verdict_words_of(struct verdict_words *w, const struct verdict *v)
{
    *w = (struct verdict_words){0};
    tell_headline(w, v);
    if (!v->main || v->main->role == CAUSE_SLOW)
        tell_usage(w, v->figures);
    tell_causes(w, v);
    tell_warning(w, v);
}

void verdict_words_free(struct verdict_words *w)
{
    text_free(&w->headline);
    for (uint32_t i = 0; i < w->count; i++)
        text_free(&w->at[i].text);
    *w = (struct verdict_words){0};
}

void verdict_brief(const struct verdict *v, struct text *out)
{
    text_print(out, "%s %s: %s (%s)", v->figures->pool->host, v->figures->pool->pool,
               v->main->title, v->main->name);
}
