// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The hand of the person at the machine, on an X server without one: moves or presses through the
// server's own (not XTEST's) devices, so that it arrives as local input. Each line on stdin does
// one thing; the answer is the monotonic time in µs just before it.
//
//   move DX DY | key KEYCODE

#include <X11/Xlib.h>
#include <X11/extensions/XInput.h>
#include <X11/extensions/XTest.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

static XDevice *open_slave(Display *display, const char *needle)
{
    int count = 0;
    XDeviceInfo *list = XListInputDevices(display, &count);
    XDevice *found = NULL;
    for (int i = 0; i < count && !found; i++) {
        gboolean is_slave =
            list[i].use == IsXExtensionPointer || list[i].use == IsXExtensionKeyboard;
        if (is_slave && !strstr(list[i].name, "XTEST") && strstr(list[i].name, needle)) {
            found = XOpenDevice(display, list[i].id);
        }
    }
    XFreeDeviceList(list);
    return found;
}

static gboolean act(Display *display, XDevice *mouse, XDevice *keyboard, const char *line)
{
    int x = 0, y = 0;
    if (sscanf(line, "move %d %d", &x, &y) == 2 && mouse) {
        int axes[2] = {x, y};
        return XTestFakeDeviceMotionEvent(display, mouse, True, 0, axes, 2, 0);
    }
    if (sscanf(line, "key %d", &x) == 1 && keyboard) {
        XTestFakeDeviceKeyEvent(display, keyboard, (unsigned)x, True, NULL, 0, 0);
        return XTestFakeDeviceKeyEvent(display, keyboard, (unsigned)x, False, NULL, 0, 0);
    }
    return FALSE;
}

int main(void)
{
    Display *display = XOpenDisplay(NULL);
    if (!display) {
        fprintf(stderr, "local_hand: no X display\n");
        return 1;
    }
    XDevice *mouse = open_slave(display, "mouse");
    XDevice *keyboard = open_slave(display, "keyboard");
    printf("READY\n");
    fflush(stdout);
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        gint64 before_us = g_get_monotonic_time();
        if (!act(display, mouse, keyboard, line)) {
            fprintf(stderr, "local_hand: cannot do: %s", line);
            return 1;
        }
        XSync(display, False);
        printf("DONE %" G_GINT64_FORMAT "\n", before_us);
        fflush(stdout);
    }
    XCloseDisplay(display);
    return 0;
}
