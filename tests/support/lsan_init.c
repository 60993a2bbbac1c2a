// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Linked into every program of a build with ASan, for the leak check alone.
//
// Before: what libraries allocate in their own constructors is not ours to free. GLib, for one,
// drops its table of quarks whenever 2,048 more make it grow, and keeps no pointer to it, which the
// leak check reports with no frame to suppress. So the table grows here to begin its second block;
// what it needs for the third, when a window has brought GTK's names, is known by its size.
//
// After: webrtcbin, libnice's wrapper and GLib's pools do not join their threads. One that is just
// ending holds its memory where the check does not look. So they get up to two seconds to come to
// rest. What stdout holds is written before: should the check itself crash, it would be lost.

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REST_MS 20
#define LOOKS_MAX 100
#define RESTING_LOOKS 3

#define QUARK_BLOCK 2048

// The check guesses where the thread-local memory of loaded modules lies by a header that newer C
// libraries do not write, and now and then reads where nothing is: it is not to look there.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "intercept_tls_get_addr=0";
}

void __lsan_disable(void);
void __lsan_enable(void);
void __lsan_ignore_object(const void *memory);
int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(const volatile void *, size_t), void (*on_free)(const volatile void *));
unsigned g_quark_from_string(const char *name) __attribute__((weak)); // NULL without GLib

static void on_malloc(const volatile void *memory, size_t bytes)
{
    if (bytes == 3 * QUARK_BLOCK * sizeof(char *))
        __lsan_ignore_object((const void *)memory);
}

static void on_free(const volatile void *memory)
{
}

static void fill_quark_block(void)
{
    for (unsigned i = 0, id = 0; g_quark_from_string && id <= QUARK_BLOCK; i++) {
        char name[32];
        snprintf(name, sizeof name, "pouce-filler-%u", i);
        id = g_quark_from_string(name);
    }
    __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
}

// 'S' and the like: "PID (NAME) STATE …", and a name may hold anything but its end.
static char thread_state(const char *id)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/self/task/%.16s/stat", id);
    FILE *file = fopen(path, "re");
    const char *end = file && fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    char state = end && end[1] ? end[2] : '?';
    if (file)
        fclose(file);
    return state;
}

#define ALONE 1

// A sum of the threads that there are, ALONE without others; 0 if one of them runs or is ending.
static unsigned long threads_at_rest(void)
{
    unsigned long sum = 1;
    unsigned running = 0, count = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        if (task->d_name[0] == '.')
            continue;
        count++;
        sum = sum * 31 + strtoul(task->d_name, NULL, 10);
        running += thread_state(task->d_name) != 'S';
    }
    if (tasks)
        closedir(tasks);
    return count == 1 ? ALONE : running > 1 ? 0 : sum; // one runs: the one that looks
}

static void wait_for_threads(void)
{
    const struct timespec rest = {.tv_nsec = REST_MS * 1000000L};
    unsigned long before = 0;
    fflush(NULL);
    for (unsigned looks = 0, resting = 0; looks < LOOKS_MAX && resting < RESTING_LOOKS; looks++) {
        unsigned long now = threads_at_rest();
        if (now == ALONE)
            return;
        resting = now != 0 && now == before ? resting + 1 : 0;
        before = now;
        if (resting < RESTING_LOOKS)
            nanosleep(&rest, NULL);
    }
}

// Before the constructors of all shared libraries.
static void before_libraries(void)
{
    __lsan_disable();
}

__attribute__((section(".preinit_array"), used)) static void (*const preinit)(
    void) = before_libraries;

// After them: the program's own constructors come last. What is registered last is run first, so
// this waits before the leak check looks.
__attribute__((constructor(101))) static void after_libraries(void)
{
    fill_quark_block();
    __lsan_enable();
    atexit(wait_for_threads);
}
