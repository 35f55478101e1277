/* Pages: elements nest, texts are only shown, pictures bring nothing with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/results/html.h"
#include "tests/expect_bug.h"
#include "tests/hostile.h"

/* --- elements and texts --------------------------------------------------------------
 */

static void test_elements_nest_and_stand_on_lines_of_their_own(void **state)
{
    (void)state;
    struct html h = {0};
    html_open(&h, "table", "wide");
    html_attribute(&h, "id", "\"");
    html_open(&h, "tr", NULL);
    html_leaf(&h, "th", NULL, "a & b");
    html_open(&h, "td", NULL);
    html_print(&h, "%d <", 5);
    html_leaf(&h, "b", NULL, "ports");
    html_close(&h, "td");
    html_close(&h, "tr");
    html_close(&h, "table");
    assert_string_equal(text_of(&h.text), "<table class=\"wide\" id=\"&quot;\">\n"
                                          "<tr>\n"
                                          "<th>a &amp; b</th>\n"
                                          "<td>5 &lt;<b>ports</b></td>\n"
                                          "</tr>\n"
                                          "</table>");
    text_free(&h.text);
}

static void close_the_wrong_one(void *page)
{
    html_open(page, "p", NULL);
    html_close(page, "div");
}

static void test_misnesting_is_a_bug(void **state)
{
    (void)state;
    struct html h = {0};
    expect_bug(close_the_wrong_one, &h);
}

static unsigned count_of(const char *text, char c)
{
    unsigned count = 0;
    for (; *text; text++)
        count += *text == c;
    return count;
}

static void test_a_hostile_text_is_only_shown(void **state)
{
    (void)state;
    for (size_t i = 0; hostile_texts[i]; i++) {
        struct html h = {0};
        html_open(&h, "p", NULL);
        html_attribute(&h, "title", hostile_texts[i]);
        html_text(&h, hostile_texts[i]);
        html_close(&h, "p");
        const char *text = text_of(&h.text);
        if (count_of(text, '<') != 2 || count_of(text, '>') != 2 ||
            count_of(text, '"') != 2 || count_of(text, '\''))
            fail_msg("it is more than text: %s", text);
        for (const char *p = text; *p; p++)
            if ((unsigned char)*p < ' ' && *p != '\n' && *p != '\t')
                fail_msg("a control character is left: %s", text);
        text_free(&h.text);
    }
}

static void test_what_is_no_text_is_replaced(void **state)
{
    (void)state;
    struct html h = {0};
    html_text(&h, "a\x1B[2J \xFF \xE2\x80\xAE b\tc\nd \xC3\xA9");
    assert_string_equal(text_of(&h.text), "a\xEF\xBF\xBD[2J \xEF\xBF\xBD \xEF\xBF\xBD "
                                          "b\tc\nd \xC3\xA9");
    text_free(&h.text);
}

static void test_a_page_forbids_itself_to_load_anything(void **state)
{
    (void)state;
    for (int script = 0; script < 2; script++) {
        struct html h = {0};
        struct html_head head = {.title = "<x>", .script = script ? "f();" : NULL};
        html_page_begin(&h, &head);
        html_page_end(&h, &head);
        const char *text = text_of(&h.text);
        assert_non_null(strstr(text, "default-src &#39;none&#39;"));
        assert_true(!strstr(text, "script-src") == !script);
        assert_true(!strstr(text, "<script>") == !script);
        assert_non_null(strstr(text, "<title>&lt;x&gt;</title>"));
        assert_non_null(strstr(text, "<html lang=\"en\">"));
        text_free(&h.text);
    }
}

/* --- pictures ------------------------------------------------------------------------
 */

#define SVG(inside)                                                                      \
    "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 9 9\" "                                 \
    "xmlns:xlink=\"http://www.w3.org/1999/xlink\">" inside "</svg>\n"

static bool take(struct html *h, const char *picture)
{
    struct text svg = {0};
    struct results_error error;
    text_add(&svg, picture, strlen(picture));
    bool good = html_picture(h, &svg, "it <ran> out", "of ports", &error);
    text_free(&svg);
    return good;
}

static void test_two_pictures_share_no_id(void **state)
{
    (void)state;
    static const char picture[] =
        SVG("<title>Gnuplot</title><defs><path id='dot' d='M0,0'/></defs>"
            "<use xlink:href='#dot'/><g clip-path=\"url(#box)\"><text>5 > 4</text></g>");
    struct html h = {0};
    assert_true(take(&h, picture));
    assert_true(take(&h, picture));
    const char *text = text_of(&h.text);
    static const char *const parts[] = {
        "id=\"p1-dot\"",
        "id=\"p2-dot\"",
        "xlink:href=\"#p1-dot\"",
        "url(#p2-box)",
        "<title id=\"p1-title\">it &lt;ran&gt; out</title>",
        "<desc id=\"p2-desc\">of ports</desc>",
        "aria-labelledby=\"p1-title\"",
        "<text>5 > 4</text>"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(text, parts[i]))
            fail_msg("no %s in %s", parts[i], text);
    assert_null(strstr(text, "Gnuplot"));
    assert_null(strstr(text, "<?xml"));
    text_free(&h.text);
}

static void test_a_picture_that_does_more_than_draw_is_refused(void **state)
{
    (void)state;
    static const char *const pictures[] = {
        "",
        "no picture",
        "<svg",
        "<svg a",
        "<svg a=",
        "<svg a='",
        "<svg a='b",
        "<p></p>",
        "</svg>",
        "<svg><g></svg>",
        "<svg></svg></svg>",
        "<svg></svg><g></g>",
        SVG("<script>alert(1)</script>"),
        SVG("<SCRIPT>alert(1)</SCRIPT>"),
        SVG("<foreignObject><p>x</p></foreignObject>"),
        SVG("<a xlink:href='http://x/'><g></g></a>"),
        SVG("<svg></svg>"),
        SVG("<g onload='alert(1)'></g>"),
        SVG("<g ONLOAD='alert(1)'></g>"),
        SVG("<g onload=alert(1)></g>"),
        SVG("<image xlink:href='http://x/y.png'/>"),
        SVG("<image href='file:///etc/passwd'/>"),
        SVG("<image href='data:text/html;base64,AA'/>"),
        SVG("<rect fill='url(http://x/)'/>"),
        SVG("<rect fill='url('/>"),
        SVG("<style>@import url(http://x)</style>"),
        SVG("<!-- a comment -->"),
        SVG("<![CDATA[x]]>"),
        SVG("<title>open"),
    };
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        struct html h = {0};
        if (take(&h, pictures[i]) || h.text.length || h.pictures)
            fail_msg("taken: %s", pictures[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements_nest_and_stand_on_lines_of_their_own),
        cmocka_unit_test(test_misnesting_is_a_bug),
        cmocka_unit_test(test_a_hostile_text_is_only_shown),
        cmocka_unit_test(test_what_is_no_text_is_replaced),
        cmocka_unit_test(test_a_page_forbids_itself_to_load_anything),
        cmocka_unit_test(test_two_pictures_share_no_id),
        cmocka_unit_test(test_a_picture_that_does_more_than_draw_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
