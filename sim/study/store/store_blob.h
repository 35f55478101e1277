/* What of a run does not fit a table: which numbers are hidden, the histograms, and a
 * digest over all of it.
 *
 * States take two bits a number.  Histograms are whole numbers in as few bytes as they
 * need (LEB128), empty ones left out:
 *
 *     gap to the number of the histogram before, count, min, max,
 *     first octave, octaves, then the counts; 0 is followed by how many are 0
 *
 * Reading is strict: bytes that nobody wrote so are refused, and cost no more than their
 * length.
 */
#ifndef SIM_STUDY_STORE_BLOB_H
#define SIM_STUDY_STORE_BLOB_H

#include "sim/trial/trial_numbers.h"

enum number_state { NUMBER_SHOWN, NUMBER_ZERO, NUMBER_NULL };

static inline enum number_state number_state_of(const struct trial_numbers *n, uint32_t i)
{
    if (!n->hidden[i])
        return NUMBER_SHOWN;
    return n->values[i] == 0 ? NUMBER_ZERO : NUMBER_NULL;
}

/* {0} is empty. */
struct blob {
    unsigned char *bytes;
    size_t length, capacity;
};

void blob_free(struct blob *b);

/* Sets `b` to what they say. */
void blob_put_states(struct blob *b, const struct trial_numbers *n);
void blob_put_samples(struct blob *b, const struct trial_numbers *n);

/* The way back: `hidden`, and 0 or NaN in `values` where a number is hidden; `samples`,
 * which must be empty.  False if the bytes are not such. */
bool blob_get_states(const void *bytes, size_t length, struct trial_numbers *n);
bool blob_get_samples(const void *bytes, size_t length, struct trial_numbers *n);

/* Of who ran, what came out, and what is hidden; `samples` as blob_put_samples() puts
 * them. */
uint64_t blob_digest(const struct trial_numbers *n, const void *samples, size_t length);

#endif
