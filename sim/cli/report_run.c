#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/draw.h"
#include "sim/cli/report_page.h"
#include "sim/results/run_study.h"

/* --- what it is made of --------------------------------------------------------------
 */

/* The page must not say where the directory lies. */
static char *without_path(const char *message, const char *directory)
{
    size_t length = strlen(directory);
    bool named = strncmp(message, directory, length) == 0;
    return memory_print("%s%s", named ? "this directory" : "",
                        named ? message + length : message);
}

char *report_draw(const char *directory, const struct run_record *run, unsigned width,
                  struct figures_drawn *drawn)
{
    struct results_error error;
    struct draw_order order = {.directory = directory,
                               .run = run,
                               .format = FIGURE_SVG,
                               .keep = true,
                               .bare = width};
    if (draw(&order, drawn, &error))
        return NULL;
    fprintf(stderr, "portsim: no pictures, or not all: %s\n", error.text);
    return without_path(error.text, directory);
}

bool report_source_open(struct report_source *s, const char *directory, unsigned width,
                        struct results_error *error)
{
    *s = (struct report_source){.directory = directory,
                                .stored = run_directory_read(directory, error)};
    if (!s->stored)
        return false;
    const struct run_record *record = &s->stored->record;
    s->metrics = memory_new(record->metric_count, sizeof *s->metrics);
    s->first = run_study_first(record, s->metrics);
    if (record->pool_count)
        s->diagnosis = diagnosis_new(&s->first);
    s->no_pictures = report_draw(directory, record, width, &s->drawn);
    s->run = (struct report_run){.record = record,
                                 .first = &s->first,
                                 .diagnosis = s->diagnosis,
                                 .drawn = &s->drawn,
                                 .no_pictures = s->no_pictures};
    return true;
}

void report_source_free(struct report_source *s)
{
    free(s->no_pictures);
    figures_drawn_free(&s->drawn);
    diagnosis_free(s->diagnosis);
    free(s->metrics);
    stored_run_free(s->stored);
    *s = (struct report_source){0};
}

/* --- the page ------------------------------------------------------------------------
 */

static const struct {
    struct report_part part;
    void (*show)(struct html *h, const struct report_run *run);
} sections[] = {
    {{"verdict", "Verdict"}, report_verdict},
    {{"numbers", "Numbers"}, report_numbers},
    {{"events", "Events"}, report_events},
    {{"pictures", "Pictures"}, report_pictures},
    {{"scenario", "Scenario"}, report_scenario},
    {{"again", "How to see it again"}, report_again},
};

#define SECTIONS (sizeof sections / sizeof *sections)

static void put_page(struct html *h, const struct report_run *run)
{
    struct html_head head = {.title = run->record->scenario, .style = report_style};
    struct report_part parts[SECTIONS + 1] = {{0}};
    for (size_t i = 0; i < SECTIONS; i++)
        parts[i] = sections[i].part;
    html_page_begin(h, &head);
    html_open(h, "main", NULL);
    report_head(h, run);
    report_contents(h, parts);
    for (size_t i = 0; i < SECTIONS; i++) {
        report_section(h, &sections[i].part);
        sections[i].show(h, run);
        html_close(h, "section");
    }
    html_close(h, "main");
    html_page_end(h, &head);
}

bool report_run_page(const char *directory, struct text *page,
                     struct results_error *error)
{
    struct report_source s;
    struct html h = {0};
    bool good = report_source_open(&s, directory, REPORT_WIDE, error);
    if (good)
        put_page(&h, &s.run);
    text_add(page, text_of(&h.text), h.text.length);
    text_free(&h.text);
    report_source_free(&s);
    return good;
}
