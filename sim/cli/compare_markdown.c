/* portsim compare --format markdown: a table for a pull request. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "sim/cli/compare_format.h"
#include "sim/cli/terminal.h"

/* As code, so that no name is read as markup; a table's own sign would end the cell. */
static void print_code(FILE *out, const char *text)
{
    fputc('`', out);
    for (; *text; text++)
        fputc(*text == '`' || *text == '|' || (unsigned char)*text < 0x20 ? '?' : *text,
              out);
    fputc('`', out);
}

static void print_line(FILE *out, const struct compare_line *line)
{
    char a[COMPARE_TEXT], b[COMPARE_TEXT], difference[COMPARE_TEXT], change[COMPARE_TEXT],
        worth[COMPARE_TEXT], reason[COMPARE_TEXT];
    bool bold = line->verdict == COMPARE_WORSE;
    compare_reason(line, reason);
    fprintf(out, "| %s%s%s%s%s | ", bold ? "**" : "", compare_verdict_name(line->verdict),
            bold ? "**" : "", *reason ? ": " : "", reason);
    print_code(out, line->name);
    fprintf(out, " | %s | %s | %s | %s | %s |\n", compare_number(line->a.value, a),
            compare_number(line->b.value, b),
            compare_difference(&line->difference.difference, difference),
            compare_change(line, change),
            compare_worth(line->difference.variance_ratio, worth));
}

static void print_case(FILE *out, const struct compare_report *report,
                       const struct compare_case *c)
{
    uint32_t count;
    const struct compare_line **lines = compare_listed(c, report->all, &count);
    fputs("\n#### ", out);
    print_code(out, c->name);
    fputs("\n\n", out);
    if (count)
        fputs("| verdict | metric | A | B | B - A | of A | worth |\n"
              "|---|---|--:|--:|--:|--:|--:|\n",
              out);
    for (uint32_t i = 0; i < count; i++)
        print_line(out, lines[i]);
    if (count < c->line_count)
        fprintf(out, "%s%" PRIu32 " metrics equal or equivalent.\n", count ? "\n" : "",
                c->line_count - count);
    free(lines);
}

static void print(FILE *out, const struct compare_report *report)
{
    const struct comparison *r = report->result;
    char text[COMPARE_TEXT];
    fprintf(out, "### %s\n\n- A: ", compare_sentence(report, text));
    print_code(out, report->a);
    fputs("\n- B: ", out);
    print_code(out, report->b);
    fprintf(out, "\n- %" PRIu32 " replications of each under common random numbers%s\n",
            report->replications, report->interrupted ? " (interrupted)" : "");
    for (uint32_t i = 0; i < r->case_count; i++)
        print_case(out, report, &r->cases[i]);
    fprintf(out,
            "\nVerdicts hold together at %g %% (Holm, %" PRIu32
            " metrics); each interval by itself.\n",
            100 * r->confidence, r->tests);
    if (isfinite(r->variance_ratio))
        fprintf(out, "A run is worth %s independent ones (median).\n",
                compare_worth(r->variance_ratio, text));
}

const struct compare_format compare_format_markdown = {"markdown", print};
