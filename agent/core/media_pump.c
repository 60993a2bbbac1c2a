// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "agent/core/media_private.h"

#include <string.h>

#define FRAME_INTERVAL_US (G_USEC_PER_SEC / POUCE_MEDIA_FPS_MAX)
// While the link is full the next report wakes us; what never is reported ages within a second.
#define BUSY_RETRY_US 100000
// Nobody waits for anything: no change for so long.
#define QUIET_US 500000
#define KEY_INTERVAL_US (G_USEC_PER_SEC / 2)
// A frame takes what the line carries in FRAME_TIME_US, and the next one waits until that is paid
// for: so no queue of ours is ever longer. On slow lines a frame of FRAME_MIN_BYTES, some lines of
// text, is worth the wait of up to FRAME_TIME_MAX_US: frames get fewer before they get blurred.
#define FRAME_TIME_US 50000
#define FRAME_TIME_MAX_US 200000
#define FRAME_MIN_BYTES 6000
// Refinement goes in smaller steps, so that a change that comes meanwhile does not wait long.
#define REFINE_TIME_US 20000
#define REFINE_TIME_MAX_US 100000
#define REFINE_MIN_BYTES 3000
// On such lines half of a large change is on its way before the other half is encoded. That follows
// as soon as the packets have left.
#define PARTS_BPS 20000000
#define PART_RETRY_US 1000

static void deliver_lost(PouceMedia *media, gpointer payload)
{
    if (media->listener->lost)
        media->listener->lost(payload, media->data);
}

static void fail(PouceMedia *media, const char *sentence)
{
    if (media->lost)
        return;
    media->lost = TRUE;
    pouce_media_post(media, deliver_lost, g_strdup(sentence), g_free);
}

static void deliver_screen(PouceMedia *media, gpointer payload)
{
    const PouceMediaScreen *screen = payload;
    if (media->listener->screen)
        media->listener->screen(screen, media->data);
    pouce_media_cursor_show(&media->cursor, screen->monitors[screen->monitor].area);
}

static void tell_screen(PouceMedia *media)
{
    PouceMediaScreen *screen = g_new0(PouceMediaScreen, 1);
    const PouceCaptureMonitor *monitors =
        pouce_capture_monitors(media->capture, &screen->monitor_count);
    memcpy(screen->monitors, monitors, sizeof *monitors * (gsize)screen->monitor_count);
    screen->monitor = pouce_capture_monitor(media->capture);
    screen->width_px = monitors[screen->monitor].area.width;
    screen->height_px = monitors[screen->monitor].area.height;
    pouce_media_post(media, deliver_screen, screen, g_free);
}

// The present picture's encoder and frame; made anew when the size changed.
static gboolean fit_size(PouceMedia *media, const PoucePicture *picture, GError **error)
{
    PouceFrame *frame = media->frame;
    if (frame && frame->width_px == picture->width_px && frame->height_px == picture->height_px)
        return TRUE;
    g_clear_pointer(&media->frame, pouce_frame_unref);
    media->frame = pouce_frame_new(picture->width_px, picture->height_px);
    media->whole = TRUE;
    if (media->encoder)
        return pouce_encoder_resize(media->encoder, picture->width_px, picture->height_px, error);
    PouceEncoderConfig config = {.width_px = picture->width_px,
        .height_px = picture->height_px,
        .bitrate_bps = media->bitrate_bps,
        .fps_max = POUCE_MEDIA_FPS_MAX};
    media->encoder = pouce_encoder_new(media->encoder_name, &config, error);
    return media->encoder != NULL;
}

static void arm(PouceMedia *media, gint64 due_us)
{
    g_source_set_ready_time(media->timer, due_us);
    g_mutex_lock(&media->lock);
    media->armed_us = due_us < 0 ? G_MAXINT64 : due_us;
    g_mutex_unlock(&media->lock);
}

typedef struct {
    PoucePeerPush push;
    gint64 follow_up_us; // when a null frame should show whether the last frame arrived
    gint64 lost_due_us;  // when a frame will be given up unless something is heard of it
} Link;

// The encoder's frame of the peer's @id; 0: of an encoder before it, or none.
static guint32 encoder_id(const PouceMedia *media, guint32 id)
{
    return id > media->id_offset ? id - media->id_offset : 0;
}

// What the far side has, and what the next frame must do without.
static void tell_encoder(PouceMedia *media, const PoucePeerDelivery *delivery)
{
    guint32 confirmed = encoder_id(media, delivery->confirmed_id);
    guint32 lost = encoder_id(media, delivery->lost_id);
    if (media->encoder && confirmed)
        pouce_encoder_confirm(media->encoder, confirmed);
    if (media->encoder && lost)
        pouce_encoder_lost(media->encoder, lost);
    media->recovers = lost != 0;
}

