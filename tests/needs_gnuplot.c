#include "tests/needs_gnuplot.h"

#include "sim/results/gnuplot.h"

bool gnuplot_installed(void)
{
    struct text script = {0}, out = {0};
    struct results_error error;
    bool there = gnuplot_run("/", &script, 10, &out, &error);
    text_free(&out);
    return there;
}
