#include "sim/cli/sweep_tell.h"

#include <stdio.h>
#include <string.h>

#include "sim/cli/terminal.h"
#include "sim/views/human.h"

/* A word as a shell would take it. */
static void print_word(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_./=:,@%+";
    if (*word && strspn(word, plain) == strlen(word)) {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc((unsigned char)*word < 0x20 ? '?' : *word, out);
    fputc('\'', out);
}

void sweep_tell_resume(const struct sweep_session *s, const struct sweep *sweep)
{
    char done[HUMAN_TEXT], all[HUMAN_TEXT];
    uint64_t before = sweep->total - sweep->missing;
    uint64_t kept = before + sweep->done - store_lost(s->store);
    fprintf(stderr, "\ninterrupted: %s of %s runs are in ",
            human_count((double)kept, done), human_count((double)sweep->total, all));
    terminal_print(stderr, s->directory);
    fputs("; the same command goes on:\n  portsim sweep", stderr);
    for (int i = 1; i < s->a->argc; i++) {
        fputc(' ', stderr);
        print_word(stderr, s->a->argv[i]);
    }
    fputc('\n', stderr);
}

void sweep_tell_done(const struct sweep_session *s, const struct sweep *sweep)
{
    char done[HUMAN_TEXT], before[HUMAN_TEXT], spent[HUMAN_TEXT];
    double seconds = progress_seconds(&s->progress);
    fprintf(stderr, "\n%s runs in %s", human_count((double)sweep->done, done),
            human_seconds(seconds, spent));
    if (sweep->total > sweep->missing)
        fprintf(stderr, ", %s were there already",
                human_count((double)(sweep->total - sweep->missing), before));
    fputs("; results in ", stderr);
    terminal_print(stderr, s->directory);
    fputc('\n', stderr);
}
