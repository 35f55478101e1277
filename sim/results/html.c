#include "sim/results/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* --- text ----------------------------------------------------------------------------
 */

static void add(struct html *h, const char *markup)
{
    text_add(&h->text, markup, strlen(markup));
}

/* No more attributes. */
static void end_tag(struct html *h)
{
    if (h->tag)
        add(h, ">");
    h->tag = false;
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void add_escaped(struct html *h, const char *text)
{
    const char *end = text + strlen(text);
    for (const char *p = text; p < end;) {
        uint32_t code;
        size_t length = utf8_decode(p, end, &code);
        bool plain = *p == '\n' || *p == '\t';
        const char *escaped = entity(*p);
        if (length == 0 || (!plain && utf8_unsafe(code)))
            add(h, REPLACEMENT);
        else if (escaped)
            add(h, escaped);
        else
            text_add(&h->text, p, length);
        p += length ? length : 1;
    }
}

void html_text(struct html *h, const char *text)
{
    end_tag(h);
    add_escaped(h, text);
}

void html_print(struct html *h, const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    SIM_ASSERT(length >= 0);
    html_text(h, text);
    free(text);
}

void html_markup(struct html *h, const char *ours)
{
    end_tag(h);
    add(h, ours);
}

/* --- elements ------------------------------------------------------------------------
 */

/* Elements within a line; all others begin a line of their own. */
static bool is_inline(const char *element)
{
    static const char *const names[] = {"a",    "abbr", "b",    "br",    "code",
                                        "em",   "kbd",  "mark", "label", "output",
                                        "samp", "span", "time", "wbr",   "strong"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(element, names[i]) == 0)
            return true;
    return false;
}

static void new_line(struct html *h)
{
    if (h->text.length && h->text.bytes[h->text.length - 1] != '\n')
        add(h, "\n");
    for (unsigned i = 0; i < h->depth; i++)
        add(h, i < 2 ? "" : " "); /* html and body need no indent */
}

static void begin_tag(struct html *h, const char *element, const char *class)
{
    end_tag(h);
    if (!is_inline(element)) {
        if (h->depth)
            h->lines[h->depth - 1] = true;
        new_line(h);
    }
    add(h, "<");
    add(h, element);
    h->tag = true;
    if (class)
        html_attribute(h, "class", class);
}

void html_attribute(struct html *h, const char *name, const char *value)
{
    SIM_ASSERT(h->tag);
    add(h, " ");
    add(h, name);
    add(h, "=\"");
    add_escaped(h, value);
    add(h, "\"");
}

void html_open(struct html *h, const char *element, const char *class)
{
    begin_tag(h, element, class);
    SIM_ASSERT(h->depth < HTML_DEPTH);
    h->lines[h->depth] = false;
    h->open[h->depth++] = element;
}

void html_close(struct html *h, const char *element)
{
    SIM_ASSERT(h->depth > 0 && strcmp(h->open[h->depth - 1], element) == 0);
    end_tag(h);
    h->depth--;
    if (h->lines[h->depth])
        new_line(h);
    add(h, "</");
    add(h, element);
    add(h, ">");
}

void html_leaf(struct html *h, const char *element, const char *class, const char *text)
{
    html_open(h, element, class);
    html_text(h, text);
    html_close(h, element);
}

void html_void(struct html *h, const char *element, const char *class)
{
    begin_tag(h, element, class);
}

/* --- the page ------------------------------------------------------------------------
 */

static void put_meta(struct html *h, const char *name, const char *content)
{
    html_void(h, "meta", NULL);
    html_attribute(h, "name", name);
    html_attribute(h, "content", content);
}

/* Nothing is fetched, and nothing runs but what is ours: a text that slipped through the
 * escaping would still do no harm. */
static void put_policy(struct html *h, bool script)
{
    char *policy = memory_print("default-src 'none'; style-src 'unsafe-inline'; "
                                "img-src data:%s",
                                script ? "; script-src 'unsafe-inline'" : "");
    html_void(h, "meta", NULL);
    html_attribute(h, "http-equiv", "Content-Security-Policy");
    html_attribute(h, "content", policy);
    free(policy);
}

/* Lines that are no HTML. */
static void put_lines(struct html *h, const char *lines)
{
    html_markup(h, "\n");
    html_markup(h, lines);
    h->lines[h->depth - 1] = true;
}

static void put_style(struct html *h, const char *more)
{
    html_open(h, "style", NULL);
    for (size_t i = 0; html_style[i]; i++)
        put_lines(h, html_style[i]);
    if (more)
        put_lines(h, more);
    html_close(h, "style");
}

void html_page_begin(struct html *h, const struct html_head *head)
{
    html_markup(h, "<!DOCTYPE html>");
    html_open(h, "html", NULL);
    html_attribute(h, "lang", "en");
    html_open(h, "head", NULL);
    html_void(h, "meta", NULL);
    html_attribute(h, "charset", "utf-8");
    put_meta(h, "viewport", "width=device-width, initial-scale=1");
    put_meta(h, "color-scheme", "light dark");
    put_policy(h, head->script);
    html_void(h, "link", NULL); /* else a browser asks for /favicon.ico */
    html_attribute(h, "rel", "icon");
    html_attribute(h, "href", "data:,");
    html_leaf(h, "title", NULL, head->title);
    put_style(h, head->style);
    html_close(h, "head");
    html_open(h, "body", NULL);
}

void html_page_end(struct html *h, const struct html_head *head)
{
    if (head->script) {
        html_open(h, "script", NULL);
        put_lines(h, head->script);
        html_close(h, "script");
    }
    html_close(h, "body");
    html_close(h, "html");
    html_markup(h, "\n");
    SIM_ASSERT(h->depth == 0);
}
