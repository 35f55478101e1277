/* Conditions as text: tests joined by `and`, `or`, `not` and brackets.
 *
 *     state == FIN_WAIT_2 and not (process ~ list or age < 10min)
 *
 * What a test looks like and when it holds is the caller's; the grammar between tests is
 * here.  `and` binds more than `or`; && || ! are other spellings.  Texts of more than
 * LOGIC_MAX tests and joints, or too deeply nested, are refused, so that none exhausts
 * the stack.
 */
#ifndef SIM_SCENARIO_LOGIC_H
#define SIM_SCENARIO_LOGIC_H

#include <stdbool.h>
#include <stdint.h>

#define LOGIC_MAX 1000

struct logic;

struct logic_reader {
    const char *text; /* all of it */
    const char *p;    /* what comes next; at first `text` */
    void *context;    /* the caller's */
    /* Reads the test that comes next and goes past it.  *test is the number under which
     * logic_holds() will ask for it.  False after a complaint. */
    bool (*read)(struct logic_reader *r, uint32_t *test);
    /* Takes a complaint about what stands at `at`; returns false. */
    bool (*complain)(struct logic_reader *r, const char *at, const char *message);
};

/* All of the text; NULL after a complaint. */
struct logic *logic_read(struct logic_reader *r);
void logic_free(struct logic *l); /* NULL is allowed */

/* Asks `holds` for tests by their numbers, no more of them than it takes to know. */
bool logic_holds(const struct logic *l, bool (*holds)(const void *context, uint32_t test),
                 const void *context);

/* --- for who reads tests ------------------------------------------------------------ */

void logic_skip_blanks(struct logic_reader *r);

/* Goes past the sign or word if it comes next; letters must not go on behind a word. */
bool logic_take(struct logic_reader *r, const char *what);

/* Text in quotes, of either kind, if it comes next: the caller's to free, else NULL.
 * False after a complaint. */
bool logic_take_quoted(struct logic_reader *r, char **text);

#endif
