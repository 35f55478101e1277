/* The judgement as a screen of text. */
#include <math.h>
#include <string.h>

#include "sim/views/diagnose_advice.h"
#include "sim/views/human.h"

#define WIDTH  80
#define INDENT 12   /* columns of the words on the left */
#define WHAT   30   /* of what an advice is about */
#define OTHERS 4    /* pools beside the first, a line each */
#define TOLD   0.05 /* share from which a further cause gets a line */

struct page {
    FILE *out;
    const char *bold, *red, *green, *plain; /* escape sequences, or "" */
};

/* --- words in lines ----------------------------------------------------------------- */

/* Names come from a file: what is no printable character becomes a question mark. */
static void put_word(FILE *out, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        fputc((unsigned char)word[i] < ' ' || word[i] == 127 ? '?' : word[i], out);
}

/* Breaks the text at spaces; the cursor stands at `column`, further lines begin at
 * `indent`. */
static void put_wrapped(FILE *out, const char *text, int column, int indent)
{
    bool first = true;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (!first && column + 1 + (int)length > WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (!first) {
            fputc(' ', out);
            column++;
        }
        put_word(out, text, length);
        column += (int)length;
        text += length;
        text += strspn(text, " ");
        first = false;
    }
    fputc('\n', out);
}

static void put_paragraph(const struct page *p, const char *label, const char *text)
{
    fprintf(p->out, "%s%-*s%s", p->bold, INDENT, label, p->plain);
    put_wrapped(p->out, text, INDENT, INDENT);
}

/* --- one pool ----------------------------------------------------------------------- */

static void put_since(struct text *t, const struct pool_case *c)
{
    char first[HUMAN_TEXT], last[HUMAN_TEXT], share[HUMAN_TEXT];
    text_print(t, "from %s to %s", human_duration(c->first, first),
               c->recovered ? human_duration(c->last, last) : "the end");
    if (c->spells > 1)
        text_print(t, ", %u times", (unsigned)c->spells);
    text_print(t, "; %s of the choices found no port",
               human_share(c->failed / (c->failed + c->chosen), share));
}

static void put_pool(struct text *t, const struct pool_case *c)
{
    char capacity[HUMAN_TEXT];
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

static void put_headline(const struct page *p, const struct verdict *v)
{
    const struct pool_case *c = v->figures;
    bool near = c->snapshot && v->main && v->main->role == CAUSE_FAILS;
    const char *what = !c->exhausted && near ? "is short of local ports"
                       : !c->exhausted       ? "did not run out of local ports"
                       : c->pool->translates ? "found no outside port"
                       : case_wall(c) < 1    ? "found no local port"
                                             : "ran out of local ports";
    fputs(v->main && v->main->role == CAUSE_FAILS ? p->red : p->green, p->out);
    put_word(p->out, c->pool->host, strlen(c->pool->host));
    fprintf(p->out, " %s (%s)%s\n", what, c->pool->pool, p->plain);
    struct text t = {0};
    if (c->exhausted && !c->snapshot) {
        put_since(&t, c);
        put_paragraph(p, "  when", text_of(&t));
        text_free(&t);
    }
    put_pool(&t, c);
    put_paragraph(p, "  pool", text_of(&t));
    text_free(&t);
}

static void put_usage(const struct page *p, const struct pool_case *c)
{
    char most[HUMAN_TEXT], capacity[HUMAN_TEXT], share[HUMAN_TEXT];
    struct text t = {0};
    text_print(&t, "at most %s of %s ports were in use (%s)",
               human_count(c->in_use_max, most), human_count(c->capacity, capacity),
               human_share(c->in_use_max / c->capacity, share));
    for (uint32_t i = 0; i < c->states.used && i < 3; i++)
        text_print(&t, "%s%.*s %s", i ? ", " : ": ", (int)c->states.at[i].length,
                   c->states.at[i].name,
                   human_share(c->states.at[i].count / c->states.sum, share));
    put_paragraph(p, "  held", text_of(&t));
    text_free(&t);
}

static void put_cause(const struct page *p, const struct verdict *v, uint32_t i,
                      const char *label)
{
    struct text t = {0};
    v->causes[i].cause->words(v->figures, &t);
    put_paragraph(p, label, text_of(&t));
    text_free(&t);
}

/* What else holds: its title and figures.  TIME_WAIT has a note of its own. */
static void put_also(const struct page *p, const struct verdict *v, uint32_t i)
{
    const struct verdict_cause *vc = &v->causes[i];
    struct text t = {0};
    if (vc->weight.share < TOLD || vc->cause == &cause_time_wait)
        return;
    text_print(&t, "%s: ", vc->cause->title);
    vc->cause->figures(v->figures, &t);
    put_paragraph(p, "  also", text_of(&t));
    text_free(&t);
}

static void put_causes(const struct page *p, const struct verdict *v)
{
    for (uint32_t i = 0; i < v->count; i++) {
        const struct cause *cause = v->causes[i].cause;
        if (v->main && cause == v->main)
            put_cause(p, v, i, "  cause");
        else if (cause->role == CAUSE_WORSENS)
            put_cause(p, v, i, cause == &cause_scope ? "  innocent" : "  worse");
        else
            put_also(p, v, i);
    }
}

/* Many TIME_WAITs are what a healthy busy host has. */
static void put_warning(const struct page *p, const struct verdict *v)
{
    const struct pool_case *c = v->figures;
    char n[HUMAN_TEXT], share[HUMAN_TEXT];
    if (v->main == &cause_time_wait || c->pool->translates ||
        !(c->kinds[HOLD_TIME_WAIT] > TOLD * c->capacity))
        return;
    struct text t = {0};
    text_print(
        &t,
        "%s sockets in TIME_WAIT (%s of the ports) prove nothing by themselves: what "
        "we close ends so.",
        human_count(c->kinds[HOLD_TIME_WAIT], n),
        human_share(c->kinds[HOLD_TIME_WAIT] / c->capacity, share));
    put_paragraph(p, "  note", text_of(&t));
    text_free(&t);
}

static void put_advice(const struct page *p, const struct verdict *v)
{
    static const char *const titles[] = {
        [ADVICE_HELPS] = "would help, by theory",
        [ADVICE_EASES] = "would ease it",
        [ADVICE_DELAYS] = "would only put it off",
    };
    struct advice list[ADVICE_MOST];
    uint32_t count = advice_for(v, list);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || list[i].kind != list[i - 1].kind)
            fprintf(p->out, "%s  %s%s\n", p->bold, titles[list[i].kind], p->plain);
        fputs("    ", p->out);
        put_word(p->out, text_of(&list[i].what), list[i].what.length);
        int length = (int)list[i].what.length;
        fprintf(p->out, "%*s", length < WHAT ? WHAT - length : 2, "");
        put_wrapped(p->out, text_of(&list[i].effect),
                    4 + (length < WHAT ? WHAT : length + 2), 4 + WHAT);
    }
    advice_free(list, count);
}

