/* Writes one self-contained page of HTML: it fetches nothing, reads without a script, and
 * the same content is the same bytes.
 *
 * Elements are opened and closed in pairs (misnesting is a bug); attributes follow the
 * element they belong to.  Whatever a user can name goes through html_text(),
 * html_print() or html_attribute(), which escape it: it is only ever shown.  Names of
 * elements, classes and attributes, and html_markup(), are the program's own.
 *
 *     html_open(h, "tr", NULL);
 *     html_open(h, "th", NULL);
 *     html_attribute(h, "scope", "row");
 *     html_text(h, app->name);
 *     html_close(h, "th");
 *     html_leaf(h, "td", "number", "19.8 %");
 *     html_close(h, "tr");
 *
 * The page looks as sim/results/html_style.c says, on paper too, and its own policy
 * forbids it to load anything, or to run a script where it has none of ours.
 */
#ifndef SIM_RESULTS_HTML_H
#define SIM_RESULTS_HTML_H

#include <stdbool.h>

#include "sim/results/error.h"
#include "sim/results/text.h"

#define HTML_DEPTH 32

/* {0} is an empty page; text_free() its text. */
struct html {
    struct text text;
    const char *open[HTML_DEPTH]; /* elements under way, the outermost first */
    bool lines[HTML_DEPTH];       /* whether what is inside stands on lines of its own */
    unsigned depth;
    bool tag;          /* the last one still takes attributes */
    unsigned pictures; /* so far: their ids begin with the number */
};

/* What stands before the content. */
struct html_head {
    const char *title;
    const char *style;  /* rules beside those of every page; NULL: none */
    const char *script; /* JavaScript that works on the whole page; NULL: none */
};

/* From <!DOCTYPE html> to <body>, and from there to the end (the script stands there). */
void html_page_begin(struct html *h, const struct html_head *head);
void html_page_end(struct html *h, const struct html_head *head);

/* <element class="class">; class NULL: none. */
void html_open(struct html *h, const char *element, const char *class);
void html_close(struct html *h, const char *element);

/* The same with nothing but text in it. */
void html_leaf(struct html *h, const char *element, const char *class, const char *text);

/* An element that has no content and no end: "input", "br". */
void html_void(struct html *h, const char *element, const char *class);

/* Of the element that was opened last, before anything is put in it. */
void html_attribute(struct html *h, const char *name, const char *value);

/* Escaped: what is not UTF-8, and control characters but line ends and tabs, become
 * U+FFFD. */
void html_text(struct html *h, const char *text);
void html_print(struct html *h, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* As it is.  Never with a text of a user's in it. */
void html_markup(struct html *h, const char *ours);

/* A picture of gnuplot's in the page, named by its finding.  Its ids become its own among
 * all pictures, its titles are replaced.  Every element and attribute is looked at: a
 * script, a handler, or an address outside the page is an error, and nothing is added. */
bool html_picture(struct html *h, const struct text *svg, const char *headline,
                  const char *detail, struct results_error *error);

/* The style sheet of every page, in lines; NULL ends it. */
extern const char *const html_style[];

#endif
