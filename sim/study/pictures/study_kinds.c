/* What `portsim list figures` says of the pictures of many runs. */
#include "sim/study/pictures/study_pictures.h"

static const struct figure_kind kinds[] = {
    {.name = "knee",
     .shows = "a metric over one axis: means, intervals, theory, what is required",
     .needs = "a study of one axis of numbers, or of two",
     .made = "portsim sweep SCENARIO --vary PATH=LOW:HIGH:STEPS"},
    {.name = "heat",
     .shows = "a metric over two axes, with the border where a requirement fails",
     .needs = "a study of two axes, or of one axis of words",
     .made = "portsim sweep SCENARIO --vary PATH=A,B,C --vary PATH=A,B,C"},
    {.name = "tornado",
     .shows = "what each change alone does to a metric, the strongest first",
     .needs = "a study of one change at a time",
     .made = "portsim sweep SCENARIO --vary PATH=A,B --design one-at-a-time"},
    {.name = "ecdf",
     .shows = "the share of runs that have failed by when",
     .needs = "at least ten replications, some of which failed",
     .made = "portsim run SCENARIO --replications 20"},
    {.name = "differences",
     .shows = "paired differences of two sides, metric by metric, around the zero line",
     .needs = "two sides, which only compare has",
     .made = "portsim compare A B -o DIR"},
};

const struct figure_kind *study_pictures_kind(uint32_t index)
{
    return index < sizeof kinds / sizeof kinds[0] ? &kinds[index] : NULL;
}
