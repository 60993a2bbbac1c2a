// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the agent tells, as lines on stdout; troubles as sentences on stderr.

#include "agent/program/headless.h"
#include "look/money.h"

#include <stdio.h>

typedef json_int_t Int; // json_pack's I

void headless_say(Headless *headless, const char *event, json_t *fields, const char *sentence)
{
    if (!headless->config->json) {
        json_decref(fields);
        if (sentence)
            printf("%s\n", sentence);
        fflush(stdout);
        return;
    }
    json_t *line = json_pack("{s:s,s:I}", "event", event, "us", (Int)g_get_monotonic_time());
    if (fields)
        json_object_update_new(line, fields);
    char *text = json_dumps(line, JSON_COMPACT);
    printf("%s\n", text);
    fflush(stdout);
    free(text);
    json_decref(line);
}

static void on_phase(PouceAgentPhase phase, void *data)
{
    Headless *headless = data;
    const char *name = pouce_agent_phase_name(phase);
    headless_say(headless, "phase", json_pack("{s:s}", "phase", name), name);
    if (phase == POUCE_AGENT_READY)
        headless_on_ready(headless);
    else if (phase == POUCE_AGENT_CONSENT)
        headless_on_consent(headless);
    else if (phase == POUCE_AGENT_SIGNED_OUT)
        headless_quit(headless, 1);
    else if (phase == POUCE_AGENT_OVER)
        headless_quit(headless, headless->failed || !(headless->settled || headless->stopping));
}

static void on_online(gboolean online, const char *reason, void *data)
{
    headless_say(data, online ? "online" : "offline",
        json_pack("{s:s}", "reason", reason ? reason : ""), NULL);
}

static void on_helpers(PouceHelper *const *helpers, guint count, void *data)
{
    Headless *headless = data;
    json_t *list = json_array();
    for (guint i = 0; i < count; i++)
        json_array_append_new(list, pouce_helper_to_json(helpers[i]));
    headless_say(headless, "helpers", json_pack("{s:o}", "helpers", list), NULL);
    if (pouce_agent_phase(headless->agent) == POUCE_AGENT_READY)
        headless_on_helpers(headless, helpers, count);
}

static void on_session(const PouceSession *session, void *data)
{
    g_autofree char *sentence = g_strdup_printf("session %s", pouce_state_name(session->state));
    headless_say(data, "session",
        json_pack("{s:s,s:s,s:s,s:s}", "session", session->id, "state",
            pouce_state_name(session->state), "helper",
            session->helper ? session->helper->name : "", "end_reason",
            pouce_end_reason_name(session->end_reason)),
        sentence);
}

static void on_screens(const PouceCaptureMonitor *monitors, int count, int chosen, void *data)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:i,s:s,s:i,s:i,s:b}", "id", monitors[i].id, "name",
                                        monitors[i].name, "width", monitors[i].area.width, "height",
                                        monitors[i].area.height, "primary", monitors[i].primary));
    headless_say(
        data, "screens", json_pack("{s:i,s:o}", "monitor", chosen, "monitors", list), NULL);
}

static void on_bound(void *data)
{
    Headless *headless = data;
    headless_say(headless, "bound", NULL, "both ends have proved who they are");
    if (headless->config->voice && !headless->voiced)
        pouce_agent_voice(headless->agent, TRUE);
    headless->voiced = TRUE;
}

static void on_first_frame(void *data)
{
    headless_say(data, "first_frame", NULL, "the helper sees the screen");
}

static void on_lost(void *data)
{
    headless_say(data, "lost", NULL, "the line broke; waiting for the helper to come back");
}

static void on_question(guint32 id, PouceCapability what, guint32 ms, gboolean open, void *data)
{
    Headless *headless = data;
    headless_say(headless, open ? "question" : "question_over",
        json_pack(
            "{s:i,s:s,s:I}", "id", (int)id, "what", pouce_capability_name(what), "ms", (Int)ms),
        NULL);
    if (open)
        pouce_agent_answer(headless->agent, id, (headless->config->consent & what) != 0, 0);
}

static void on_granted(PouceCapability what, guint32 ms, void *data)
{
    g_autofree char *sentence = g_strdup_printf("granted: %s", pouce_capability_name(what));
    headless_say(data, "granted",
        json_pack("{s:s,s:I}", "what", pouce_capability_name(what), "ms", (Int)ms), sentence);
}

