// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "viewer/core/headless_private.h"

typedef json_int_t Int; // json_pack's I

static json_t *price_of(const PouceSession *session)
{
    if (!session->has_price)
        return json_null();
    return json_pack("{s:I, s:s, s:I}", "rate_minor_per_min",
        (Int)session->price.rate_minor_per_min, "currency", session->price.currency, "cap_minor",
        (Int)session->price.cap_minor);
}

static void say_ring(PouceHeadless *headless, const PouceDeskEvent *event)
{
    const PouceSession *session = event->session;
    const char *name = session->seeker ? session->seeker->name : "";
    g_autofree char *sentence = g_strdup_printf("%s asks for help: %s", name, session->need);
    headless_say(headless, "ring",
        json_pack("{s:s, s:s, s:s, s:I, s:o}", "session", session->id, "seeker", name, "need",
            session->need, "expires_ms", (Int)event->expires_ms, "price", price_of(session)),
        sentence);
    if (headless->config.accept)
        pouce_desk_accept(headless->desk);
}

static void say_state(PouceHeadless *headless, const char *word, const PouceSession *session)
{
    g_autofree char *sentence = g_strdup_printf("session: %s", pouce_state_name(session->state));
    headless_say(headless, word,
        json_pack("{s:s, s:s, s:o}", "session", session->id, "state",
            pouce_state_name(session->state), "may", pouce_capabilities_to_json(session->may)),
        sentence);
}

static void stop_if_done(PouceHeadless *headless)
{
    gboolean wanted = headless->stopping || (headless->config.once && headless->session_over);
    if (wanted && !pouce_desk_peek_viewing(headless->desk) &&
        !pouce_desk_is_settling(headless->desk))
        headless_quit(headless, 0);
}

static void say_settled(PouceHeadless *headless, const PouceReceipt *receipt)
{
    g_autofree char *sentence =
        g_strdup_printf("settled: %" G_GINT64_FORMAT " minor units of %s for %.3f s, receipt %s",
            receipt->amount_minor, receipt->currency, (double)receipt->signed_ms / 1000,
            receipt->number);
    headless_say(headless, "settled",
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:s}", "session", receipt->session, "receipt",
            receipt->number, "signed_ms", (Int)receipt->signed_ms, "amount_minor",
            (Int)receipt->amount_minor, "helper_amount_minor", (Int)receipt->helper_amount_minor,
            "currency", receipt->currency),
        sentence);
    stop_if_done(headless);
}

void headless_on_desk(gpointer user, const PouceDeskEvent *event)
{
    PouceHeadless *headless = user;
    switch (event->kind) {
    case POUCE_DESK_ACCOUNT:
    case POUCE_DESK_LOGGED_OUT:
        break;
    case POUCE_DESK_ONLINE:
        headless_say(headless, "ready", NULL, "ready: available, waiting for a ring");
        return;
    case POUCE_DESK_OFFLINE:
        headless_say(headless, "offline", json_pack("{s:s}", "text", event->text), event->text);
        return;
    case POUCE_DESK_REFUSED:
        headless_problem(headless, event->text);
        headless_quit(headless, 1);
        return;
    case POUCE_DESK_RING:
        say_ring(headless, event);
        return;
    case POUCE_DESK_RING_OVER:
        headless_say(headless, "ring_over", json_pack("{s:s}", "reason", event->text), event->text);
        return;
    case POUCE_DESK_ACCEPTED:
        headless->record_asked = FALSE;
        say_state(headless, "accepted", event->session);
        return;
    case POUCE_DESK_STATE:
        say_state(headless, "session", event->session);
        stop_if_done(headless);
        return;
    case POUCE_DESK_SETTLED:
        say_settled(headless, event->receipt);
        return;
    case POUCE_DESK_PROBLEM:
        headless_problem(headless, event->text);
        stop_if_done(headless);
        return;
    }
}

