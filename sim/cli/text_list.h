/* Texts of a command line, in order: settings, axes, metrics, requirements, studies. */
#ifndef SIM_CLI_TEXT_LIST_H
#define SIM_CLI_TEXT_LIST_H

#include <stdint.h>

/* {0} is none. */
struct text_list {
    const char **at; /* the list is owned, the texts are not */
    uint32_t count;
};

void text_list_add(struct text_list *list, const char *text);
void text_list_free(struct text_list *list);

#endif
