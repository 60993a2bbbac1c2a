// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "signaling/wire/motion.h"
#include "viewer/core/viewing_private.h"

#define STATS_US G_USEC_PER_SEC
// The operators' page need not know more often; a fifth of the messages.
#define BROKER_STATS_EVERY 5
#define STILL_FPS 1 // null frames
// Of what is remembered of lost packets, this much is left after a second: some ten seconds count.
#define LATELY_KEPT 0.9

static void take_grant(PouceViewing *viewing, const PouceControl *control)
{
    viewing->granted |= control->loan.what;
    if (control->loan.what == POUCE_CAPABILITY_CONTROL)
        viewing->control_until_us =
            control->loan.ms ? g_get_monotonic_time() + control->loan.ms * 1000 : 0;
    viewing_emit(viewing,
        &(PouceViewingEvent){
            .kind = POUCE_VIEWING_GRANT, .what = control->loan.what, .ms = control->loan.ms});
    viewing_voice_update(viewing);
}

static void take_refuse(PouceViewing *viewing, const PouceControl *control)
{
    viewing_emit(
        viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_REFUSE, .what = control->loan.what});
}

static void take_revoke(PouceViewing *viewing, const PouceControl *control)
{
    PouceCapability what = control->revoke.what;
    viewing->granted &= ~what;
    if (what == POUCE_CAPABILITY_RECORD)
        pouce_picture_set_recorder(viewing->config.picture, NULL);
    viewing_voice_update(viewing);
    viewing_emit(viewing,
        &(PouceViewingEvent){.kind = POUCE_VIEWING_REVOKE, .what = what, .by = control->revoke.by});
}

static void take_screen(PouceViewing *viewing, const PouceControl *control)
{
    viewing_emit(viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_SCREEN,
                              .width_px = (int)MIN(control->screen.width, G_MAXINT),
                              .height_px = (int)MIN(control->screen.height, G_MAXINT)});
}

static void take_chat(PouceViewing *viewing, const PouceControl *control)
{
    viewing_emit_text(viewing, POUCE_VIEWING_CHAT, control->chat.text);
}

static void tell_pause(PouceViewing *viewing)
{
    gboolean paused = viewing->paused || viewing->paused_by_us;
    if (paused)
        viewing_drop_loans(viewing, POUCE_REVOKE_POLICY);
    viewing_voice_update(viewing);
    viewing_emit(viewing,
        &(PouceViewingEvent){
            .kind = POUCE_VIEWING_PAUSE, .paused = paused, .paused_by_us = viewing->paused_by_us});
}

static void take_pause(PouceViewing *viewing, const PouceControl *control)
{
    viewing->paused = control->pause.paused;
    tell_pause(viewing);
}

static void take_voice(PouceViewing *viewing, const PouceControl *control)
{
    viewing_voice_take(viewing, control->voice.on);
}

static void take_tick(PouceViewing *viewing, const PouceControl *control)
{
    viewing_meter_take_tick(viewing, &control->tick);
}

static void take_countersign(PouceViewing *viewing, const PouceControl *control)
{
    viewing_meter_take_countersign(viewing, control->countersign.seq, control->countersign.sig);
}

// What a bound seeker may say; the peer itself handles `bye`, and `bind` comes before.
static void (*const handlers[POUCE_CONTROL_N_TYPES])(PouceViewing *, const PouceControl *) = {
    [POUCE_CONTROL_TICK] = take_tick,
    [POUCE_CONTROL_COUNTERSIGN] = take_countersign,
    [POUCE_CONTROL_GRANT] = take_grant,
    [POUCE_CONTROL_REFUSE] = take_refuse,
    [POUCE_CONTROL_REVOKE] = take_revoke,
    [POUCE_CONTROL_SCREEN] = take_screen,
    [POUCE_CONTROL_CHAT] = take_chat,
    [POUCE_CONTROL_PAUSE] = take_pause,
    [POUCE_CONTROL_VOICE] = take_voice,
};

