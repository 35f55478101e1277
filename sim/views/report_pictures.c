/* The pictures of a page, each under what it shows. */
#include "sim/views/report.h"
#include "sim/views/report_table.h"

void report_picture(struct html *h, const struct figure_drawn *d, const char *whose)
{
    struct results_error error;
    html_open(h, "figure", NULL);
    html_open(h, "h3", NULL);
    html_print(h, "%s%s%s", whose ? whose : "", whose ? ": " : "", d->headline);
    html_close(h, "h3");
    report_scroll_begin(h, "picture", d->headline);
    if (!html_picture(h, &d->kept, d->headline, d->detail, &error))
        html_leaf(h, "p", "bad", error.text);
    report_scroll_end(h);
    if (*d->detail)
        html_leaf(h, "figcaption", NULL, d->detail);
    html_close(h, "figure");
}

void report_drawn(struct html *h, const struct figures_drawn *drawn, const char *missing)
{
    for (unsigned i = 0; i < drawn->count; i++)
        report_picture(h, &drawn->at[i], NULL);
    if (!missing)
        return;
    html_open(h, "p", "bad");
    html_print(h, "%s: %s.",
               drawn->count ? "Pictures are missing" : "There are no pictures", missing);
    html_close(h, "p");
}

void report_pictures(struct html *h, const struct report_run *run)
{
    report_drawn(h, run->drawn, run->no_pictures);
}
