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
    {.name = "probes",
     .shows = "ports that a choice looks at, over the share taken, beside closed forms",
     .needs =
         "ports of which a quarter was taken; a study: probes_by_occupancy of a host",
     .made = "portsim sweep allocator-probes"},
    {.name = "predictability",
     .shows = "bits that must be guessed of the next port, against log2 of the range",
     .needs = "a host with predictability: true",
     .made = "portsim sweep port-predictability"},
    {.name = "successors",
     .shows = "the next port toward a server against the last one, a panel a host",
     .needs = "a run of a host with predictability: true",
     .made = "portsim run port-predictability"},
    {.name = "fairness",
     .shows = "what each application loses: Jain's index, Lorenz curve",
     .needs = "a run of two applications and more, one of which loses something",
     .made = "portsim run gcp-static-vs-dynamic --replications 10"},
    {.name = "bands",
     .shows = "how full the ports were over time: median and 5 % to 95 % of the runs",
     .needs = "at least five replications",
     .made = "portsim run SCENARIO --replications 20"},
    {.name = "convergence",
     .shows = "where the long run begins, and how many runs make a mean precise",
     .needs = "at least five replications, or one run in batches",
     .made = "portsim run SCENARIO --replications 20"},
    {.name = "risk",
     .shows = "how much runs differ, beside how well their mean is known",
     .needs = "at least five replications, and metrics that are required or watched",
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