// FILE.webm, then FILE-2.webm and so on: a recording taken back and granted again is another file.
static char *recording_path(PouceHeadless *headless)
{
    const char *path = headless->config.record;
    guint number = ++headless->recordings;
    const char *dot = strrchr(path, '.');
    if (number == 1)
        return g_strdup(path);
    if (!dot)
        return g_strdup_printf("%s-%u", path, number);
    return g_strdup_printf("%.*s-%u%s", (int)(dot - path), path, number, dot);
}

static void begin_recording(PouceHeadless *headless)
{
    g_autoptr(GError) error = NULL;
    PouceViewing *viewing = pouce_desk_peek_viewing(headless->desk);
    if (!headless->config.record || headless->recording)
        return;
    g_autofree char *path = recording_path(headless);
    if (!pouce_viewing_record(viewing, path, &error)) {
        headless_problem(headless, error->message);
        return;
    }
    headless->recording = TRUE;
    headless_say(headless, "recording", json_pack("{s:s}", "file", path), "recording");
}

// With the first picture: what the seeker granted beforehand is known by then.
static void ask_to_record(PouceHeadless *headless)
{
    PouceViewing *viewing = pouce_desk_peek_viewing(headless->desk);
    if (!headless->config.record || headless->record_asked)
        return;
    headless->record_asked = TRUE;
    if (!(pouce_viewing_granted(viewing) & POUCE_CAPABILITY_RECORD))
        pouce_viewing_ask(viewing, POUCE_CAPABILITY_RECORD, 0, NULL);
}

static void say_stats(PouceHeadless *headless, const PouceViewingEvent *event)
{
    headless_say(headless, "stats",
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "fps", (Int)event->stats.fps,
            "bitrate_bps", (Int)event->stats.bitrate_bps, "rtt_ms", (Int)event->stats.rtt_ms,
            "lost", (Int)event->stats.lost, "loss_permille", (Int)event->stats.loss_permille,
            "decoded", (Int)event->stats.decoded, "bytes", (Int)event->stats.bytes, "decode_us",
            (Int)event->stats.decode_us, "path", event->stats.path),
        NULL);
}

static void say_loan(PouceHeadless *headless, const PouceViewingEvent *event)
{
    const char *what = pouce_capability_name(event->what);
    if (event->kind == POUCE_VIEWING_GRANT) {
        g_autofree char *sentence = g_strdup_printf("granted: %s", what);
        headless_say(headless, "granted",
            json_pack("{s:s, s:I}", "what", what, "ms", (Int)event->ms), sentence);
        if (event->what == POUCE_CAPABILITY_RECORD)
            begin_recording(headless);
    } else if (event->kind == POUCE_VIEWING_REFUSE) {
        g_autofree char *sentence = g_strdup_printf("refused: %s", what);
        headless_say(headless, "refused", json_pack("{s:s}", "what", what), sentence);
    } else {
        const char *by = pouce_revoke_by_name(event->by);
        if (event->what == POUCE_CAPABILITY_RECORD)
            headless->recording = FALSE;
        g_autofree char *sentence = g_strdup_printf("over: %s (%s)", what, by);
        headless_say(
            headless, "revoked", json_pack("{s:s, s:s}", "what", what, "by", by), sentence);
    }
}

static void say_over(PouceHeadless *headless, const PouceViewingEvent *event)
{
    const char *reason = pouce_end_reason_name(event->reason);
    g_autofree char *sentence = g_strdup_printf("the session is over: %s", reason);
    headless_say(headless, "ended", json_pack("{s:s}", "reason", reason), sentence);
    headless->session_over = TRUE;
    headless->recording = FALSE;
    stop_if_done(headless);
}

