/* Tables of a page: a caption, columns with a name, rows with a head; what is too wide
 * for the window scrolls in a box of its own, with the keys too. */
#ifndef SIM_VIEWS_REPORT_TABLE_H
#define SIM_VIEWS_REPORT_TABLE_H

#include <stdint.h>

#include "sim/results/html.h"

struct report_column {
    const char *title;
    bool number; /* to the right */
};

/* The first column is that of the rows' heads. */
void report_table_begin(struct html *h, const char *caption,
                        const struct report_column *columns, uint32_t count);
void report_table_end(struct html *h);

void report_row_begin(struct html *h, const char *head);

/* The same, in one piece. */
void report_row_begin_whole(struct html *h, const char *head);

/* The same, of a moment: to the right, in one piece. */
void report_row_begin_at(struct html *h, const char *when);

/* The same, of a path, "apps.web.failure_ratio@late": it may break behind its dots. */
void report_row_begin_path(struct html *h, const char *path);
void report_cell(struct html *h, const char *text);

/* A list or a sentence, that keeps some room where the window is narrow. */
void report_words(struct html *h, const char *text);
void report_number(struct html *h, const char *text);

/* A text in the colour of a judgement: "good", "bad", "unknown". */
void report_judged(struct html *h, const char *judgement, const char *text);
void report_row_end(struct html *h);

/* A path with places to break in it, for a cell that is open. */
void report_path(struct html *h, const char *path);

/* A box that scrolls sideways; its name is for those who do not see it. */
void report_scroll_begin(struct html *h, const char *class, const char *name);
void report_scroll_end(struct html *h);

#endif
