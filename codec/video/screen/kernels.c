// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "codec/video/screen/kernels.h"

ScreenKernels screen_kernels;

#define SETS_MAX 4

typedef void (*Set)(ScreenKernels *kernels);

// What this machine can run after plain C, best last.
static int list_sets(Set sets[SETS_MAX])
{
    int count = 0;
    sets[count++] = screen_kernels_plain;
#if defined __x86_64__ || defined __i386__
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse2"))
        sets[count++] = screen_kernels_sse2;
    if (__builtin_cpu_supports("sse2") && __builtin_cpu_supports("ssse3"))
        sets[count++] = screen_kernels_ssse3;
    if (__builtin_cpu_supports("sse2") && __builtin_cpu_supports("avx2"))
        sets[count++] = screen_kernels_avx2;
#elif defined __ARM_NEON
    sets[count++] = screen_kernels_neon; // all that the compiler may use anyway
#endif
    return count;
}

int screen_kernels_count(void)
{
    Set sets[SETS_MAX];
    return list_sets(sets);
}

ScreenKernels screen_kernels_get(int index)
{
    Set sets[SETS_MAX];
    int count = list_sets(sets);
    ScreenKernels kernels = {0};
    for (int i = 0; i < count && i <= index; i++)
        sets[i](&kernels);
    return kernels;
}

__attribute__((constructor)) static void choose(void)
{
    screen_kernels = screen_kernels_get(screen_kernels_count() - 1);
}