void viewing_control_take(PouceViewing *viewing, const guint8 *data, gsize bytes)
{
    g_auto(PouceControl) control = {0};
    PouceControlResult result = pouce_control_parse(data, bytes, &control, NULL);
    if (result == POUCE_CONTROL_MALFORMED)
        return;
    if (result == POUCE_CONTROL_UNKNOWN_TYPE) {
        viewing_send_control(viewing, &control);
        return;
    }
    if (!pouce_control_allowed_from(control.type, POUCE_ROLE_SEEKER))
        return;
    if (control.type == POUCE_CONTROL_BIND)
        viewing_link_take_bind(viewing, &control);
    else if (viewing->peer_bound && handlers[control.type])
        handlers[control.type](viewing, &control);
}

void viewing_control_motion(PouceViewing *viewing, const guint8 *data, gsize bytes)
{
    PouceMotion motion;
    if (!viewing->peer_bound || !pouce_motion_parse(data, bytes, &motion) ||
        motion.kind != POUCE_MOTION_CURSOR)
        return;
    if (viewing->cursor_known && !pouce_motion_is_newer(motion.seq, viewing->cursor_seq))
        return;
    viewing->cursor_known = TRUE;
    viewing->cursor_seq = motion.seq;
    viewing_emit(viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_CURSOR, .motion = &motion});
}

void viewing_control_cursor(PouceViewing *viewing, const guint8 *data, gsize bytes)
{
    PouceCursor shape;
    if (viewing->peer_bound && pouce_cursor_parse(data, bytes, &shape))
        viewing_emit(viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_SHAPE, .shape = &shape});
}

static void tell_stats(PouceViewing *viewing, const PouceViewingEvent *event)
{
    PouceControl control = {.type = POUCE_CONTROL_STATS,
        .stats = {.fps = event->stats.fps,
            .bitrate_bps = event->stats.bitrate_bps,
            .rtt_ms = MAX(0, event->stats.rtt_ms),
            .lost = event->stats.lost,
            .decoded = event->stats.decoded}};
    // A still screen has little to tell, and each message costs both ends a wake-up.
    gboolean rare = viewing->stats_count++ % BROKER_STATS_EVERY == 0;
    if (rare || event->stats.fps > STILL_FPS)
        viewing_send_control(viewing, &control);
    if (!rare)
        return;
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_STATS,
        .stats = {.fps = event->stats.fps,
            .bitrate_bps = event->stats.bitrate_bps,
            .rtt_ms = MAX(0, event->stats.rtt_ms),
            .lost = event->stats.lost,
            .bytes = event->stats.bytes}};
    viewing_switchboard(viewing, &message);
}

static gint64 loss_permille(PouceViewing *viewing, const PoucePeerStats *link)
{
    // A late packet is no longer lost: the count may fall.
    guint64 lost = MAX(link->packets_lost, viewing->lost_before) - viewing->lost_before;
    guint64 received =
        MAX(link->packets_received, viewing->received_before) - viewing->received_before;
    viewing->lost_before = link->packets_lost;
    viewing->received_before = link->packets_received;
    viewing->lost_lately = viewing->lost_lately * LATELY_KEPT + (double)lost;
    viewing->received_lately = viewing->received_lately * LATELY_KEPT + (double)received;
    double all = viewing->lost_lately + viewing->received_lately;
    return all > 0 ? (gint64)(1000 * viewing->lost_lately / all + 0.5) : 0;
}

void viewing_control_stats_drop(PouceViewing *viewing)
{
    PoucePeerStats link = {0};
    if (viewing->peer)
        pouce_peer_counts(viewing->peer, &link);
    viewing->bytes_earlier += link.bytes_received;
    viewing->lost_before = viewing->received_before = 0;
}

