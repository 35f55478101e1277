/* Lines of shell that use the built program, in a directory of their own. */
#ifndef TESTS_SHELL_STAGE_H
#define TESTS_SHELL_STAGE_H

struct shell_stage {
    char *folder;
    char *program; /* $P, and `portsim` of $PATH; that of PORTSIM, else build/portsim */
    char *share;   /* $SHARE: the root of the repository */
};

struct shell_stage shell_stage_new(void);
void shell_stage_free(struct shell_stage *s);

/* Runs a line; its exit status.  What it prints goes to the files "out" and "err". */
int shell_run(const struct shell_stage *s, const char *line);

/* Fails the test, with what was said, unless that is its exit status. */
void expect_shell(const struct shell_stage *s, const char *line, int wanted);

/* Times a part occurs in what the last line printed on stderr. */
unsigned shell_said(const struct shell_stage *s, const char *part);

/* Fails the test unless two studies were exported as the same bytes. */
void expect_same_study(const struct shell_stage *s, const char *a, const char *b);

#endif
