/* portsim compare --format text: one screen for people. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "sim/cli/compare_format.h"
#include "sim/cli/terminal.h"
#include "sim/views/human.h"

/* Escape sequences, or "". */
struct colours {
    const char *bold, *red, *green, *plain;
};

static struct colours colours_of(bool wanted)
{
    return wanted ? (struct colours){"\033[1m", "\033[31m", "\033[32m", "\033[0m"}
                  : (struct colours){"", "", "", ""};
}

static const char *colour_of(const struct colours *c, enum compare_verdict verdict)
{
    return verdict == COMPARE_WORSE ? c->red : verdict == COMPARE_BETTER ? c->green : "";
}

/* --- columns ------------------------------------------------------------------------ */

enum column { VERDICT, METRIC, VALUE_A, VALUE_B, DIFFERENCE, CHANGE, WORTH, COLUMNS };

struct row {
    char cells[COLUMNS][COMPARE_TEXT];
    const char *name; /* METRIC: of any length */
};

static const char *cell(const struct row *r, int column)
{
    return column == METRIC ? r->name : r->cells[column];
}

static struct row row_of(const struct compare_line *line)
{
    struct row r = {.name = line->name};
    snprintf(r.cells[VERDICT], COMPARE_TEXT, "%s", compare_verdict_name(line->verdict));
    compare_number(line->a.value, r.cells[VALUE_A]);
    compare_number(line->b.value, r.cells[VALUE_B]);
    compare_difference(&line->difference.difference, r.cells[DIFFERENCE]);
    compare_change(line, r.cells[CHANGE]);
    compare_worth(line->difference.variance_ratio, r.cells[WORTH]);
    return r;
}

static const struct row head = {.name = "metric",
                                .cells = {[VERDICT] = "verdict",
                                          [VALUE_A] = "A",
                                          [VALUE_B] = "B",
                                          [DIFFERENCE] = "B - A",
                                          [CHANGE] = "of A",
                                          [WORTH] = "worth"}};

static void widen(unsigned widths[COLUMNS], const struct row *r)
{
    for (int i = 0; i < COLUMNS; i++) {
        unsigned columns = human_columns(cell(r, i));
        if (columns > widths[i])
            widths[i] = columns;
    }
}

/* Words to the left, numbers to the right. */
static void print_row(FILE *out, const unsigned widths[COLUMNS], const struct row *r,
                      const char *note)
{
    for (int i = 0; i < COLUMNS; i++) {
        const char *text = cell(r, i);
        int room = (int)(widths[i] - human_columns(text));
        bool left = i <= METRIC;
        fprintf(out, "%*s", (i ? 2 : 0) + (left ? 0 : room), "");
        terminal_print(out, text);
        if (left)
            fprintf(out, "%*s", room, "");
    }
    fprintf(out, "%s%s\n", *note ? "  " : "", note);
}

/* --- cases -------------------------------------------------------------------------- */

/* What is not listed, by verdict. */
static void print_rest(FILE *out, const struct compare_case *c, bool all)
{
    uint32_t counts[COMPARE_VERDICTS] = {0};
    for (uint32_t i = 0; i < c->line_count; i++)
        if (!all && !compare_matters(&c->lines[i]))
            counts[c->lines[i].verdict]++;
    const char *between = "";
    for (int i = 0; i < COMPARE_VERDICTS; i++) {
        if (!counts[i])
            continue;
        fprintf(out, "%s%" PRIu32 " %s", between, counts[i],
                compare_verdict_name((enum compare_verdict)i));
        between = ", ";
    }
    if (*between)
        fputs("\n", out);
}

static void print_case(FILE *out, const struct compare_report *report,
                       const struct compare_case *c, const struct colours *colours)
{
    uint32_t count;
    const struct compare_line **lines = compare_listed(c, report->all, &count);
    unsigned widths[COLUMNS] = {0};
    fprintf(out, "\n%s", colours->bold);
    terminal_print(out, c->name);
    fprintf(out, "%s", colours->plain);
    if (c->pairs && c->same == c->pairs)
        fputs("  (every run took the same path)", out);
    fputc('\n', out);
    for (uint32_t i = 0; i < count; i++) {
        struct row r = row_of(lines[i]);
        widen(widths, &r);
    }
    if (count) {
        widen(widths, &head);
        print_row(out, widths, &head, "");
    }
    for (uint32_t i = 0; i < count; i++) {
        struct row r = row_of(lines[i]);
        char note[COMPARE_TEXT];
        fputs(colour_of(colours, lines[i]->verdict), out);
        print_row(out, widths, &r, compare_reason(lines[i], note));
        fputs(colours->plain, out);
    }
    print_rest(out, c, report->all);
    if (c->only_a + c->only_b)
        fprintf(out,
                "%" PRIu32 " metrics of A and %" PRIu32 " of B have no counterpart\n",
                c->only_a, c->only_b);
    free(lines);
}

/* --- all of it ---------------------------------------------------------------------- */

static void print_head(FILE *out, const struct compare_report *report,
                       const struct colours *colours)
{
    const char *const labels[] = {report->a, report->b};
    for (int side = 0; side < 2; side++) {
        fprintf(out, "%s%c%s  ", colours->bold, 'A' + side, colours->plain);
        terminal_print(out, labels[side]);
        fputc('\n', out);
    }
    fprintf(out, "%" PRIu32 " replication%s of each under common random numbers%s\n",
            report->replications, report->replications == 1 ? "" : "s",
            report->interrupted ? " (interrupted)" : "");
}

static void print_foot(FILE *out, const struct compare_report *report,
                       const struct colours *colours)
{
    const struct comparison *r = report->result;
    char text[COMPARE_TEXT];
    const char *colour = r->verdicts[COMPARE_WORSE]    ? colours->red
                         : r->verdicts[COMPARE_BETTER] ? colours->green
                                                       : "";
    fprintf(out, "\n%s%s%s\n", colour, compare_sentence(report, text), colours->plain);
    if (r->tests > 1)
        fprintf(out,
                "verdicts hold together at %g %% (Holm, %" PRIu32 " metrics); each "
                "interval by itself\n",
                100 * r->confidence, r->tests);
    if (isfinite(r->variance_ratio))
        fprintf(out,
                "common random numbers: a run is worth %s independent ones (median)\n",
                compare_worth(r->variance_ratio, text));
}

static void print(FILE *out, const struct compare_report *report)
{
    struct colours colours = colours_of(report->colour);
    print_head(out, report, &colours);
    for (uint32_t i = 0; i < report->result->case_count; i++)
        print_case(out, report, &report->result->cases[i], &colours);
    print_foot(out, report, &colours);
}

const struct compare_format compare_format_text = {"text", print};
