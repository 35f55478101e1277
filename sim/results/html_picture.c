/* A picture of gnuplot's taken into a page: every tag is read, known, and written anew.
 */
#include <string.h>

#include "sim/results/html.h"

/* What gnuplot's svg terminal draws with (term/svg.trm of 5.4 and 6.0).  "title" and
 * "desc" are read and left out. */
static const char *const elements[] = {
    "circle", "clipPath", "defs", "ellipse", "feComposite", "feFlood",  "filter", "g",
    "image",  "line",     "path", "pattern", "polygon",     "polyline", "rect",   "svg",
    "text",   "tspan",    "use",  "symbol",  "feBlend",     "feOffset", NULL};

struct tag_reader {
    const char *at, *end; /* of the picture */
    struct html *page;
    struct text out;
    const char *headline, *detail;
    unsigned depth; /* elements open */
    bool rooted;    /* <svg> has been written */
};

struct word {
    const char *at;
    size_t length;
};

static bool is_word(struct word w, const char *text)
{
    return strlen(text) == w.length && memcmp(text, w.at, w.length) == 0;
}

static bool begins(const struct tag_reader *r, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(r->end - r->at) >= length && memcmp(r->at, text, length) == 0;
}

static bool skip_past(struct tag_reader *r, const char *text)
{
    const char *found = memmem(r->at, (size_t)(r->end - r->at), text, strlen(text));
    if (found)
        r->at = found + strlen(text);
    return found;
}

static void skip_space(struct tag_reader *r)
{
    while (r->at < r->end && memchr(" \t\r\n", *r->at, 4))
        r->at++;
}

static struct word read_name(struct tag_reader *r)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_";
    struct word w = {r->at, 0};
    while (r->at < r->end && memchr(letters, *r->at, sizeof letters - 1))
        r->at++;
    w.length = (size_t)(r->at - w.at);
    return w;
}

static bool is_known(struct word element)
{
    for (size_t i = 0; elements[i]; i++)
        if (is_word(element, elements[i]))
            return true;
    return false;
}

/* --- attributes ----------------------------------------------------------------------
 */

static void put(struct tag_reader *r, struct word w)
{
    for (size_t i = 0; i < w.length; i++)
        if (w.at[i] == '"')
            text_print(&r->out, "&quot;");
        else
            text_add(&r->out, w.at + i, 1);
}

static void put_prefix(struct tag_reader *r)
{
    text_print(&r->out, "p%u-", r->page->pictures + 1);
}

/* The value with the prefix behind each "url(#"; false if a url leads elsewhere. */
static bool put_value(struct tag_reader *r, struct word w)
{
    const char *url;
    while ((url = memmem(w.at, w.length, "url(", 4))) {
        size_t length = (size_t)(url - w.at) + 5;
        if (length > w.length || url[4] != '#')
            return false;
        put(r, (struct word){w.at, length});
        put_prefix(r);
        w.at += length;
        w.length -= length;
    }
    put(r, w);
    return true;
}

/* An address inside the picture, or the picture's own pixels. */
static bool put_address(struct tag_reader *r, struct word w)
{
    static const char pixels[] = "data:image/png;base64,";
    if (w.length && *w.at == '#') {
        text_print(&r->out, "#");
        put_prefix(r);
        put(r, (struct word){w.at + 1, w.length - 1});
        return true;
    }
    put(r, w);
    return w.length >= sizeof pixels - 1 && memcmp(w.at, pixels, sizeof pixels - 1) == 0;
}

static bool put_attribute(struct tag_reader *r, struct word name, struct word value)
{
    bool handler =
        name.length > 1 && (name.at[0] | 32) == 'o' && (name.at[1] | 32) == 'n';
    if (name.length == 0 || handler || memchr(value.at, '<', value.length))
        return false;
    if (is_word(name, "xmlns") || is_word(name, "xmlns:xlink"))
        return true; /* a page of HTML knows */
    text_print(&r->out, " %.*s=\"", (int)name.length, name.at);
    bool good = true;
    if (is_word(name, "id")) {
        put_prefix(r);
        put(r, value);
    } else if (is_word(name, "xlink:href") || is_word(name, "href")) {
        good = put_address(r, value);
    } else {
        good = put_value(r, value);
    }
    text_print(&r->out, "\"");
    return good;
}

