/* For tests that draw: they say that they were not tried where gnuplot is missing. */
#ifndef TESTS_NEEDS_GNUPLOT_H
#define TESTS_NEEDS_GNUPLOT_H

#include <stdbool.h>

bool gnuplot_installed(void);

/* After cmocka.h. */
#define NEEDS_GNUPLOT                                                                    \
    do {                                                                                 \
        if (!gnuplot_installed()) {                                                      \
            print_message("gnuplot is not installed: not tried\n");                      \
            skip();                                                                      \
        }                                                                                \
    } while (0)

#endif
