/* The judgement as a screen of text. */
#include <string.h>

#include "sim/views/diagnose_advice.h"
#include "sim/views/diagnose_words.h"
#include "sim/views/human.h"

#define WIDTH  80
#define INDENT 12 /* columns of the words on the left */
#define WHAT   30 /* of what an advice is about */
#define OTHERS 4  /* pools beside the first, a line each */

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

/* --- one pool ----------------------------------------------------------------------- */

static void put_paragraph(const struct page *p, const char *label, const char *text)
{
    fprintf(p->out, "%s  %-*s%s", p->bold, INDENT - 2, label, p->plain);
    put_wrapped(p->out, text, INDENT, INDENT);
}

static void put_advice(const struct page *p, const struct verdict *v)
{
    struct advice list[ADVICE_MOST];
    uint32_t count = advice_for(v, list);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || list[i].kind != list[i - 1].kind)
            fprintf(p->out, "%s  %s%s\n", p->bold, advice_title(list[i].kind), p->plain);
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
    struct verdict_words w;
    verdict_words_of(&w, v);
    fputs(w.bad ? p->red : p->green, p->out);
    put_word(p->out, text_of(&w.headline), w.headline.length);
    fprintf(p->out, "%s\n", p->plain);
    for (uint32_t i = 0; i < w.count; i++)
        put_paragraph(p, w.at[i].label, text_of(&w.at[i].text));
    verdict_words_free(&w);
    if (v->main)
        put_advice(p, v);
}

/* --- all causes --------------------------------------------------------------------- */

static void put_reasoning(const struct page *p, const struct verdict *v)
{
    fprintf(p->out, "%s  every cause, and its figures%s\n", p->bold, p->plain);
    for (size_t i = 0; causes[i]; i++) {
        const struct cause *cause = causes[i];
        struct text t = {0};
        char share[HUMAN_TEXT];
        struct weight w = cause->weigh(v->figures);
        bool is_main = v->main && cause == v->main;
        const char *mark = is_main ? "=" : w.share > 0 ? "+" : "-";
        fprintf(p->out, "  %s %-20s ", mark, cause->name);
        if (w.share > 0)
            text_print(&t, "%s%s; ", human_share(w.share, share),
                       w.decides ? ", decides" : "");
        cause->figures(v->figures, &t);
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
        verdict_brief(v, &t);
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