void viewing_control_stats(PouceViewing *viewing, gint64 now_us)
{
    gint64 past_us = now_us - viewing->stats_us;
    if (past_us < STATS_US)
        return;
    PoucePictureStats picture;
    PoucePeerStats link;
    pouce_picture_stats(viewing->config.picture, &picture);
    pouce_peer_stats(viewing->peer, &link);
    const PoucePictureStats *before = &viewing->stats_before;
    guint32 frames = picture.decoded - before->decoded;
    guint64 bytes = viewing->bytes_earlier + link.bytes_received;
    guint64 fresh = bytes - viewing->bytes_before;
    PouceViewingEvent event = {.kind = POUCE_VIEWING_STATS};
    event.stats.fps = (frames * G_USEC_PER_SEC + past_us / 2) / past_us;
    event.stats.bitrate_bps = (gint64)(fresh * 8 * G_USEC_PER_SEC / (guint64)past_us);
    event.stats.rtt_ms = link.rtt_us < 0 ? -1 : link.rtt_us / 1000;
    event.stats.lost = (gint64)link.packets_lost;
    event.stats.decoded = picture.decoded;
    event.stats.bytes = (gint64)bytes;
    event.stats.loss_permille = loss_permille(viewing, &link);
    event.stats.decode_us = frames ? (picture.decode_us - before->decode_us) / frames : 0;
    event.stats.path = link.path;
    viewing->stats_us = now_us;
    viewing->stats_before = picture;
    viewing->bytes_before = bytes;
    tell_stats(viewing, &event);
    viewing_emit(viewing, &event);
}

gboolean viewing_may(PouceViewing *viewing, PouceCapability what, GError **error)
{
    if (viewing->phase != PHASE_LIVE) {
        g_set_error_literal(error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_OFFLINE,
            "there is no connection to the seeker now");
        return FALSE;
    }
    if (what & ~viewing->granted) {
        g_set_error(error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_DENIED,
            "the seeker has not granted %s: ask for it", pouce_capability_name(what));
        return FALSE;
    }
    return TRUE;
}

static gboolean sent(gboolean ok, GError **error)
{
    if (!ok)
        g_set_error_literal(error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_OFFLINE,
            "the connection to the seeker takes nothing now: try again");
    return ok;
}

static gboolean invalid(GError **error, const char *what)
{
    g_set_error_literal(error, POUCE_VIEWING_ERROR, POUCE_VIEWING_ERROR_INVALID, what);
    return FALSE;
}

gboolean pouce_viewing_ask(PouceViewing *viewing, PouceCapability what, gint64 ms, GError **error)
{
    if (!viewing_may(viewing, POUCE_CAPABILITY_NONE, error))
        return FALSE;
    if (ms < 0 || ms > POUCE_INTEGER_MAX)
        return invalid(error, "the time to ask for must be 0 or more milliseconds");
    PouceControl control = {
        .type = POUCE_CONTROL_ASK, .loan = {.id = viewing->next_ask++, .what = what, .ms = ms}};
    return sent(viewing_send_control(viewing, &control), error);
}

gint64 pouce_viewing_control_left_ms(const PouceViewing *viewing)
{
    if (!(pouce_viewing_granted(viewing) & POUCE_CAPABILITY_CONTROL))
        return 0;
    if (viewing->control_until_us == 0)
        return -1;
    return MAX(1, (viewing->control_until_us - g_get_monotonic_time()) / 1000);
}

gboolean pouce_viewing_give_back(PouceViewing *viewing, GError **error)
{
    if (!viewing_may(viewing, POUCE_CAPABILITY_CONTROL, error))
        return FALSE;
    PouceControl control = {.type = POUCE_CONTROL_REVOKE,
        .revoke = {.what = POUCE_CAPABILITY_CONTROL, .by = POUCE_REVOKE_HELPER}};
    gboolean ok = viewing_send_control(viewing, &control);
    viewing_drop_loans(viewing, POUCE_REVOKE_HELPER);
    return sent(ok, error);
}

gboolean pouce_viewing_chat(PouceViewing *viewing, const char *text, GError **error)
{
    if (!viewing_may(viewing, POUCE_CAPABILITY_NONE, error))
        return FALSE;
    if (!g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) > POUCE_CHAT_MAX_CHARS ||
        !*text)
        return invalid(error, "a chat message has 1 to 2000 characters");
    PouceControl control = {
        .type = POUCE_CONTROL_CHAT, .chat = {.id = viewing->next_chat++, .text = (char *)text}};
    return sent(viewing_send_control(viewing, &control), error);
}

