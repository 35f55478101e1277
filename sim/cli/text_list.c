#include "sim/cli/text_list.h"

#include <stdlib.h>

#include "sim/base/memory.h"

void text_list_add(struct text_list *list, const char *text)
{
    list->at = memory_resize(list->at, list->count + 1u, sizeof *list->at);
    list->at[list->count++] = text;
}

void text_list_free(struct text_list *list)
{
    free(list->at);
    *list = (struct text_list){0};
}
