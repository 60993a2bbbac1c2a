// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A child window of GTK's own, on a connection of our own, so that a frame goes from the decoder's
// thread to the X server without waiting for a turn of GTK's clock. Its input shape is empty: the
// pointer never enters it, so that GTK's window gets all events (else it loses those that a window
// manager holds back and replays). What is uncovered is told to GTK's connection and put again.

#include "viewer/ui/outlet.h"

#include <X11/Xlib.h>
#include <gdk/x11/gdkx.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xcb/shape.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>

#define BITS_A_PIXEL 32

// GDK's functions for X11 are deprecated without a successor.
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

typedef struct {
    PouceOutlet outlet;
    GdkDisplay *display; // borrowed
    gulong on_event;
    GMutex lock; // of pixels and segment: uncovering is told on the main thread
    xcb_connection_t *xcb;
    xcb_window_t parent, window;
    xcb_gcontext_t gc;
    guint8 depth;
    xcb_shm_seg_t segment; // 0: none
    PoucePixels pixels;
    gsize bytes;
    PouceRect area;
    int x_px, y_px;
    gboolean mapped, visible;
    gboolean reading; // the server has not answered what was asked after the last picture
    xcb_get_input_focus_cookie_t answer;
} X11Outlet;

static void drop_memory(X11Outlet *self)
{
    if (self->segment)
        xcb_shm_detach(self->xcb, self->segment);
    if (self->pixels.bgrx)
        munmap(self->pixels.bgrx, self->bytes);
    self->segment = 0;
    self->pixels = (PoucePixels){0};
}

static void wait_read(PouceOutlet *outlet)
{
    X11Outlet *self = (X11Outlet *)outlet;
    if (self->reading)
        free(xcb_get_input_focus_reply(self->xcb, self->answer, NULL));
    self->reading = FALSE;
    // Nothing is selected: only errors come, of a window that GTK has destroyed.
    for (xcb_generic_event_t *event; (event = xcb_poll_for_queued_event(self->xcb));)
        free(event);
}

