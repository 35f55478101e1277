/* How many processors this process may use at once.
 *
 * Those it may run on (a scheduler may have bound it to some), and no more than the limit
 * of its control group: a container may run on all processors of its machine, but not for
 * longer than its share, and more threads than that only wait for one another.
 */
#ifndef SIM_STUDY_PROCESSORS_H
#define SIM_STUDY_PROCESSORS_H

/* At least 1. */
unsigned processors_here(void);

/* The limit of a control group of version 2, that of the groups around it included, in
 * processors, rounded up; 0: none.  `root` is where the hierarchy is mounted, `group`
 * begins with '/'. */
unsigned processors_limit(const char *root, const char *group);

#endif