/* From behind the element's name to behind its '>' or "/>". */
static bool read_attributes(struct tag_reader *r)
{
    for (;;) {
        skip_space(r);
        if (begins(r, ">") || begins(r, "/>")) {
            size_t length = *r->at == '/' ? 2 : 1;
            r->depth += *r->at == '>';
            text_add(&r->out, r->at, length);
            r->at += length;
            return true;
        }
        struct word name = read_name(r);
        skip_space(r);
        if (!begins(r, "="))
            return false;
        r->at++;
        skip_space(r);
        if (!begins(r, "'") && !begins(r, "\""))
            return false;
        struct word value = {r->at + 1, 0};
        const char *end = memchr(value.at, *r->at, (size_t)(r->end - value.at));
        if (!end)
            return false;
        value.length = (size_t)(end - value.at);
        r->at = end + 1;
        if (!put_attribute(r, name, value))
            return false;
    }
}

/* --- elements ------------------------------------------------------------------------
 */

/* Who cannot see the picture is told what it says. */
static void put_names(struct tag_reader *r)
{
    unsigned number = r->page->pictures + 1;
    struct html names = {0};
    text_print(&names.text, "<title id=\"p%u-title\">", number);
    html_text(&names, r->headline);
    text_print(&names.text, "</title><desc id=\"p%u-desc\">", number);
    html_text(&names, r->detail);
    text_print(&names.text, "</desc>");
    text_add(&r->out, names.text.bytes, names.text.length);
    text_free(&names.text);
}

static bool read_root(struct tag_reader *r)
{
    unsigned number = r->page->pictures + 1;
    if (r->rooted)
        return false;
    r->rooted = true;
    text_print(&r->out,
               "<svg role=\"img\" aria-labelledby=\"p%u-title\" "
               "aria-describedby=\"p%u-desc\"",
               number, number);
    if (!read_attributes(r))
        return false;
    put_names(r);
    return true;
}

static bool read_end(struct tag_reader *r, struct word element)
{
    skip_space(r);
    if (r->depth == 0 || !begins(r, ">") || !is_known(element))
        return false;
    r->at++;
    r->depth--;
    text_print(&r->out, "</%.*s>", (int)element.length, element.at);
    return true;
}

/* The reader stands at a '<'. */
static bool read_tag(struct tag_reader *r)
{
    bool closes = begins(r, "</");
    r->at += closes ? 2 : 1;
    struct word element = read_name(r);
    if (is_word(element, "title") || is_word(element, "desc"))
        return skip_past(r, is_word(element, "title") ? "</title>" : "</desc>");
    if (closes)
        return read_end(r, element);
    if (is_word(element, "svg"))
        return read_root(r);
    if (r->depth == 0 || !is_known(element))
        return false;
    text_print(&r->out, "<%.*s", (int)element.length, element.at);
    return read_attributes(r);
}

static bool read_picture(struct tag_reader *r)
{
    if (begins(r, "<?xml") && !skip_past(r, "?>"))
        return false;
    skip_space(r);
    while (r->at < r->end) {
        const char *tag = memchr(r->at, '<', (size_t)(r->end - r->at));
        size_t length = (size_t)((tag ? tag : r->end) - r->at);
        text_add(&r->out, r->at, length);
        r->at += length;
        if (tag && !read_tag(r))
            return false;
    }
    return r->rooted && r->depth == 0;
}

bool html_picture(struct html *h, const struct text *svg, const char *headline,
                  const char *detail, struct results_error *error)
{
    struct tag_reader r = {.at = text_of(svg),
                           .end = text_of(svg) + svg->length,
                           .page = h,
                           .headline = headline,
                           .detail = detail};
    bool good = read_picture(&r);
    if (good) {
        html_markup(h, "\n");
        html_markup(h, text_of(&r.out));
        if (h->depth)
            h->lines[h->depth - 1] = true;
        h->pictures++;
    }
    text_free(&r.out);
    return good || results_fail(error, 0,
                                "gnuplot's picture \"%s\" holds something unknown: it is "
                                "not taken into the page",
                                headline);
}
