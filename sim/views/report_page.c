/* The frame of a report: its own rules of style, its contents, its sections. */
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/views/report.h"

const char *const report_style =
    "dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.1rem; }\n"
    "dt { color: var(--faint); }\n"
    "dd { margin: 0; }\n"
    "figure h3 { margin-bottom: .6rem; }\n"
    ".verdict { font-size: 1.15rem; font-weight: 600; margin: .35rem 0; }\n"
    "nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap;\n"
    "  gap: .2rem 1.2rem; max-width: none; }\n"
    "@media (max-width: 40rem) {\n"
    "  dl { grid-template-columns: 1fr; gap: 0; }\n"
    "  dt { margin-top: .6rem; }\n"
    "}\n"
    "thead .number { white-space: normal; max-width: 14rem; }\n"
    ".whole { white-space: nowrap; }\n"
    ".words { min-width: 13rem; }\n"
    "h3 + .scroll caption, h4 + .scroll caption {\n"
    "  position: absolute; width: 1px; height: 1px;\n"
    "  overflow: hidden; clip-path: inset(50%); }\n"
    "main.wide { max-width: 100rem; }\n"
    ".beside { display: grid; gap: 0 1.5rem;\n"
    "  grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); }\n"
    ".beside .picture > svg { min-width: 36rem; }\n"
    "@media print { nav, details { display: none; } .words { min-width: 0; }\n"
    "  .beside .picture > svg { min-width: 0; } }";

void report_contents(struct html *h, const struct report_part *parts)
{
    html_open(h, "nav", NULL);
    html_attribute(h, "aria-label", "Contents");
    html_open(h, "ul", NULL);
    for (; parts->id; parts++) {
        char *target = memory_print("#%s", parts->id);
        html_open(h, "li", NULL);
        html_open(h, "a", NULL);
        html_attribute(h, "href", target);
        html_text(h, parts->title);
        html_close(h, "a");
        html_close(h, "li");
        free(target);
    }
    html_close(h, "ul");
    html_close(h, "nav");
}

void report_section(struct html *h, const struct report_part *part)
{
    html_open(h, "section", NULL);
    html_attribute(h, "id", part->id);
    html_leaf(h, "h2", NULL, part->title);
}

void report_pre_begin(struct html *h, const char *name)
{
    html_open(h, "pre", NULL);
    html_attribute(h, "role", "region");
    html_attribute(h, "tabindex", "0");
    html_attribute(h, "aria-label", name);
}

void report_json(struct html *h, const char *resolved)
{
    html_open(h, "details", NULL);
    html_leaf(h, "summary", NULL, "The scenario as JSON, every default filled in");
    report_pre_begin(h, "scenario.json");
    html_text(h, resolved);
    html_close(h, "pre");
    html_close(h, "details");
}