static gboolean share_memory(X11Outlet *self, int width, int height)
{
    self->bytes = (gsize)width * (gsize)height * 4;
    int fd = memfd_create("pouce-viewer", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)self->bytes) != 0) {
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    guint8 *memory = mmap(NULL, self->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    self->segment = xcb_generate_id(self->xcb);
    // XCB closes the descriptor once it is sent.
    xcb_generic_error_t *refused =
        xcb_request_check(self->xcb, xcb_shm_attach_fd_checked(self->xcb, self->segment, fd, TRUE));
    if (refused || memory == MAP_FAILED) {
        if (memory != MAP_FAILED)
            munmap(memory, self->bytes);
        free(refused);
        self->segment = 0;
        return FALSE;
    }
    self->pixels = (PoucePixels){memory, width * 4, width, height};
    return TRUE;
}

static void follow_visible(X11Outlet *self)
{
    gboolean wanted = self->visible && self->pixels.bgrx;
    if (wanted == self->mapped)
        return;
    self->mapped = wanted;
    if (wanted)
        xcb_map_window(self->xcb, self->window);
    else
        xcb_unmap_window(self->xcb, self->window);
    xcb_flush(self->xcb);
}

static void configure(X11Outlet *self)
{
    guint32 values[] = {(guint32)(self->x_px + self->area.x), (guint32)(self->y_px + self->area.y),
        (guint32)MAX(1, self->area.width), (guint32)MAX(1, self->area.height)};
    xcb_configure_window(self->xcb, self->window,
        XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
            XCB_CONFIG_WINDOW_HEIGHT,
        values);
    xcb_flush(self->xcb);
}

static gboolean change_memory(X11Outlet *self, int width, int height)
{
    if (width == self->pixels.width_px && height == self->pixels.height_px)
        return TRUE;
    drop_memory(self);
    return width < 1 || height < 1 || share_memory(self, width, height);
}

static gboolean resize(PouceOutlet *outlet, PouceRect area, PoucePixels *out_pixels)
{
    X11Outlet *self = (X11Outlet *)outlet;
    wait_read(outlet);
    g_mutex_lock(&self->lock);
    self->area = area;
    gboolean ok = change_memory(self, area.width, area.height);
    *out_pixels = self->pixels;
    g_mutex_unlock(&self->lock);
    if (self->pixels.bgrx)
        configure(self);
    follow_visible(self);
    return ok;
}

static void put(X11Outlet *self, PouceRect rect)
{
    xcb_shm_put_image(self->xcb, self->window, self->gc, (guint16)self->pixels.width_px,
        (guint16)self->pixels.height_px, (guint16)rect.x, (guint16)rect.y, (guint16)rect.width,
        (guint16)rect.height, (gint16)rect.x, (gint16)rect.y, self->depth,
        XCB_IMAGE_FORMAT_Z_PIXMAP, 0, self->segment, 0);
}

static void show(PouceOutlet *outlet, const PouceRect *rects, guint count)
{
    X11Outlet *self = (X11Outlet *)outlet;
    if (!self->segment || count == 0)
        return;
    for (guint n = 0; n < count; n++)
        put(self, rects[n]);
    if (self->reading)
        xcb_discard_reply(self->xcb, self->answer.sequence);
    // Requests are done in order: its answer means that the memory has been read.
    self->answer = xcb_get_input_focus(self->xcb);
    self->reading = TRUE;
    xcb_flush(self->xcb);
}

static void move(PouceOutlet *outlet, int x_px, int y_px)
{
    X11Outlet *self = (X11Outlet *)outlet;
    if (x_px == self->x_px && y_px == self->y_px)
        return;
    self->x_px = x_px;
    self->y_px = y_px;
    configure(self);
}

static void set_visible(PouceOutlet *outlet, gboolean visible)
{
    X11Outlet *self = (X11Outlet *)outlet;
    self->visible = visible;
    follow_visible(self);
}

static void free_outlet(PouceOutlet *outlet)
{
    X11Outlet *self = (X11Outlet *)outlet;
    g_signal_handler_disconnect(self->display, self->on_event);
    drop_memory(self);
    xcb_destroy_window(self->xcb, self->window);
    xcb_flush(self->xcb);
    xcb_disconnect(self->xcb);
    g_mutex_clear(&self->lock);
    g_free(self);
}

static const PouceOutletClass x11_class = {
    .resize = resize,
    .wait = wait_read,
    .show = show,
    .move = move,
    .set_visible = set_visible,
    .free = free_outlet,
};

// Uncovered: GTK's connection heard of it. What is being written right now is shown when it is
// done.
static gboolean on_event(GdkDisplay *display, gpointer event, X11Outlet *self)
{
    const XEvent *uncovered = event;
    if (uncovered->type != Expose || uncovered->xexpose.window != self->window)
        return FALSE;
    const XExposeEvent *expose = &uncovered->xexpose;
    g_mutex_lock(&self->lock);
    int width = MIN(expose->width, self->pixels.width_px - expose->x);
    int height = MIN(expose->height, self->pixels.height_px - expose->y);
    if (self->segment && width > 0 && height > 0) {
        put(self, (PouceRect){expose->x, expose->y, width, height});
        xcb_flush(self->xcb);
    }
    g_mutex_unlock(&self->lock);
    return TRUE;
}

// Shared memory, input shapes, and pixels as we make them.
static gboolean find_format(X11Outlet *self)
{
    const xcb_setup_t *setup = xcb_get_setup(self->xcb);
    xcb_get_geometry_reply_t *geometry =
        xcb_get_geometry_reply(self->xcb, xcb_get_geometry(self->xcb, self->parent), NULL);
    xcb_shm_query_version_reply_t *shm =
        xcb_shm_query_version_reply(self->xcb, xcb_shm_query_version(self->xcb), NULL);
    xcb_shape_query_version_reply_t *shape =
        xcb_shape_query_version_reply(self->xcb, xcb_shape_query_version(self->xcb), NULL);
    gboolean shaped = shape && (shape->major_version > 1 || shape->minor_version >= 1);
    gboolean descriptors =
        shm && (shm->major_version > 1 || (shm->major_version == 1 && shm->minor_version >= 2));
    self->depth = geometry ? geometry->depth : 0;
    free(geometry);
    free(shm);
    free(shape);
    if (!descriptors || !shaped || setup->image_byte_order != XCB_IMAGE_ORDER_LSB_FIRST)
        return FALSE;
    for (xcb_format_iterator_t it = xcb_setup_pixmap_formats_iterator(setup); it.rem > 0;
         xcb_format_next(&it))
        if (it.data->depth == self->depth)
            return self->depth >= 24 && it.data->bits_per_pixel == BITS_A_PIXEL;
    return FALSE;
}

static gboolean make_window(X11Outlet *self)
{
    guint32 gravity = XCB_GRAVITY_NORTH_WEST;
    self->window = xcb_generate_id(self->xcb);
    self->gc = xcb_generate_id(self->xcb);
    xcb_generic_error_t *refused = xcb_request_check(
        self->xcb, xcb_create_window_checked(self->xcb, XCB_COPY_FROM_PARENT, self->window,
                       self->parent, 0, 0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
                       XCB_COPY_FROM_PARENT, XCB_CW_BIT_GRAVITY, &gravity));
    if (refused) {
        free(refused);
        return FALSE;
    }
    xcb_shape_rectangles(self->xcb, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT,
        XCB_CLIP_ORDERING_UNSORTED, self->window, 0, 0, 0, NULL);
    xcb_create_gc(self->xcb, self->gc, self->window, 0, NULL);
    xcb_flush(self->xcb);
    return TRUE;
}

PouceOutlet *pouce_outlet_x11_new(GtkNative *native)
{
    GdkSurface *surface = gtk_native_get_surface(native);
    if (!GDK_IS_X11_SURFACE(surface))
        return NULL;
    Display *display = GDK_SURFACE_XDISPLAY(surface);
    X11Outlet *self = g_new0(X11Outlet, 1);
    self->outlet.class = &x11_class;
    self->display = gdk_surface_get_display(surface);
    self->parent = (xcb_window_t)GDK_SURFACE_XID(surface);
    g_mutex_init(&self->lock);
    XSync(display, False); // the other connection must know the window
    self->xcb = xcb_connect(DisplayString(display), NULL);
    if (xcb_connection_has_error(self->xcb) || !find_format(self) || !make_window(self)) {
        xcb_disconnect(self->xcb);
        g_mutex_clear(&self->lock);
        g_free(self);
        return NULL;
    }
    XSelectInput(display, self->window, ExposureMask);
    self->on_event = g_signal_connect(self->display, "xevent", G_CALLBACK(on_event), self);
    return &self->outlet;
}

G_GNUC_END_IGNORE_DEPRECATIONS
