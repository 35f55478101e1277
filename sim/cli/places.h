/* Where the program's own files are: the library of scenarios and the gnuplot scripts.
 *
 * Looked for beside the program, in the folders above it (a build tree), and in
 * ../share/portsim (an installation).  PORTSIM_SHARE, when set, says where instead.
 */
#ifndef SIM_CLI_PLACES_H
#define SIM_CLI_PLACES_H

/* The folder that holds scenarios/ and plots/, as a block of its own; NULL when there is
 * none. */
char *places_share(void);

/* A folder in it: "scenarios", "plots".  NULL likewise. */
char *places_folder(const char *name);

/* `name` itself if such a file exists; else the scenario of that name in the library,
 * with or without ".json"; else `name` again.  A block of its own. */
char *places_scenario(const char *name);

#endif
