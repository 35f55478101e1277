#include "sim/study/shard.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Digits alone, all of [text, end); false beyond SHARDS_MAX too. */
static bool read_count(const char *text, const char *end, uint32_t *out)
{
    uint32_t value = 0;
    if (text == end)
        return false;
    for (; text < end; text++) {
        if (!isdigit((unsigned char)*text))
            return false;
        value = value * 10 + (uint32_t)(*text - '0');
        if (value > SHARDS_MAX)
            return false;
    }
    *out = value;
    return true;
}

static bool from_environment(const char *name, uint32_t *out)
{
    const char *text = getenv(name);
    return text && read_count(text, text + strlen(text), out);
}

/* --- where the number comes from ------------------------------------------------------
 */

/* Who numbers processes, how, and what to say when the count is not known. */
struct scheduler {
    const char *variable;
    uint32_t first; /* the lowest number, of N that are counted without a gap */
    bool (*whole)(uint32_t number, struct shard *out, struct results_error *error);
    const char *count_is; /* what N of auto/N is, where only the user knows */
};

/* Slurm says which numbers an array has, unless it is a list with gaps. */
static bool whole_slurm_array(uint32_t number, struct shard *out,
                              struct results_error *error)
{
    uint32_t count, least, most, step = 1;
    if (!from_environment("SLURM_ARRAY_TASK_COUNT", &count) ||
        !from_environment("SLURM_ARRAY_TASK_MIN", &least) ||
        !from_environment("SLURM_ARRAY_TASK_MAX", &most))
        return results_fail(error, 0,
                            "--shard auto: Slurm does not say how many tasks the array "
                            "has; use --array=0-N-1 and --shard auto/N");
    from_environment("SLURM_ARRAY_TASK_STEP", &step);
    if (step == 0 || most < least || (most - least) / step + 1 != count ||
        number < least || number > most || (number - least) % step != 0)
        return results_fail(error, 0,
                            "--shard auto: the numbers of this Slurm array are not "
                            "evenly spaced (%" PRIu32 " of %" PRIu32 " to %" PRIu32
                            "), so that they do not say which share each one has; with "
                            "--shard auto/N it is task 0 to N-1 of N",
                            count, least, most);
    *out = (struct shard){(number - least) / step, count};
    return true;
}

static const struct scheduler schedulers[] = {
    {"SLURM_ARRAY_TASK_ID", 0, whole_slurm_array, NULL},
    {"JOB_COMPLETION_INDEX", 0, NULL, "spec.completions of the Kubernetes job"},
    {"PARALLEL_SEQ", 1, NULL, "the number of jobs of GNU parallel"},
};

#define SCHEDULERS (sizeof schedulers / sizeof *schedulers)

/* The one whose variable is set. */
static const struct scheduler *scheduler_here(struct results_error *error)
{
    const struct scheduler *found = NULL;
    for (size_t i = 0; i < SCHEDULERS; i++) {
        if (!getenv(schedulers[i].variable))
            continue;
        if (found) {
            results_fail(error, 0,
                         "--shard auto: both %s and %s are set; say --shard i/n",
                         found->variable, schedulers[i].variable);
            return NULL;
        }
        found = &schedulers[i];
    }
    if (!found)
        results_fail(error, 0,
                     "--shard auto: none of %s, %s and %s is set: this process does not "
                     "know its number; say --shard i/n",
                     schedulers[0].variable, schedulers[1].variable,
                     schedulers[2].variable);
    return found;
}

/* `count` 0: not given. */
static bool read_auto(uint32_t count, struct shard *out, struct results_error *error)
{
    const struct scheduler *s = scheduler_here(error);
    uint32_t number;
    if (!s)
        return false;
    if (!from_environment(s->variable, &number))
        return results_fail(error, 0, "--shard auto: %s must be a number, is \"%.40s\"",
                            s->variable, getenv(s->variable));
    if (count == 0 && s->whole)
        return s->whole(number, out, error);
    if (count == 0)
        return results_fail(error, 0,
                            "--shard auto: %s does not say how many there are; say "
                            "--shard auto/N, where N is %s",
                            s->variable, s->count_is);
    if (number < s->first || number - s->first >= count)
        return results_fail(error, 0,
                            "--shard auto/%" PRIu32 ": %s must be between %" PRIu32
                            " and %" PRIu32 ", is %" PRIu32,
                            count, s->variable, s->first, count - 1 + s->first, number);
    *out = (struct shard){number - s->first, count};
    return true;
}

bool shard_read(const char *text, struct shard *out, struct results_error *error)
{
    const char *slash = strchr(text, '/'), *end = text + strlen(text);
    uint32_t index, count = 0;
    bool counted = slash && read_count(slash + 1, end, &count) && count > 0;
    if (strcmp(text, "auto") == 0)
        return read_auto(0, out, error);
    if (counted && strncmp(text, "auto/", 5) == 0)
        return read_auto(count, out, error);
    if (!counted || !read_count(text, slash, &index))
        return results_fail(error, 0,
                            "--shard must be i/n as 1/4 is, auto/n or auto, with n up to "
                            "%d, is \"%.40s\"",
                            SHARDS_MAX, text);
    if (index < 1 || index > count)
        return results_fail(error, 0,
                            "--shard: shards are counted from 1: between 1/%" PRIu32
                            " and %" PRIu32 "/%" PRIu32 ", is \"%.40s\"",
                            count, count, count, text);
    *out = (struct shard){index - 1, count};
    return true;
}