gboolean pouce_viewing_ink(PouceViewing *viewing, gint64 stroke, guint32 rgb, const guint16 *points,
    guint point_count, gboolean end, GError **error)
{
    if (!viewing_may(viewing, POUCE_CAPABILITY_NONE, error))
        return FALSE;
    if (stroke < 0 || rgb > 0xffffff || point_count > POUCE_INK_POINTS_MAX)
        return invalid(error, "an ink message has a stroke, a colour and at most 128 points");
    PouceControl control = {.type = POUCE_CONTROL_INK,
        .ink = {.stroke = stroke, .rgb = rgb, .end = end, .n_points = point_count}};
    for (guint n = 0; n < point_count; n++) {
        control.ink.points[n].x = points[2 * n];
        control.ink.points[n].y = points[2 * n + 1];
    }
    return sent(viewing_send_control(viewing, &control), error);
}

gboolean pouce_viewing_ink_clear(PouceViewing *viewing, GError **error)
{
    if (!viewing_may(viewing, POUCE_CAPABILITY_NONE, error))
        return FALSE;
    PouceControl control = {.type = POUCE_CONTROL_INK_CLEAR};
    return sent(viewing_send_control(viewing, &control), error);
}

gboolean pouce_viewing_point(
    PouceViewing *viewing, gboolean visible, gboolean moves, guint16 x, guint16 y, GError **error)
{
    if (!viewing_may(viewing, moves ? POUCE_CAPABILITY_CONTROL : POUCE_CAPABILITY_NONE, error))
        return FALSE;
    guint8 bytes[POUCE_MOTION_MAX_BYTES];
    PouceMotion motion = {.kind = POUCE_MOTION_POINTER,
        .seq = ++viewing->point_seq,
        .visible = visible,
        .moves = moves,
        .x = x,
        .y = y};
    gsize size = pouce_motion_build(&motion, bytes);
    return sent(
        pouce_peer_send(viewing->peer, POUCE_PEER_MOTION, bytes, size) == POUCE_PEER_SEND_OK,
        error);
}

gboolean pouce_viewing_input(PouceViewing *viewing, const PouceInput *input, GError **error)
{
    if (!viewing_may(viewing, POUCE_CAPABILITY_CONTROL, error))
        return FALSE;
    guint8 bytes[POUCE_INPUT_MAX_BYTES];
    gsize size = pouce_input_build(input, bytes);
    return sent(
        pouce_peer_send(viewing->peer, POUCE_PEER_INPUT, bytes, size) == POUCE_PEER_SEND_OK, error);
}

gboolean pouce_viewing_record(PouceViewing *viewing, const char *path, GError **error)
{
    if (!viewing_may(viewing, POUCE_CAPABILITY_RECORD, error))
        return FALSE;
    PouceRecorder *recorder = pouce_recorder_new(path, error);
    if (!recorder)
        return FALSE;
    pouce_picture_set_recorder(viewing->config.picture, recorder);
    pouce_peer_request_keyframe(viewing->peer);
    return TRUE;
}

void pouce_viewing_record_stop(PouceViewing *viewing)
{
    pouce_picture_set_recorder(viewing->config.picture, NULL);
    if (!(viewing->granted & POUCE_CAPABILITY_RECORD))
        return;
    PouceControl control = {.type = POUCE_CONTROL_REVOKE,
        .revoke = {.what = POUCE_CAPABILITY_RECORD, .by = POUCE_REVOKE_HELPER}};
    viewing_send_control(viewing, &control);
    viewing->granted &= ~POUCE_CAPABILITY_RECORD;
    viewing_emit(viewing, &(PouceViewingEvent){.kind = POUCE_VIEWING_REVOKE,
                              .what = POUCE_CAPABILITY_RECORD,
                              .by = POUCE_REVOKE_HELPER});
}

gboolean pouce_viewing_pause(PouceViewing *viewing, gboolean paused, GError **error)
{
    if (!viewing_may(viewing, POUCE_CAPABILITY_NONE, error))
        return FALSE;
    PouceControl control = {.type = POUCE_CONTROL_PAUSE, .pause.paused = paused};
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_PAUSE, .pause.paused = paused};
    if (!sent(viewing_send_control(viewing, &control), error))
        return FALSE;
    viewing_switchboard(viewing, &message);
    viewing->paused_by_us = paused;
    tell_pause(viewing);
    return TRUE;
}