static Link ask_link(PouceMedia *media)
{
    Link link = {POUCE_PEER_PUSH_NOT_ALLOWED, G_MAXINT64, G_MAXINT64};
    PoucePeerDelivery delivery = {.lost_due_us = -1};
    g_mutex_lock(&media->lock);
    if (media->peer) {
        pouce_peer_delivery(media->peer, &delivery);
        link.push = pouce_peer_can_push(media->peer);
        gint64 follow_up_us = pouce_peer_follow_up_us(media->peer);
        link.follow_up_us = follow_up_us < 0 ? G_MAXINT64 : follow_up_us;
    }
    g_mutex_unlock(&media->lock);
    tell_encoder(media, &delivery);
    if (delivery.lost_due_us >= 0)
        link.lost_due_us = delivery.lost_due_us;
    return link;
}

static gint64 carried_bytes(const PouceMedia *media, gint64 time_us)
{
    return (gint64)media->bitrate_bps * time_us / 8 / G_USEC_PER_SEC;
}

static int frame_budget_bytes(const PouceMedia *media)
{
    gint64 least = MIN(FRAME_MIN_BYTES, carried_bytes(media, FRAME_TIME_MAX_US));
    return (int)MAX(carried_bytes(media, FRAME_TIME_US), least);
}

static int refine_budget_bytes(const PouceMedia *media)
{
    gint64 least = MIN(REFINE_MIN_BYTES, carried_bytes(media, REFINE_TIME_MAX_US));
    return (int)MAX(carried_bytes(media, REFINE_TIME_US), least);
}

// A probe is a null frame with zeros behind it: a decoder reads its last partition no further than
// it needs to.
static GBytes *make_probe(PouceMedia *media, const PouceEncodedFrame *encoded)
{
    gsize bytes = MAX(encoded->bytes, (gsize)media->probe_bytes);
    guint8 *data = g_malloc0(bytes);
    memcpy(data, encoded->data, encoded->bytes);
    return g_bytes_new_take(data, bytes);
}

