#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/compare_input.h"
#include "sim/cli/complaint.h"
#include "sim/cli/terminal.h"
#include "sim/study/compare/compare_stored.h"

static void say(const char *subject, const char *rest)
{
    fputs("portsim: ", stderr);
    terminal_print(stderr, subject);
    fprintf(stderr, " %s\n", rest);
}

/* --- studies ------------------------------------------------------------------------ */

static void label_study(struct compare_input *out, int side, const char *directory,
                        const struct study_store *s)
{
    free(out->labels[side]);
    out->labels[side] = memory_print("%s  (%s, portsim %s)", directory,
                                     store_about(s)->scenario, store_about(s)->version);
}

static int join(const struct compare_request *request, struct study_store *const s[2],
                struct compare_input *out)
{
    struct results_error error;
    struct compare_studies studies;
    bool good = compare_studies(s[0], s[1], request->metrics, request->metric_count,
                                &studies, &error);
    out->cases = studies.cases;
    out->count = studies.count;
    out->plans = memory_new(studies.count, sizeof *out->plans);
    out->replications = studies.replications;
    for (int side = 0; side < 2; side++)
        label_study(out, side, request->inputs[side], s[side]);
    if (!good)
        return io_error(&error);
    if (studies.only_a + studies.only_b)
        fprintf(stderr,
                "portsim: %u points of A and %u of B have no counterpart: not compared\n",
                studies.only_a, studies.only_b);
    if (studies.count)
        return EXIT_DONE;
    fputs("portsim: these studies have no point in common\n", stderr);
    return EXIT_IO;
}

int compare_input_studies(const struct compare_request *request,
                          struct compare_input *out)
{
    struct results_error error;
    struct study_store *s[2] = {NULL, NULL};
    int status = EXIT_DONE;
    if (request->both->count + request->only[0]->count + request->only[1]->count) {
        fputs("portsim: the runs of a study are done: nothing can be set\n", stderr);
        return EXIT_USAGE;
    }
    for (int side = 0; side < 2 && status == EXIT_DONE; side++) {
        s[side] = store_read(request->inputs[side], &error);
        if (!s[side])
            status = io_error(&error);
    }
    if (status == EXIT_DONE)
        status = join(request, s, out);
    store_close(s[0]);
    store_close(s[1]);
    return status;
}

/* --- baselines ---------------------------------------------------------------------- */

/* Keeps the cases that the baseline has, with its seed. */
static void take_baseline(const struct compare_request *request, const struct baseline *b,
                          struct compare_input *out)
{
    bool set = request->both->count + request->only[1]->count > 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->count; i++) {
        struct compare_case c = out->cases[i];
        const struct baseline_case *before = compare_baseline_case(b, c.name);
        if (!before) {
            say(c.name, "is not in the baseline: not compared");
            compare_side_free(&c.b);
            free(c.name);
            continue;
        }
        if (!set && strcmp(before->key, c.b.key) != 0)
            say(c.name, "is not the scenario that the baseline was written of");
        compare_side_of_baseline(&c.a, before, request->metrics, request->metric_count);
        out->plans[kept] = out->plans[i];
        out->plans[kept].seed = before->seed;
        out->cases[kept++] = c;
        if (before->run_count > out->replications)
            out->replications = before->run_count;
    }
    out->count = kept;
}

/* What the baseline knows and nobody asked for this time: a scenario that was removed. */
static void note_missing(const struct baseline *b, const struct compare_input *out)
{
    for (uint32_t i = 0; i < b->case_count; i++) {
        bool there = false;
        for (uint32_t k = 0; k < out->count && !there; k++)
            there = strcmp(out->cases[k].name, b->cases[i].name) == 0;
        if (!there)
            say(b->cases[i].name, "is in the baseline alone: not compared");
    }
}

int compare_input_baseline(const struct compare_request *request,
                           struct compare_input *out)
{
    struct results_error error;
    struct baseline *b = baseline_read(request->baseline, &error);
    if (!b)
        return io_error(&error);
    take_baseline(request, b, out);
    note_missing(b, out);
    free(out->labels[0]);
    out->labels[0] = memory_print("%s  (portsim %s)", request->baseline, b->version);
    baseline_free(b);
    if (out->count)
        return EXIT_DONE;
    say(request->baseline, "has nothing to compare with");
    return EXIT_IO;
}
