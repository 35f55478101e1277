#include "sim/scenario/logic.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

#define DEPTH_MAX 100

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST };

struct node {
    enum node_kind kind;
    uint32_t left, right; /* AND, OR; NOT: left; TEST: left is its number */
};

struct logic {
    struct node nodes[LOGIC_MAX];
    uint32_t count, root;
};

/* A reading under way. */
struct parser {
    struct logic_reader *r;
    struct logic *logic;
    unsigned depth;
};

/* --- words -------------------------------------------------------------------------- */

void logic_skip_blanks(struct logic_reader *r)
{
    while (isspace((unsigned char)*r->p))
        r->p++;
}

static bool goes_on(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_-.", c));
}

bool logic_take(struct logic_reader *r, const char *what)
{
    size_t length = strlen(what);
    logic_skip_blanks(r);
    if (strncmp(r->p, what, length) != 0 ||
        (isalpha((unsigned char)*what) && goes_on(r->p[length])))
        return false;
    r->p += length;
    return true;
}

bool logic_take_quoted(struct logic_reader *r, char **text)
{
    logic_skip_blanks(r);
    char quote = *r->p;
    *text = NULL;
    if (quote != '"' && quote != '\'')
        return true;
    const char *begin = r->p + 1, *end = strchr(begin, quote);
    if (!end)
        return r->complain(r, r->p, "a quotation mark that is never closed");
    *text = memory_text(begin, (size_t)(end - begin));
    r->p = end + 1;
    return true;
}

/* --- grammar ------------------------------------------------------------------------ */

static bool add(struct parser *p, struct node node, uint32_t *out)
{
    struct logic *l = p->logic;
    if (l->count == LOGIC_MAX)
        return p->r->complain(p->r, p->r->p, "the expression is too long");
    *out = l->count++;
    l->nodes[*out] = node;
    return true;
}

static bool read_or(struct parser *p, uint32_t *out);

static bool read_test(struct parser *p, uint32_t *out)
{
    struct node n = {.kind = NODE_TEST};
    logic_skip_blanks(p->r);
    return p->r->read(p->r, &n.left) && add(p, n, out);
}

static bool take_not(struct logic_reader *r)
{
    logic_skip_blanks(r);
    return logic_take(r, "not") ||
           (r->p[0] == '!' && r->p[1] != '=' && logic_take(r, "!"));
}

static bool read_term(struct parser *p, uint32_t *out)
{
    struct logic_reader *r = p->r;
    struct node n = {.kind = NODE_NOT};
    bool good;
    if (++p->depth > DEPTH_MAX)
        return r->complain(r, r->p, "the expression is nested too deeply");
    if (take_not(r))
        good = read_term(p, &n.left) && add(p, n, out);
    else if (logic_take(r, "("))
        good = read_or(p, out) &&
               (logic_take(r, ")") || r->complain(r, r->p, "a bracket is not closed"));
    else
        good = read_test(p, out);
    p->depth--;
    return good;
}

/* Parts joined by a word, in either of its spellings. */
static bool read_joined(struct parser *p, const char *const words[2], enum node_kind kind,
                        bool (*part)(struct parser *, uint32_t *), uint32_t *out)
{
    bool good = part(p, out);
    while (good && (logic_take(p->r, words[0]) || logic_take(p->r, words[1]))) {
        struct node n = {.kind = kind, .left = *out};
        good = part(p, &n.right) && add(p, n, out);
    }
    return good;
}

static bool read_and(struct parser *p, uint32_t *out)
{
    static const char *const words[] = {"and", "&&"};
    return read_joined(p, words, NODE_AND, read_term, out);
}

static bool read_or(struct parser *p, uint32_t *out)
{
    static const char *const words[] = {"or", "||"};
    return read_joined(p, words, NODE_OR, read_and, out);
}

struct logic *logic_read(struct logic_reader *r)
{
    struct logic *l = memory_new(1, sizeof *l);
    struct parser p = {.r = r, .logic = l};
    bool good = read_or(&p, &l->root);
    logic_skip_blanks(r);
    if (good && *r->p)
        good =
            r->complain(r, r->p, "what stands here belongs to nothing; \"and\", \"or\"?");
    if (good)
        return l;
    logic_free(l);
    return NULL;
}

void logic_free(struct logic *l)
{
    free(l);
}

/* --- asking ------------------------------------------------------------------------- */

/* No deeper than the text was nested, and than its longest chain of joints. */
static bool node_holds(const struct logic *l, uint32_t index,
                       bool (*holds)(const void *context, uint32_t test),
                       const void *context)
{
    const struct node *n = &l->nodes[index];
    switch (n->kind) {
    case NODE_AND:
        return node_holds(l, n->left, holds, context) &&
               node_holds(l, n->right, holds, context);
    case NODE_OR:
        return node_holds(l, n->left, holds, context) ||
               node_holds(l, n->right, holds, context);
    case NODE_NOT:
        return !node_holds(l, n->left, holds, context);
    case NODE_TEST:
        break;
    }
    return holds(context, n->left);
}

bool logic_holds(const struct logic *l, bool (*holds)(const void *context, uint32_t test),
                 const void *context)
{
    return node_holds(l, l->root, holds, context);
}
