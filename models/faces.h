/* What users call an application, and what they say when it fails: faces.
 *
 * A face is words only; it changes nothing in a run.  An app names one by its key
 * `face`, and summaries and diagnoses then speak as the people who call for help do.
 * The symptoms are those of the Windows guide and of the ProxySG alert (rows W4, W5 and
 * P10 of the feature table), in our own words.
 */
#ifndef MODELS_FACES_H
#define MODELS_FACES_H

#include <stdint.h>

/* Which way its connections go, seen from the machine whose ports run out. */
enum face_direction {
    FACE_OUT, /* opens them: each needs a local port */
    FACE_IN,  /* accepts them: needs none */
};

struct face {
    const char *name;   /* "domain-logon" */
    const char *called; /* "domain log-on" */
    const char *port;   /* usual one, with the protocol */
    enum face_direction direction;
    const char *symptom; /* what users see while no new outgoing connection works */
    const char *source;
};

enum { FACE_NONE };

/* Every face, from FACE_NONE on; ends with a row without a name. */
extern const struct face faces[];

/* The face users call so ("domain log-on"); NULL when there is none, or `called` is NULL.
 */
const struct face *face_find(const char *called);

/* For field tables: the name of the index-th face, NULL after the last. */
const char *face_choice(uint32_t index);

#endif
