#include "sim/cli/reference_print.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/explain.h"

#define SCREEN 80 /* columns of a line that goes to no terminal */
#define LABEL  12

unsigned reference_columns(void)
{
    unsigned columns = terminal_columns();
    return columns ? columns : SCREEN;
}

static void print_fact(const char *label, const char *text)
{
    unsigned column = (unsigned)printf("  %-*s", LABEL, label);
    terminal_wrap(stdout, column, LABEL + 2, reference_columns(), text);
}

/* Prints what `explain` writes, which knows no screen. */
void reference_print_keys(const struct field_table *table)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        memory_exhausted(0);
    explain_table(out, table);
    fclose(out);
    terminal_wrap_lines(stdout, reference_columns(), text);
    free(text);
}

void reference_print(const struct reference_entry *e, const char *singular)
{
    printf("%s, %s\n\n", e->name, singular);
    if (e->summary[0]) {
        fputs("  ", stdout);
        terminal_wrap(stdout, 2, 2, reference_columns(), e->summary);
        if (e->fact_count)
            putchar('\n');
    }
    for (uint32_t i = 0; i < e->fact_count; i++)
        print_fact(e->facts[i].label, e->facts[i].text);
    if (e->fields) {
        puts("\nIts own keys:\n");
        reference_print_keys(e->fields);
    }
}
