#include "sim/cli/question.h"

#include "sim/cli/terminal.h"

static uint32_t read_columns(const struct table *t, const char *list, uint32_t *out)
{
    char complaint[TABLE_COMPLAINT];
    uint32_t count = table_columns_named(t, list, out, COUNT_BY_MAX, complaint);
    if (count == 0) {
        fputs("portsim: --count-by: ", stderr);
        terminal_print(stderr, complaint);
        fputs("\ncolumns:", stderr);
        for (uint32_t i = 0; i < t->column_count; i++)
            fprintf(stderr, " %s", t->columns[i].name);
        fputc('\n', stderr);
    }
    return count;
}

bool question_read(struct question *q, const char *where, const char *count_by,
                   const struct table *t)
{
    struct where_error error;
    *q = (struct question){0};
    if (count_by && !(q->column_count = read_columns(t, count_by, q->columns)))
        return false;
    if (!where || (q->where = where_parse(where, t, &error)))
        return true;
    fputs("portsim: --where: ", stderr);
    where_explain(stderr, where, t, &error);
    return false;
}

void question_free(struct question *q)
{
    where_free(q->where);
    *q = (struct question){0};
}
