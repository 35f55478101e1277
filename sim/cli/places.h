/* Where the program's own files are: the library of scenarios and the gnuplot scripts.
 *
 * Looked for beside the program, in the folders above it (a build tree), and in
 * ../share/portsim (an installation).  PORTSIM_SHARE, when set, says where instead.
 */
#ifndef SIM_CLI_PLACES_H
#define SIM_CLI_PLACES_H

/* The folder "scenarios" or "plots" of the program, as a block of its own; NULL when it
 * was not found. */
char *places_folder(const char *name);

/* Why it was not found and what to do, for messages; a block of its own. */
char *places_missing(void);

/* `name` itself if such a file exists; else the scenario of that name in the library,
 * with or without ".json"; else `name` again.  A block of its own. */
char *places_scenario(const char *name);

#endif