static void push(PouceMedia *media, const PouceEncodedFrame *encoded, gint64 now_us)
{
    PoucePeerPush pushed = POUCE_PEER_PUSH_NOT_ALLOWED;
    gboolean probe = media->probe_bytes > 0;
    g_autoptr(GBytes) bytes =
        probe ? make_probe(media, encoded) : g_bytes_new_static(encoded->data, encoded->bytes);
    media->probe_bytes = 0;
    PouceVideoFrame frame = {.vp8 = g_bytes_get_data(bytes, NULL),
        .bytes = g_bytes_get_size(bytes),
        .pts_us = now_us,
        .id = media->id_offset + encoded->id,
        .base_id = encoded->base_id ? media->id_offset + encoded->base_id : 0};
    media->newest_id = frame.id;
    pouce_trace_stamp(&media->trace, "encoded");
    if (encoded->more)
        pouce_trace_stamp(&media->trace, "more");
    g_mutex_lock(&media->lock);
    if (media->peer && probe)
        pouce_peer_burst_next(media->peer);
    if (media->peer)
        pushed = pouce_peer_push_video(media->peer, &frame);
    g_mutex_unlock(&media->lock);
    pouce_trace_stamp(&media->trace, "sent");
    pouce_trace_print(&media->trace, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    if (pushed == POUCE_PEER_PUSH_OK) {
        gint64 takes_us = (gint64)g_bytes_get_size(bytes) * 8 * G_USEC_PER_SEC / media->bitrate_bps;
        media->paid_us = encoded->more ? now_us : now_us + takes_us;
        media->next_frame_us =
            encoded->more ? now_us : MAX(media->paid_us, now_us + FRAME_INTERVAL_US);
        g_atomic_int_inc(&media->frames);
        media->sent_us = now_us;
        if (encoded->key) {
            media->key_made_us = now_us;
            media->key_id = frame.id;
        }
    } else {
        // The far end never sees it: the next one must not build on it.
        pouce_encoder_lost(media->encoder, encoded->id);
        media->key_wanted = media->key_wanted || encoded->key || pushed == POUCE_PEER_PUSH_TOO_BIG;
        media->dirty = TRUE;
    }
}

// A line that is very slow for this screen gets its picture at half the size.
static void step(PouceMedia *media, gint64 now_us, PoucePicture *picture)
{
    gboolean was = media->ladder.halved;
    gboolean halved = pouce_ladder_update(
        &media->ladder, now_us, media->bitrate_bps, picture->width_px * picture->height_px);
    if (halved)
        pouce_media_half_take(&media->half, picture);
    else if (was)
        pouce_media_half_clear(&media->half);
}

static gboolean refresh(PouceMedia *media, gint64 now_us, const PouceDamage **out_damage)
{
    g_autoptr(GError) error = NULL;
    PoucePicture picture;
    *out_damage = NULL;
    gboolean grabbed = pouce_capture_grab(media->capture, now_us, &picture, &error);
    pouce_trace_stamp(&media->trace, "grabbed");
    if (grabbed)
        step(media, now_us, &picture);
    if (!grabbed || !fit_size(media, &picture, &error)) {
        fail(media, error->message);
        return FALSE;
    }
    media->dirty = FALSE;
    if (!media->whole)
        *out_damage = picture.damage;
    pouce_convert_bgrx(media->frame, picture.bgrx, picture.stride_bytes, *out_damage);
    pouce_trace_stamp(&media->trace, "converted");
    media->whole = FALSE;
    return TRUE;
}

static int shown_px(const PouceMedia *media, int px)
{
    return media->ladder.halved && px >= 0 ? px / 2 : px;
}

static void encode(PouceMedia *media, gint64 now_us, gboolean key, gboolean keepalive)
{
    g_autoptr(GError) error = NULL;
    const PouceDamage *damage = NULL;
    PouceDamage nothing = {0};
    PouceEncodedFrame encoded;
    gboolean grabbed = media->dirty || !media->frame;
    if (grabbed && !refresh(media, now_us, &damage))
        return;
    if (!grabbed) {
        pouce_damage_init(&nothing, media->frame->width_px, media->frame->height_px);
        damage = &nothing;
    }
    gboolean changes = grabbed || key || media->recovers || media->more;
    int cursor_x_px, cursor_y_px;
    pouce_media_cursor_place(&media->cursor, &cursor_x_px, &cursor_y_px);
    PouceEncodeRequest request = {.frame = media->frame,
        .damage = damage,
        .now_us = now_us,
        .budget_bytes = changes ? frame_budget_bytes(media) : refine_budget_bytes(media),
        .key = key,
        .keepalive = keepalive,
        .in_parts = media->bitrate_bps >= PARTS_BPS,
        .cursor_x_px = shown_px(media, cursor_x_px),
        .cursor_y_px = shown_px(media, cursor_y_px)};
    if (key)
        media->key_wanted = FALSE;
    PouceEncodeResult result = pouce_encoder_encode(media->encoder, &request, &encoded, &error);
    pouce_damage_clear(&nothing);
    media->more = result == POUCE_ENCODE_FRAME && encoded.more;
    // Refinement that has nothing to send yet must not hold back a change.
    media->refine_from_us = media->more ? now_us : now_us + FRAME_INTERVAL_US;
    if (grabbed || result == POUCE_ENCODE_ERROR)
        media->next_frame_us = now_us + FRAME_INTERVAL_US;
    if (result != POUCE_ENCODE_FRAME)
        media->trace.count = 0;
    if (result == POUCE_ENCODE_FRAME) {
        push(media, &encoded, now_us);
    } else if (result == POUCE_ENCODE_ERROR) {
        // A new one, with a key frame, at the next chance.
        g_warning("The encoder gave up and is made anew: %s", error->message);
        g_clear_pointer(&media->encoder, pouce_encoder_free);
        g_clear_pointer(&media->frame, pouce_frame_unref);
        media->id_offset = media->newest_id;
        media->key_wanted = TRUE;
    }
}

typedef struct {
    gint64 alive_us, refine_us, key_us, lost_us; // G_MAXINT64: not due
} Due;

static Due find_due(const PouceMedia *media, const Link *link)
{
    gint64 refine_us = media->encoder ? pouce_encoder_next_due_us(media->encoder) : -1;
    gint64 alive_us = media->sent_us + POUCE_MEDIA_KEEPALIVE_MS * 1000;
    return (Due){
        .alive_us = MIN(alive_us, link->follow_up_us),
        .refine_us = refine_us < 0 ? G_MAXINT64 : MAX(refine_us, media->refine_from_us),
        .key_us = media->key_wanted ? media->key_made_us + KEY_INTERVAL_US : G_MAXINT64,
        .lost_us = link->lost_due_us,
    };
}

static gboolean is_quiet(const PouceMedia *media, const Due *due, gint64 now_us)
{
    return !media->dirty && due->key_us == G_MAXINT64 && due->refine_us == G_MAXINT64 &&
           now_us - media->dirty_us > QUIET_US;
}

// Whether the link takes a frame. If not, the flag is up before it is asked once more: a report
// that comes in between wakes us.
static gboolean is_open(PouceMedia *media, Link *link)
{
    if (link->push == POUCE_PEER_PUSH_OK)
        return TRUE;
    g_atomic_int_set(&media->waiting, TRUE);
    *link = ask_link(media);
    return link->push == POUCE_PEER_PUSH_OK;
}

void pouce_media_pump(PouceMedia *media)
{
    gint64 now_us = g_get_monotonic_time();
    arm(media, -1);
    if (media->lost || media->paused)
        return;
    Link link = ask_link(media);
    if (link.push == POUCE_PEER_PUSH_NOT_ALLOWED)
        return; // set_peer comes back here
    Due due = find_due(media, &link);
    gboolean key = now_us >= due.key_us || !media->frame;
    gboolean probe = media->probe_bytes > 0 && is_quiet(media, &due, now_us);
    gboolean keepalive = now_us >= due.alive_us || probe;
    media->probe_bytes = probe ? media->probe_bytes : 0;
    // Each grab asks the ladder: a screen that stands still gets its whole picture back, too.
    if (keepalive && media->ladder.halved)
        media->dirty = TRUE;
    if (media->dirty || key || keepalive || now_us >= due.refine_us) {
        if (now_us < media->next_frame_us) {
            arm(media, media->next_frame_us);
            return;
        }
        if (!is_open(media, &link)) {
            arm(media, now_us + (media->more ? PART_RETRY_US : BUSY_RETRY_US));
            return;
        }
        if (media->more) // it is readable when all of it is there
            pouce_trace_stamp_at(&media->trace, "damaged", media->dirty_us);
        pouce_trace_stamp(&media->trace, "begun");
        encode(media, now_us, key, keepalive);
        link = ask_link(media);
        due = find_due(media, &link);
    }
    gint64 due_us = media->dirty || (media->key_wanted && !media->frame)
                        ? media->next_frame_us
                        : MIN(MIN(due.alive_us, due.lost_us), MIN(due.refine_us, due.key_us));
    if (!media->lost)
        arm(media, MAX(due_us, media->next_frame_us));
}

static void on_damaged(void *data)
{
    PouceMedia *media = data;
    if (!media->dirty)
        pouce_trace_stamp(&media->trace, "damaged");
    media->dirty = TRUE;
    media->dirty_us = g_get_monotonic_time();
    if (media->dirty_us < media->expect_us) {
        media->next_frame_us = MIN(media->next_frame_us, media->paid_us);
        media->expect_us = 0;
    }
    pouce_media_pump(media);
}

static void on_monitors_changed(void *data)
{
    PouceMedia *media = data;
    media->dirty = TRUE;
    tell_screen(media);
}

static void on_capture_lost(const GError *error, void *data)
{
    fail(data, error->message);
}

static const PouceCaptureListener capture_listener = {
    .damaged = on_damaged,
    .monitors_changed = on_monitors_changed,
    .lost = on_capture_lost,
};

static gboolean on_timer(gpointer data)
{
    pouce_media_pump(data);
    return G_SOURCE_CONTINUE;
}

static gboolean timer_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    return callback(data);
}

