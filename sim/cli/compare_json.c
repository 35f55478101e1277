/* portsim compare --format json: everything that is known of every metric. */
#include <inttypes.h>

#include "sim/base/json.h"
#include "sim/cli/compare_format.h"

static void write_side(struct json_text *j, const char *key, const struct estimate *e)
{
    json_object_begin_flat(j, key);
    json_number(j, "value", e->value);
    json_number(j, "half_width", e->half_width);
    json_object_end(j);
}

static void write_line(struct json_text *j, const struct compare_line *line)
{
    json_object_begin(j, line->name);
    json_string(j, "verdict", compare_verdict_name(line->verdict));
    json_string(j, "better", compare_better_name(line->better));
    json_string(j, "unit", line->unit);
    write_side(j, "a", &line->a);
    write_side(j, "b", &line->b);
    write_side(j, "difference", &line->difference.difference);
    json_unsigned(j, "pairs", line->difference.n);
    json_number(j, "margin", line->margin);
    json_number(j, "p_difference", line->p_difference);
    json_number(j, "p_equivalence", line->p_equivalence);
    json_number(j, "variance_ratio", line->difference.variance_ratio);
    if (line->verdict == COMPARE_UNDECIDED && line->needed && line->needed < UINT32_MAX)
        json_unsigned(j, "replications_needed", line->needed);
    json_object_end(j);
}

static void write_case(struct json_text *j, const struct compare_case *c)
{
    json_object_begin(j, c->name);
    json_unsigned(j, "pairs", c->pairs);
    json_unsigned(j, "same_trajectory", c->same);
    json_unsigned(j, "only_in_a", c->only_a);
    json_unsigned(j, "only_in_b", c->only_b);
    json_object_begin(j, "metrics");
    for (uint32_t i = 0; i < c->line_count; i++)
        write_line(j, &c->lines[i]);
    json_object_end(j);
    json_object_end(j);
}

static void write_verdicts(struct json_text *j, const struct comparison *r)
{
    json_object_begin(j, "verdicts");
    for (int i = 0; i < COMPARE_VERDICTS; i++)
        json_unsigned(j, compare_verdict_name((enum compare_verdict)i), r->verdicts[i]);
    json_object_end(j);
}

void compare_json(struct json_text *j, const struct compare_report *report)
{
    const struct comparison *r = report->result;
    char text[COMPARE_TEXT];
    json_object_begin(j, NULL);
    json_string(j, "portsim", PORTSIM_VERSION);
    json_string(j, "a", report->a);
    json_string(j, "b", report->b);
    json_string(j, "status", report->interrupted ? "interrupted" : "complete");
    json_unsigned(j, "replications", report->replications);
    json_number(j, "confidence", r->confidence);
    json_string(j, "finding", compare_sentence(report, text));
    write_verdicts(j, r);
    json_unsigned(j, "tests", r->tests);
    json_number(j, "variance_ratio", r->variance_ratio);
    json_object_begin(j, "cases");
    for (uint32_t i = 0; i < r->case_count; i++)
        write_case(j, &r->cases[i]);
    json_object_end(j);
    json_object_end(j);
}

static void print(FILE *out, const struct compare_report *report)
{
    struct json_text j = {0};
    compare_json(&j, report);
    fwrite(j.bytes, 1, j.length, out);
    json_free(&j);
}

const struct compare_format compare_format_json = {"json", print};
