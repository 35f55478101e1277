#include "sim/study/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sim/base/memory.h"

/* handed <= taken <= opened <= count; all under the lock, which nobody holds while a run,
 * open() or done() is under way. */
struct crew {
    const struct workers *order;
    struct study_job *jobs;
    size_t count;
    size_t opened; /* ready for a thread */
    size_t taken;  /* a thread has begun them */
    size_t handed; /* done() saw them */
    bool *ended;   /* by job */
    unsigned threads, at_work;
    pthread_mutex_t lock;
    pthread_cond_t ready; /* for threads: a job was opened, or no more will be */
    pthread_cond_t news;  /* for the caller: a job was taken or ended */

    bool stopped;        /* by the flag: what has ended is still handed over */
    atomic_bool closing; /* nothing is begun any more; read in the middle of runs, too */
};

/* --- one run ----------------------------------------------------------------------- */

/* Of one thread alone: only the flag outside is written by others. */
struct run_watch {
    const struct crew *crew;
    volatile sig_atomic_t halt;
};

/* A signal handler may write the flag at this moment, on any thread. */
static bool flag_is_up(const struct crew *c)
{
    const volatile sig_atomic_t *stop = c->order->stop;
    return stop && __atomic_load_n(stop, __ATOMIC_RELAXED) != 0;
}

static void look_up(void *context, sim_ns now, sim_ns end, uint64_t events)
{
    (void)now;
    (void)end;
    (void)events;
    struct run_watch *w = context;
    w->halt = atomic_load_explicit(&w->crew->closing, memory_order_relaxed) ||
              flag_is_up(w->crew);
}

static struct trial_watch watch_of(const struct crew *c, const struct study_job *job,
                                   struct run_watch *own)
{
    struct trial_watch watch = {.keeps = job->recorded ? TRIAL_BOTH : TRIAL_NUMBERS,
                                .stop = &own->halt,
                                .progress = look_up,
                                .context = own};
    const struct trial_watch *how = c->order->how;
    if (how) {
        watch.parts = how->parts;
        watch.parts_watched = how->parts_watched;
        watch.binds = how->binds;
        watch.course = how->course;
    }
    return watch;
}

/* False if the run was abandoned: it has no numbers then. */
static bool run_job(const struct crew *c, struct study_job *job)
{
    if (!job->plan)
        return true;
    struct run_watch own = {.crew = c};
    struct trial_watch watch = watch_of(c, job, &own);
    struct trial_result *r = trial_run(job->plan, job->seed, job->replication, &watch);
    bool whole = r->record.status == RUN_COMPLETE;
    if (whole) {
        job->all_hold = r->all_hold;
        job->numbers = r->numbers;
        r->numbers = NULL;
    }
    if (job->recorded)
        job->result = r;
    else
        trial_result_free(r);
    return whole;
}

/* --- the caller's side of a job ------------------------------------------------------
 */

static void open_job(const struct crew *c, struct study_job *job)
{
    if (c->order->open)
        c->order->open(c->order->context, job);
}

static void drop_numbers(struct study_job *job)
{
    trial_numbers_free(job->numbers);
    job->numbers = NULL;
}

/* False: no more are wanted. */
static bool hand_over(const struct crew *c, struct study_job *job)
{
    if (!c->order->done)
        return true;
    bool more = c->order->done(c->order->context, job);
    drop_numbers(job);
    return more;
}

/* One thread: the caller's own. */
static bool run_alone(struct crew *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (flag_is_up(c))
            return false;
        open_job(c, &c->jobs[i]);
        if (!run_job(c, &c->jobs[i]))
            return false;
        if (!hand_over(c, &c->jobs[i]))
            return true;
    }
    return true;
}

/* --- threads ----------------------------------------------------------------------- */

static void close_work(struct crew *c)
{
    atomic_store(&c->closing, true);
    pthread_cond_broadcast(&c->ready);
}