// The events that carry a time, a size, or counts.
static void say_progress(PouceHeadless *headless, const PouceViewingEvent *event)
{
    switch (event->kind) {
    case POUCE_VIEWING_BOUND:
        headless_say(headless, "bound", json_pack("{s:I}", "ms", (Int)event->ms),
            "the other end proved who it is");
        return;
    case POUCE_VIEWING_FIRST_FRAME:
        headless_say(headless, "first_frame",
            json_pack("{s:I, s:i, s:i}", "ms", (Int)event->ms, "width", event->width_px, "height",
                event->height_px),
            "the picture is here");
        ask_to_record(headless);
        return;
    case POUCE_VIEWING_SCREEN:
        headless_say(headless, "screen",
            json_pack("{s:i, s:i}", "width", event->width_px, "height", event->height_px), NULL);
        return;
    case POUCE_VIEWING_TICK:
        headless_say(headless, "tick",
            json_pack("{s:I, s:I, s:I}", "seq", (Int)event->seq, "live_ms", (Int)event->live_ms,
                "signed_ms", (Int)event->signed_ms),
            NULL);
        return;
    case POUCE_VIEWING_SIGNED:
        headless_say(headless, "signed",
            json_pack("{s:I, s:I}", "signed_ms", (Int)event->signed_ms, "cost_minor",
                (Int)event->cost_minor),
            NULL);
        return;
    default:
        return;
    }
}

void headless_say_voice(PouceHeadless *headless, const PouceViewingVoice *voice)
{
    headless_say(headless, "voice",
        json_pack("{s:b,s:b,s:b,s:b,s:b,s:b,s:i,s:I,s:I,s:I}", "open", voice->open, "on", voice->on,
            "muted", voice->muted, "push_to_talk", voice->push_to_talk, "seeker_open",
            voice->seeker_open, "allowed", voice->allowed, "delay_ms", (int)voice->delay_ms, "sent",
            (Int)voice->sent, "received", (Int)voice->received, "lost", (Int)voice->lost),
        voice->open ? "your microphone is open" : "your microphone is closed");
}

// --voice: once, as soon as it may be.
static void open_voice(PouceHeadless *headless)
{
    PouceViewing *viewing = pouce_desk_peek_viewing(headless->desk);
    g_autoptr(GError) error = NULL;
    if (!headless->config.voice || headless->voiced || !viewing)
        return;
    headless->voiced = TRUE;
    if (!pouce_viewing_voice(viewing, TRUE, &error))
        headless_problem(headless, error->message);
}

void headless_on_viewing(gpointer user, const PouceViewingEvent *event)
{
    PouceHeadless *headless = user;
    switch (event->kind) {
    case POUCE_VIEWING_STATS:
        say_stats(headless, event);
        return;
    case POUCE_VIEWING_GRANT:
    case POUCE_VIEWING_REFUSE:
    case POUCE_VIEWING_REVOKE:
        say_loan(headless, event);
        if (event->kind == POUCE_VIEWING_GRANT && event->what == POUCE_CAPABILITY_VOICE)
            open_voice(headless);
        return;
    case POUCE_VIEWING_LOST:
        headless_say(headless, "lost",
            json_pack("{s:s, s:s}", "code", event->code, "text", event->text), event->text);
        return;
    case POUCE_VIEWING_RESUMED:
        headless_say(headless, "resumed", NULL, "the connection is back");
        return;
    case POUCE_VIEWING_PIN_CHANGED:
        headless_say(headless, "pin_changed",
            json_pack("{s:s, s:s}", "before", event->before, "now", event->text),
            "the other end uses another device than before: end, or trust");
        return;
    case POUCE_VIEWING_REFUSED_PEER:
        headless_say(
            headless, "refused_peer", json_pack("{s:s}", "text", event->text), event->text);
        return;
    case POUCE_VIEWING_CHAT:
        headless_say(headless, "chat", json_pack("{s:s}", "text", event->text), event->text);
        return;
    case POUCE_VIEWING_PAUSE:
        headless_say(headless, "pause", json_pack("{s:b}", "paused", event->paused), NULL);
        return;
    case POUCE_VIEWING_VOICE:
        headless_say_voice(headless, &event->voice);
        return;
    case POUCE_VIEWING_PROBLEM:
        headless_problem(headless, event->text);
        return;
    case POUCE_VIEWING_OVER:
        say_over(headless, event);
        return;
    default:
        say_progress(headless, event);
        return;
    }
}
