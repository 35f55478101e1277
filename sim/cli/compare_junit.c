/* portsim compare --format junit: a test suite a scenario, a test a metric, for the CI
 * servers that read JUnit's XML.  Worse is a failure, cannot tell is skipped.
 */
#include <inttypes.h>
#include <string.h>

#include "sim/base/utf8.h"
#include "sim/cli/compare_format.h"

/* XML 1.0 knows no control characters, not even escaped. */
static void print_escaped(FILE *out, const char *text)
{
    uint32_t code;
    for (const char *end = text + strlen(text); text < end;) {
        size_t length = utf8_decode(text, end, &code);
        const char *entity = *text == '&'   ? "&amp;"
                             : *text == '<' ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        if (length == 0 || utf8_unsafe(code))
            fputc('?', out);
        else if (entity)
            fputs(entity, out);
        else
            fwrite(text, 1, length, out);
        text += length ? length : 1;
    }
}

static void print_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    print_escaped(out, value);
    fputc('"', out);
}

static void print_message(FILE *out, const struct compare_line *line)
{
    char a[COMPARE_TEXT], b[COMPARE_TEXT], difference[COMPARE_TEXT], reason[COMPARE_TEXT];
    compare_reason(line, reason);
    fprintf(out, " message=\"%s: A %s, B %s, difference %s%s%s\"",
            compare_verdict_name(line->verdict), compare_number(line->a.value, a),
            compare_number(line->b.value, b),
            compare_difference(&line->difference.difference, difference),
            *reason ? "; " : "", reason);
}

/* What a CI server makes of the verdict; NULL: passed. */
static const char *element_of(enum compare_verdict verdict)
{
    switch (verdict) {
    case COMPARE_WORSE:
        return "failure";
    case COMPARE_UNDECIDED:
    case COMPARE_NO_DATA:
        return "skipped";
    default:
        return NULL;
    }
}

static uint32_t count_of(const struct compare_case *c, const char *element)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->line_count; i++) {
        const char *is = element_of(c->lines[i].verdict);
        count += is && strcmp(is, element) == 0;
    }
    return count;
}

static void print_case(FILE *out, const struct compare_case *c)
{
    fputs("  <testsuite", out);
    print_attribute(out, "name", c->name);
    fprintf(out,
            " tests=\"%" PRIu32 "\" failures=\"%" PRIu32 "\" skipped=\"%" PRIu32
            "\" errors=\"0\">\n",
            c->line_count, count_of(c, "failure"), count_of(c, "skipped"));
    for (uint32_t i = 0; i < c->line_count; i++) {
        const char *element = element_of(c->lines[i].verdict);
        fputs("    <testcase", out);
        print_attribute(out, "classname", c->name);
        print_attribute(out, "name", c->lines[i].name);
        if (!element) {
            fputs("/>\n", out);
            continue;
        }
        fprintf(out, ">\n      <%s", element);
        print_message(out, &c->lines[i]);
        fputs("/>\n    </testcase>\n", out);
    }
    fputs("  </testsuite>\n", out);
}

static void print(FILE *out, const struct compare_report *report)
{
    char text[COMPARE_TEXT];
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
    print_attribute(out, "name", compare_sentence(report, text));
    fputs(">\n", out);
    for (uint32_t i = 0; i < report->result->case_count; i++)
        print_case(out, &report->result->cases[i]);
    fputs("</testsuites>\n", out);
}

const struct compare_format compare_format_junit = {"junit", print};