static void stop_work(struct crew *c)
{
    c->stopped = true;
    close_work(c);
}

/* Sleeps until there is a job; false when there will be none. */
static bool wait_for_job(struct crew *c)
{
    while (!c->closing && c->taken == c->opened && c->taken < c->count)
        pthread_cond_wait(&c->ready, &c->lock);
    return !c->closing && c->taken < c->count;
}

static void *work(void *context)
{
    struct crew *c = context;
    pthread_mutex_lock(&c->lock);
    while (wait_for_job(c)) {
        if (flag_is_up(c)) {
            stop_work(c);
            break;
        }
        size_t mine = c->taken++;
        if (c->taken == c->count)
            pthread_cond_broadcast(&c->ready); /* the others may go home */
        pthread_cond_signal(&c->news);
        pthread_mutex_unlock(&c->lock);
        bool whole = run_job(c, &c->jobs[mine]);
        pthread_mutex_lock(&c->lock);
        c->ended[mine] = whole;
        if (!whole && !c->closing)
            stop_work(c);
        pthread_cond_signal(&c->news);
    }
    c->at_work--;
    pthread_cond_signal(&c->news);
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* One ready job a thread is enough to keep them all running. */
static bool may_open(const struct crew *c)
{
    return !c->closing && c->opened < c->count && c->opened - c->taken < c->threads &&
           c->opened - c->handed < (size_t)WORKERS_AHEAD * c->threads;
}

static bool may_hand_over(const struct crew *c)
{
    return (!c->closing || c->stopped) && c->handed < c->taken && c->ended[c->handed];
}

/* The caller's thread until nothing is left to do.  Opening comes first: threads wait for
 * it. */
static void serve(struct crew *c)
{
    for (;;) {
        if (may_open(c)) {
            struct study_job *job = &c->jobs[c->opened];
            pthread_mutex_unlock(&c->lock);
            open_job(c, job);
            pthread_mutex_lock(&c->lock);
            c->opened++;
            pthread_cond_signal(&c->ready);
        } else if (may_hand_over(c)) {
            struct study_job *job = &c->jobs[c->handed];
            pthread_mutex_unlock(&c->lock);
            bool more = hand_over(c, job);
            pthread_mutex_lock(&c->lock);
            c->handed++;
            if (!more) {
                c->stopped = false;
                close_work(c);
            }
        } else if (c->at_work > 0) {
            pthread_cond_wait(&c->news, &c->lock);
        } else {
            return;
        }
    }
}

/* Threads that could be started; the system may allow fewer than were asked for. */
static unsigned start(struct crew *c, pthread_t *threads)
{
    unsigned started = 0;
    while (started < c->threads && pthread_create(&threads[started], NULL, work, c) == 0)
        started++;
    return started;
}

/* False if the system allows no thread; nothing was run then. */
static bool run_together(struct crew *c)
{
    pthread_t *threads = memory_new(c->threads, sizeof *threads);
    c->ended = memory_new(c->count, sizeof *c->ended);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->ready, NULL);
    pthread_cond_init(&c->news, NULL);
    pthread_mutex_lock(&c->lock);
    unsigned started = start(c, threads);
    c->at_work = c->threads = started;
    if (started > 0)
        serve(c);
    pthread_mutex_unlock(&c->lock);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->ready);
    pthread_cond_destroy(&c->news);
    free(threads);
    free(c->ended);
    return started > 0;
}

bool workers_run(const struct workers *w, struct study_job *jobs, size_t count)
{
    struct crew c = {.order = w, .jobs = jobs, .count = count, .threads = w->threads};
    if (c.threads > count)
        c.threads = (unsigned)count;
    if (c.threads < 2 || !run_together(&c))
        return run_alone(&c);
    for (size_t i = c.handed; i < count; i++)
        drop_numbers(&jobs[i]);
    return !c.stopped;
}

unsigned workers_default(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
    return 1; /* a machine with more processors than the set has room for */
}