static GSourceFuncs timer_funcs = {.dispatch = timer_dispatch};

gboolean pouce_media_open(PouceMedia *media, GError **error)
{
    PouceCaptureConfig config = {.spec = media->source,
        .context = media->context,
        .listener = &capture_listener,
        .data = media};
    pouce_ladder_init(&media->ladder);
    media->timer = g_source_new(&timer_funcs, sizeof(GSource));
    g_source_set_callback(media->timer, on_timer, media, NULL);
    g_source_attach(media->timer, media->context);
    media->capture = pouce_capture_open(&config, error);
    if (!media->capture)
        return FALSE;
    if (media->wanted_monitor >= 0 &&
        !pouce_capture_choose(media->capture, media->wanted_monitor)) {
        int count;
        pouce_capture_monitors(media->capture, &count);
        g_set_error(error, POUCE_CAPTURE_ERROR, POUCE_CAPTURE_ERROR_USAGE,
            "There is no screen number %d: this desktop has %d, counted from 0.",
            media->wanted_monitor, count);
        return FALSE;
    }
    media->dirty = TRUE;
    tell_screen(media);
    return TRUE;
}

void pouce_media_close(PouceMedia *media)
{
    g_source_destroy(media->timer);
    g_source_unref(media->timer);
    pouce_capture_free(media->capture);
    pouce_encoder_free(media->encoder);
    g_clear_pointer(&media->frame, pouce_frame_unref);
    pouce_media_half_clear(&media->half);
}
