#include "sim/views/report_table.h"

/* Numbers stay in one piece. */
static bool may_break(char before, char after)
{
    return (before == '.' || before == '@') && after >= 'A';
}

void report_path(struct html *h, const char *path)
{
    const char *begin = path;
    if (!*path)
        return;
    for (; path[1]; path++)
        if (may_break(path[0], path[1])) {
            html_print(h, "%.*s", (int)(path + 1 - begin), begin);
            html_void(h, "wbr", NULL);
            begin = path + 1;
        }
    html_text(h, begin);
}

void report_scroll_begin(struct html *h, const char *class, const char *name)
{
    html_open(h, "div", class);
    html_attribute(h, "role", "region");
    html_attribute(h, "tabindex", "0");
    html_attribute(h, "aria-label", name);
}

void report_scroll_end(struct html *h)
{
    html_close(h, "div");
}

void report_table_begin(struct html *h, const char *caption,
                        const struct report_column *columns, uint32_t count)
{
    report_scroll_begin(h, "scroll", caption);
    html_open(h, "table", NULL);
    html_leaf(h, "caption", NULL, caption);
    html_open(h, "thead", NULL);
    html_open(h, "tr", NULL);
    for (uint32_t i = 0; i < count; i++) {
        html_open(h, "th", columns[i].number ? "number" : NULL);
        html_attribute(h, "scope", "col");
        report_path(h, columns[i].title);
        html_close(h, "th");
    }
    html_close(h, "tr");
    html_close(h, "thead");
    html_open(h, "tbody", NULL);
}

void report_table_end(struct html *h)
{
    html_close(h, "tbody");
    html_close(h, "table");
    report_scroll_end(h);
}

static void open_row(struct html *h, const char *class)
{
    html_open(h, "tr", NULL);
    html_open(h, "th", class);
    html_attribute(h, "scope", "row");
}

void report_row_begin(struct html *h, const char *head)
{
    open_row(h, NULL);
    html_text(h, head);
    html_close(h, "th");
}

void report_row_begin_whole(struct html *h, const char *head)
{
    open_row(h, "whole");
    html_text(h, head);
    html_close(h, "th");
}

void report_row_begin_at(struct html *h, const char *when)
{
    open_row(h, "number");
    html_text(h, when);
    html_close(h, "th");
}

void report_row_begin_path(struct html *h, const char *path)
{
    open_row(h, NULL);
    report_path(h, path);
    html_close(h, "th");
}

void report_cell(struct html *h, const char *text)
{
    html_leaf(h, "td", NULL, text);
}

void report_words(struct html *h, const char *text)
{
    html_leaf(h, "td", "words", text);
}

void report_number(struct html *h, const char *text)
{
    html_leaf(h, "td", "number", text);
}

void report_judged(struct html *h, const char *judgement, const char *text)
{
    html_leaf(h, "td", judgement, text);
}

void report_row_end(struct html *h)
{
    html_close(h, "tr");
}
