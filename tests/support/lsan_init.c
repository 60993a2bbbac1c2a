// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Linked into every program of a build with ASan. What libraries allocate in their own constructors
// is not ours to free: GLib, for one, drops its first quark table (16 KiB) when GStreamer's names
// make it grow, and keeps no pointer to it, which the leak check reports with no frame to suppress.

void __lsan_disable(void);
void __lsan_enable(void);

// Before the constructors of all shared libraries.
static void before_libraries(void)
{
    __lsan_disable();
}

__attribute__((section(".preinit_array"), used)) static void (*const preinit)(
    void) = before_libraries;

// After them: the program's own constructors come last.
__attribute__((constructor(101))) static void after_libraries(void)
{
    __lsan_enable();
}