static void put_verdict(const struct page *p, const struct verdict *v)
{
    put_headline(p, v);
    if (!v->main || v->main->role == CAUSE_SLOW)
        put_usage(p, v->figures);
    put_causes(p, v);
    put_warning(p, v);
    if (v->main)
        put_advice(p, v);
}

/* --- all causes --------------------------------------------------------------------- */

static void put_reasoning(const struct page *p, const struct verdict *v)
{
    fprintf(p->out, "%s  every cause, and its figures%s\n", p->bold, p->plain);
    for (size_t i = 0; causes[i]; i++) {
        struct text t = {0};
        char share[HUMAN_TEXT];
        struct weight w = causes[i]->weigh(v->figures);
        const char *mark = causes[i] == v->main ? "=" : w.share > 0 ? "+" : "-";
        fprintf(p->out, "  %s %-20s ", mark, causes[i]->name);
        if (w.share > 0)
            text_print(&t, "%s%s; ", human_share(w.share, share),
                       w.decides ? ", decides" : "");
        causes[i]->figures(v->figures, &t);
        put_wrapped(p->out, text_of(&t), 25, 25);
        text_free(&t);
    }
}

/* --- all of it ---------------------------------------------------------------------- */

static void put_others(const struct page *p, const struct diagnosis *d)
{
    size_t told = 0, more = 0;
    for (size_t i = 1; i < d->count; i++) {
        const struct verdict *v = &d->verdicts[i];
        if (!v->main)
            continue;
        if (told == OTHERS) {
            more++;
            continue;
        }
        if (!told++)
            fprintf(p->out, "\n%sother pools%s\n", p->bold, p->plain);
        struct text t = {0};
        text_print(&t, "%s %s: %s (%s)", v->figures->pool->host, v->figures->pool->pool,
                   v->main->title, v->main->name);
        fputs("  ", p->out);
        put_wrapped(p->out, text_of(&t), 2, 6);
        text_free(&t);
    }
    if (more)
        fprintf(p->out, "  and %zu more; --all tells\n", more);
}

void diagnosis_print(FILE *out, const struct diagnosis *d, bool all, bool colour)
{
    struct page p = {.out = out,
                     .bold = colour ? "\033[1m" : "",
                     .red = colour ? "\033[1;31m" : "",
                     .green = colour ? "\033[1;32m" : "",
                     .plain = colour ? "\033[0m" : ""};
    char simulated[HUMAN_TEXT];
    if (d->record->scenario && d->record->series)
        fprintf(out, "%s%s%s  seed %llu, %s simulated\n\n", p.bold, d->record->scenario,
                p.plain, (unsigned long long)d->record->seed,
                human_duration(d->record->simulated, simulated));
    for (size_t i = 0; i < d->count && (all || i == 0); i++) {
        if (i)
            fputc('\n', out);
        put_verdict(&p, &d->verdicts[i]);
        if (all)
            put_reasoning(&p, &d->verdicts[i]);
    }
    if (!all)
        put_others(&p, d);
}
