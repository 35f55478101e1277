#include "sim/trial/study_config.h"

static const char *const kinds[] = {
    [STUDY_TERMINATING] = "terminating", [STUDY_STEADY] = "steady"};

const char *study_kind_name(enum study_kind kind)
{
    return kinds[kind];
}

static const char *kind_choice(uint32_t index)
{
    return index < sizeof kinds / sizeof kinds[0] ? kinds[index] : NULL;
}

static void check_study(const void *self, const struct field_check *check)
{
    const struct study_config *c = self;
    if (c->batches && c->kind != STUDY_STEADY)
        field_complain(check, "batches",
                       "only cut up the long run of a \"steady\" study; this one is "
                       "terminating");
    if (c->batches && c->batches < STUDY_BATCHES_LEAST)
        field_complain(check, "batches", "must be 0 or at least %d, is %u",
                       STUDY_BATCHES_LEAST, (unsigned)c->batches);
    if (c->batches && (c->replications > 1 || c->precision > 0))
        field_complain(check, "batches",
                       "are parts of one run: neither replications nor precision goes "
                       "with them");
    uint32_t least = c->replications > STUDY_LEAST ? c->replications : STUDY_LEAST;
    if (c->precision > 0 && c->max_replications < least)
        field_complain(check, "max_replications",
                       "must be at least %u where a precision is asked for, is %u",
                       (unsigned)least, (unsigned)c->max_replications);
}

static const struct field a_metric = {.type = FIELD_TEXT, .min = 1, .max = 300};

const struct field_table study_fields = {
    .what = "study",
    .size = sizeof(struct study_config),
    .check = check_study,
    .rows =
        (const struct field[]){
            {.key = "kind",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct study_config, kind),
             .choices = kind_choice,
             .fallback = "\"terminating\"",
             .help = "terminating: the whole run is asked about, from its first second "
                     "on; steady: the long run is, and unless warm_up is given it is "
                     "found by MSER-5 from pilot runs"},
            {.key = "replications",
             .type = FIELD_U32,
             .offset = offsetof(struct study_config, replications),
             .min = 1,
             .max = STUDY_REPLICATIONS_MAX,
             .fallback = "1",
             .help = "independent runs under one seed; also --replications"},
            {.key = "confidence",
             .type = FIELD_REAL,
             .offset = offsetof(struct study_config, confidence),
             .min = STUDY_CONFIDENCE_LEAST,
             .max = STUDY_CONFIDENCE_MOST,
             .fallback = "0.95",
             .help = "of every interval"},
            {.key = "precision",
             .type = FIELD_REAL,
             .offset = offsetof(struct study_config, precision),
             .min = 0,
             .max = 1,
             .fallback = "0",
             .help = "half-width of the interval, as a share of the mean, that each "
                     "watched metric must have before the study ends (0.02); at least "
                     "10 replications; 0: their number decides; also --precision"},
            {.key = "max_replications",
             .type = FIELD_U32,
             .offset = offsetof(struct study_config, max_replications),
             .min = 1,
             .max = STUDY_REPLICATIONS_MAX,
             .fallback = "200",
             .help = "with precision: no more than these, and exit status 7 if they do "
                     "not reach it"},
            {.key = "watch",
             .type = FIELD_LIST,
             .offset = offsetof(struct study_config, watch),
             .element = &a_metric,
             .max = 100,
             .fallback = "[]",
             .help = "metrics (with @phase) that precision and the search for the "
                     "warm-up look at; []: those of require, and without any the "
                     "failure_ratio of every app"},
            {.key = "batches",
             .type = FIELD_U32,
             .offset = offsetof(struct study_config, batches),
             .max = 1000,
             .fallback = "0",
             .help = "of a steady study: one long run, cut after its warm-up into so "
                     "many parts (20 to 30) whose means give the interval; 0: "
                     "replications do"},
            FIELD_END,
        },
};