static void on_revoked(PouceCapability what, PouceRevokeBy by, void *data)
{
    g_autofree char *sentence =
        g_strdup_printf("revoked: %s (%s)", pouce_capability_name(what), pouce_revoke_by_name(by));
    headless_say(data, "revoked",
        json_pack("{s:s,s:s}", "what", pouce_capability_name(what), "by", pouce_revoke_by_name(by)),
        sentence);
}

static void on_tick(gint64 signed_ms, gint64 cost_minor, void *data)
{
    headless_say(data, "tick",
        json_pack("{s:I,s:I}", "signed_ms", (Int)signed_ms, "cost_minor", (Int)cost_minor), NULL);
}

static void on_clock(gint64 live_ms, gboolean running, void *data)
{
    headless_say(
        data, "clock", json_pack("{s:I,s:b}", "live_ms", (Int)live_ms, "running", running), NULL);
}

static void on_stats(const PouceAgentStats *stats, void *data)
{
    headless_say(data, "stats",
        json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "fps", (Int)stats->fps, "bitrate_bps",
            (Int)stats->bitrate_bps, "estimate_bps", (Int)stats->estimate_bps, "loss_permille",
            (Int)stats->loss_permille, "rtt_ms", (Int)stats->rtt_ms, "lost", (Int)stats->lost,
            "bytes", (Int)stats->bytes_sent, "decoded", (Int)stats->decoded),
        NULL);
}

static void on_chat(const char *text, gboolean own, void *data)
{
    headless_say(data, "chat", json_pack("{s:s,s:b}", "text", text, "own", own), text);
}

static void on_paused(gboolean by_us, gboolean by_helper, void *data)
{
    headless_say(data, "paused", json_pack("{s:b,s:b}", "by_us", by_us, "by_helper", by_helper),
        by_us || by_helper ? "paused" : "goes on");
}

static void on_voice(const PouceAgentVoice *voice, void *data)
{
    headless_say(data, "voice",
        json_pack("{s:b,s:b,s:b,s:b,s:b,s:b,s:i,s:I,s:I,s:I}", "open", voice->open, "on", voice->on,
            "muted", voice->muted, "push_to_talk", voice->push_to_talk, "helper_open",
            voice->helper_open, "allowed", voice->allowed, "delay_ms", (int)voice->delay_ms, "sent",
            (Int)voice->sent, "received", (Int)voice->received, "lost", (Int)voice->lost),
        voice->open ? "your microphone is open" : "your microphone is closed");
}

static void on_stop_key(void *data)
{
    headless_say(data, "stop_key", NULL, "stopped by the key");
}

static void on_receipt(const PouceReceipt *receipt, void *data)
{
    Headless *headless = data;
    headless->settled = TRUE;
    g_autofree char *amount = pouce_money_text(receipt->amount_minor, receipt->currency);
    g_autofree char *sentence =
        g_strdup_printf("settled: %s %s for %.3f s signed by both, receipt %s", amount,
            receipt->currency, (double)receipt->signed_ms / 1000, receipt->number);
    headless_say(headless, "settled",
        json_pack("{s:s,s:s,s:I,s:I,s:s}", "session", receipt->session, "receipt", receipt->number,
            "signed_ms", (Int)receipt->signed_ms, "amount_minor", (Int)receipt->amount_minor,
            "currency", receipt->currency),
        sentence);
}

static void on_trouble(const char *code, const char *sentence, void *data)
{
    Headless *headless = data;
    fprintf(stderr, "pouce-agent: %s\n", sentence);
    if (g_str_equal(code, "source_lost"))
        headless->failed = TRUE;
    headless_say(headless, "trouble", json_pack("{s:s,s:s}", "code", code, "text", sentence), NULL);
}

const PouceAgentListener headless_listener = {
    .phase = on_phase,
    .online = on_online,
    .helpers = on_helpers,
    .session = on_session,
    .screens = on_screens,
    .bound = on_bound,
    .first_frame = on_first_frame,
    .lost = on_lost,
    .question = on_question,
    .granted = on_granted,
    .revoked = on_revoked,
    .tick = on_tick,
    .clock = on_clock,
    .stats = on_stats,
    .chat = on_chat,
    .paused = on_paused,
    .voice = on_voice,
    .stop_key = on_stop_key,
    .receipt = on_receipt,
    .trouble = on_trouble,
};
