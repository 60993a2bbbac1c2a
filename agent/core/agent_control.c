// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the helper says on `control` and does on `input` and `motion`. Each message has a row in the
// table below; whatever is not allowed now is dropped and counted, never answered with an error.

#include "agent/core/agent_private.h"

#include "signaling/wire/input.h"
#include "signaling/wire/motion.h"

#include <string.h>

static int to_px(guint16 position, int origin_px, int side_px)
{
    return origin_px + (int)((position * (gint64)(side_px - 1) + 32767) / 65535);
}

static PouceRect shown_area(const PouceAgent *agent)
{
    const PouceMediaScreen *screen = &agent->picture.screen;
    return agent->picture.screen_known ? screen->monitors[screen->monitor].area
                                       : (PouceRect){0, 0, 1, 1};
}

// ---- consent ----

static void on_effect(const PouceConsentEffect *effect, void *data)
{
    PouceAgent *agent = data;
    PouceControl control = {0};
    switch (effect->kind) {
    case POUCE_CONSENT_ASK:
    case POUCE_CONSENT_UNASK:
        TELL(agent, question, effect->id, effect->may, effect->ms,
            effect->kind == POUCE_CONSENT_ASK);
        return;
    case POUCE_CONSENT_GRANT:
    case POUCE_CONSENT_REFUSE:
        control.type =
            effect->kind == POUCE_CONSENT_GRANT ? POUCE_CONTROL_GRANT : POUCE_CONTROL_REFUSE;
        control.loan.id = effect->id;
        control.loan.what = effect->may;
        control.loan.ms = effect->ms;
        agent_link_send(agent, &control);
        if (effect->kind == POUCE_CONSENT_GRANT)
            TELL(agent, granted, effect->may, effect->ms);
        agent_voice_update(agent);
        return;
    case POUCE_CONSENT_REVOKE:
        // First the hands off, then the words.
        if (effect->may == POUCE_CAPABILITY_CONTROL && agent->hands.injector)
            pouce_injector_release_all(agent->hands.injector);
        if (effect->may == POUCE_CAPABILITY_POINTER && agent->hands.overlay) {
            pouce_overlay_clear(agent->hands.overlay);
            pouce_overlay_pointer(agent->hands.overlay, FALSE, 0, 0);
        }
        control.type = POUCE_CONTROL_REVOKE;
        control.revoke.what = effect->may;
        control.revoke.by = effect->by;
        agent_voice_update(agent);
        agent_link_send(agent, &control);
        TELL(agent, revoked, effect->may, effect->by);
        return;
    }
}

static void on_local_input(PouceLocalKind kind, void *data)
{
    PouceAgent *agent = data;
    pouce_consent_local_input(&agent->hands.consent, g_get_monotonic_time());
}

static void on_stop_key(void *data)
{
    PouceAgent *agent = data;
    agent_session_leave(agent, POUCE_END_SEEKER);
    TELL(agent, stop_key);
}

static const PouceLocalListener local_listener = {.input = on_local_input, .stop = on_stop_key};

// The display behind the source; NULL: there is no desktop to act on.
static const char *display_of(const PouceAgent *agent)
{
    if (g_str_equal(agent->source, "x11"))
        return "";
    return g_str_has_prefix(agent->source, "x11:") ? agent->source + 4 : NULL;
}

static void open_desktop(PouceAgent *agent, const char *display)
{
    AgentHands *hands = &agent->hands;
    GMainContext *context = g_main_context_get_thread_default();
    g_autoptr(GError) error = NULL;
    g_autofree char *xtest = g_strconcat("xtest:", display, NULL);
    hands->overlay = pouce_overlay_new(display, context, shown_area(agent), &error);
    if (!hands->overlay) {
        agent_trouble(agent, "no_overlay", error->message);
        g_clear_error(&error);
    }
    hands->local =
        pouce_local_open(display, agent->stop_key, context, &local_listener, agent, &error);
    // Without a watch on the owner's own hand nothing is ever injected.
    if (hands->local)
        hands->injector = pouce_injector_open(xtest, context, &error);
    if (!hands->injector)
        agent_trouble(agent, "no_hands", error->message);
}

void agent_control_open(PouceAgent *agent)
{
    AgentHands *hands = &agent->hands;
    const char *display = display_of(agent);
    agent_control_close(agent);
    int questions = hands->consent.questions; // the consent card may still be on screen
    pouce_consent_init(&hands->consent, agent->may, on_effect, agent);
    hands->consent.questions = questions;
    hands->consent.settle_ms = agent->settle_ms;
    agent_voice_open(agent);
    if (display)
        open_desktop(agent, display);
    else
        hands->injector = pouce_injector_open("null", NULL, NULL);
}

void agent_control_close(PouceAgent *agent)
{
    AgentHands *hands = &agent->hands;
    pouce_consent_set_bound(&hands->consent, FALSE, g_get_monotonic_time());
    g_clear_pointer(&hands->injector, pouce_injector_free);
    g_clear_pointer(&hands->local, pouce_local_free);
    g_clear_pointer(&hands->overlay, pouce_overlay_free);
    hands->pointer_heard = FALSE;
}

// ---- what the helper is told ----

static void send_screen(PouceAgent *agent)
{
    const PouceMediaScreen *screen = &agent->picture.screen;
    PouceControl control = {.type = POUCE_CONTROL_SCREEN};
    if (!agent->picture.screen_known || !agent->link.bound)
        return;
    control.screen.width = screen->width_px;
    control.screen.height = screen->height_px;
    control.screen.monitor = screen->monitor;
    control.screen.n_monitors = (guint)screen->monitor_count;
    for (int i = 0; i < screen->monitor_count; i++) {
        const PouceCaptureMonitor *monitor = &screen->monitors[i];
        control.screen.monitors[i] = (PouceMonitor){.id = monitor->id,
            .name = (char *)monitor->name,
            .width = monitor->area.width,
            .height = monitor->area.height,
            .primary = monitor->primary};
    }
    agent_link_send(agent, &control); // the names are borrowed: nothing to clear
}

// The shape goes before the first position that names it, once a connection.
static void send_cursor(PouceAgent *agent)
{
    AgentPicture *picture = &agent->picture;
    gpointer id = GUINT_TO_POINTER(picture->cursor.shape);
    if (!agent->link.bound || agent->link.lost || !picture->shapes)
        return;
    GBytes *shape = g_hash_table_lookup(picture->shapes, id);
    if (shape && !g_hash_table_contains(picture->sent, id)) {
        gsize bytes;
        const void *data = g_bytes_get_data(shape, &bytes);
        if (pouce_peer_send(agent->link.peer, POUCE_PEER_CURSOR, data, bytes) == POUCE_PEER_SEND_OK)
            g_hash_table_add(picture->sent, id);
    }
    guint8 out[POUCE_MOTION_MAX_BYTES];
    PouceMotion motion = {.kind = POUCE_MOTION_CURSOR,
        .seq = ++picture->cursor_seq,
        .visible = picture->cursor.visible,
        .x = picture->cursor.x,
        .y = picture->cursor.y,
        .shape = picture->cursor.shape};
    gsize bytes = pouce_motion_build(&motion, out);
    pouce_peer_send(agent->link.peer, POUCE_PEER_MOTION, out, bytes);
}

static void tell_pause(PouceAgent *agent)
{
    PouceControl control = {.type = POUCE_CONTROL_PAUSE, .pause.paused = agent->clock.paused_us};
    if (agent_link_send(agent, &control))
        agent->clock.paused_told = agent->clock.paused_us;
}

void agent_control_bound(PouceAgent *agent)
{
    send_screen(agent);
    send_cursor(agent);
    // Said while the line was lost, or forgotten by a page that was loaded again.
    if (agent->clock.paused_us || agent->clock.paused_told)
        tell_pause(agent);
    if (agent_meter_is_paused(agent))
        agent_meter_paused(agent);
    agent_voice_update(agent);
}

static void on_screen(const PouceMediaScreen *screen, void *data)
{
    PouceAgent *agent = data;
    agent->picture.screen = *screen;
    agent->picture.screen_known = TRUE;
    if (agent->hands.overlay)
        pouce_overlay_set_area(agent->hands.overlay, shown_area(agent));
    send_screen(agent);
    TELL(agent, screens, screen->monitors, screen->monitor_count, screen->monitor);
}

static void on_cursor_shape(GBytes *message, guint32 shape, void *data)
{
    AgentPicture *picture = &((PouceAgent *)data)->picture;
    if (!picture->shapes) {
        picture->shapes = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
        picture->sent = g_hash_table_new(NULL, NULL);
    }
    if (g_hash_table_size(picture->shapes) >= POUCE_AGENT_SHAPES_MAX) {
        g_hash_table_remove_all(picture->shapes);
        g_hash_table_remove_all(picture->sent);
    }
    g_hash_table_replace(picture->shapes, GUINT_TO_POINTER(shape), g_bytes_ref(message));
}

static void on_cursor(const PouceMediaCursor *cursor, void *data)
{
    PouceAgent *agent = data;
    agent->picture.cursor = *cursor;
    send_cursor(agent);
}

static void on_source_lost(const char *sentence, void *data)
{
    PouceAgent *agent = data;
    agent->picture.failed = TRUE;
    agent_trouble(agent, "source_lost", sentence);
    agent_session_leave(agent, POUCE_END_SEEKER);
}

const PouceMediaListener agent_media_listener = {
    .screen = on_screen,
    .cursor_shape = on_cursor_shape,
    .cursor = on_cursor,
    .lost = on_source_lost,
};

// ---- what the helper says ----

static void take_tick(PouceAgent *agent, PouceControl *control)
{
    agent_meter_take_tick(agent, &control->tick);
}

static void take_countersign(PouceAgent *agent, PouceControl *control)
{
    agent_meter_take_countersign(agent, control->countersign.seq, control->countersign.sig);
}

static void take_ask(PouceAgent *agent, PouceControl *control)
{
    gint64 now_us = g_get_monotonic_time();
    guint32 id = (guint32)control->loan.id;
    if (control->loan.what == POUCE_CAPABILITY_CONTROL && !agent->hands.injector) {
        PouceControl refusal = {.type = POUCE_CONTROL_REFUSE, .loan = control->loan};
        agent_link_send(agent, &refusal);
        return;
    }
    pouce_consent_ask(&agent->hands.consent, id, control->loan.what,
        (guint32)CLAMP(control->loan.ms, 0, G_MAXUINT32), now_us);
}

static void take_revoke(PouceAgent *agent, PouceControl *control)
{
    pouce_consent_revoke(
        &agent->hands.consent, control->revoke.what, POUCE_REVOKE_HELPER, g_get_monotonic_time());
}

static void take_ink(PouceAgent *agent, PouceControl *control)
{
    PouceInkPoint points[POUCE_INK_POINTS_MAX];
    PouceRect area = shown_area(agent);
    if (!agent->hands.overlay || !pouce_agent_allows(agent, POUCE_CAPABILITY_POINTER))
        return;
    for (guint i = 0; i < control->ink.n_points; i++)
        points[i] = (PouceInkPoint){(gint16)to_px(control->ink.points[i].x, area.x, area.width),
            (gint16)to_px(control->ink.points[i].y, area.y, area.height)};
    pouce_overlay_ink(
        agent->hands.overlay, control->ink.stroke, control->ink.rgb, points, control->ink.n_points);
}

static void take_ink_clear(PouceAgent *agent, PouceControl *control)
{
    pouce_agent_clear_ink(agent);
}

static void take_chat(PouceAgent *agent, PouceControl *control)
{
    TELL(agent, chat, control->chat.text, FALSE);
}

static void take_pause(PouceAgent *agent, PouceControl *control)
{
    agent->clock.paused_far = control->pause.paused;
    agent_meter_paused(agent);
}

static void take_voice(PouceAgent *agent, PouceControl *control)
{
    agent_voice_take(agent, control->voice.on);
}

static void take_stats(PouceAgent *agent, PouceControl *control)
{
    agent->clock.stats.lost = control->stats.lost;
}

static void (*const handlers[POUCE_CONTROL_N_TYPES])(PouceAgent *, PouceControl *) = {
    [POUCE_CONTROL_TICK] = take_tick,
    [POUCE_CONTROL_COUNTERSIGN] = take_countersign,
    [POUCE_CONTROL_ASK] = take_ask,
    [POUCE_CONTROL_REVOKE] = take_revoke,
    [POUCE_CONTROL_INK] = take_ink,
    [POUCE_CONTROL_INK_CLEAR] = take_ink_clear,
    [POUCE_CONTROL_CHAT] = take_chat,
    [POUCE_CONTROL_PAUSE] = take_pause,
    [POUCE_CONTROL_VOICE] = take_voice,
    [POUCE_CONTROL_STATS] = take_stats,
};

void agent_control_take(PouceAgent *agent, const guint8 *data, gsize bytes)
{
    g_auto(PouceControl) control = {0};
    PouceControlResult result = pouce_control_parse(data, bytes, &control, NULL);
    if (result == POUCE_CONTROL_MALFORMED) {
        agent->hands.malformed++;
        return;
    }
    if (result == POUCE_CONTROL_UNKNOWN_TYPE) {
        if (agent->link.bound)
            agent_link_send(agent, &control);
        return;
    }
    if (!pouce_control_allowed_from(control.type, POUCE_ROLE_HELPER))
        agent->hands.malformed++;
    else if (control.type == POUCE_CONTROL_BIND)
        agent_link_take_bind(agent, &control);
    else if (handlers[control.type] && agent->link.bound)
        handlers[control.type](agent, &control);
}

// ---- what the helper does ----

void agent_control_input(PouceAgent *agent, const guint8 *data, gsize bytes)
{
    AgentHands *hands = &agent->hands;
    PouceInput input;
    PouceRect area = shown_area(agent);
    if (!pouce_input_parse(data, bytes, &input)) {
        hands->malformed++;
        return;
    }
    if (!hands->injector || !agent->link.bound ||
        !pouce_consent_allows_input(&hands->consent, g_get_monotonic_time())) {
        hands->refused_input++;
        return;
    }
    int x = to_px(input.x, area.x, area.width);
    int y = to_px(input.y, area.y, area.height);
    if (agent->picture.media)
        pouce_media_expect(agent->picture.media);
    switch (input.kind) {
    case POUCE_INPUT_KEY:
        pouce_injector_key(hands->injector, input.code, input.down);
        break;
    case POUCE_INPUT_CHARACTER:
        pouce_injector_character(hands->injector, input.scalar);
        break;
    case POUCE_INPUT_BUTTON:
        pouce_injector_button(hands->injector, input.button, input.down, x, y);
        break;
    case POUCE_INPUT_WHEEL:
        pouce_injector_wheel(hands->injector, input.dx, input.dy, x, y);
        break;
    case POUCE_INPUT_RELEASE_ALL:
        pouce_injector_release_all(hands->injector);
        break;
    case POUCE_INPUT_KEYSYM:
        pouce_injector_keysym(hands->injector, input.keysym, input.down);
        break;
    }
}

void agent_control_motion(PouceAgent *agent, const guint8 *data, gsize bytes)
{
    AgentHands *hands = &agent->hands;
    PouceMotion motion;
    PouceRect area = shown_area(agent);
    gint64 now_us = g_get_monotonic_time();
    if (!pouce_motion_parse(data, bytes, &motion)) {
        hands->malformed++;
        return;
    }
    if (motion.kind != POUCE_MOTION_POINTER || !agent->link.bound ||
        (hands->pointer_heard && !pouce_motion_is_newer(motion.seq, hands->pointer_seq)))
        return;
    hands->pointer_heard = TRUE;
    hands->pointer_seq = motion.seq;
    int x = to_px(motion.x, area.x, area.width);
    int y = to_px(motion.y, area.y, area.height);
    gboolean moves =
        motion.moves && hands->injector && pouce_consent_allows_input(&hands->consent, now_us);
    if (moves)
        pouce_injector_move(hands->injector, x, y);
    else if (motion.moves)
        hands->refused_input++;
    // While it moves the mouse, the real cursor is pointer enough.
    if (hands->overlay)
        pouce_overlay_pointer(hands->overlay,
            motion.visible && !moves &&
                pouce_consent_allows(&hands->consent, POUCE_CAPABILITY_POINTER, now_us),
            x, y);
}

// ---- what the owner says ----

void pouce_agent_answer(PouceAgent *agent, guint32 id, gboolean yes, guint32 ms)
{
    pouce_consent_answer(&agent->hands.consent, id, yes, ms, g_get_monotonic_time());
    agent_rearm(agent);
}

void pouce_agent_lend(PouceAgent *agent, guint32 ms)
{
    if (agent->hands.injector)
        pouce_consent_lend(
            &agent->hands.consent, POUCE_CAPABILITY_CONTROL, ms, g_get_monotonic_time());
    agent_rearm(agent);
}

void pouce_agent_take_back(PouceAgent *agent, PouceCapability what)
{
    pouce_consent_revoke(&agent->hands.consent, what, POUCE_REVOKE_OWNER, g_get_monotonic_time());
    agent_rearm(agent);
}

void pouce_agent_question_shown(PouceAgent *agent, gboolean shown)
{
    pouce_consent_question(&agent->hands.consent, shown);
}

void pouce_agent_pause(PouceAgent *agent, gboolean paused)
{
    PouceSwitchboard message = {.type = POUCE_SWITCHBOARD_PAUSE, .pause.paused = paused};
    if (!agent->link.ever_bound || agent->clock.paused_us == paused)
        return;
    agent->clock.paused_us = paused;
    tell_pause(agent);
    agent_broker_send(agent, &message);
    agent_meter_paused(agent);
}

void pouce_agent_chat(PouceAgent *agent, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *cut =
        g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), POUCE_CHAT_MAX_CHARS));
    PouceControl control = {
        .type = POUCE_CONTROL_CHAT, .chat = {.id = ++agent->hands.next_chat, .text = cut}};
    if (!*cut || !agent->link.bound)
        return;
    if (agent_link_send(agent, &control))
        TELL(agent, chat, cut, TRUE);
}

void pouce_agent_clear_ink(PouceAgent *agent)
{
    if (agent->hands.overlay)
        pouce_overlay_clear(agent->hands.overlay);
}

void pouce_agent_choose_monitor(PouceAgent *agent, int id)
{
    agent->monitor = id;
    if (agent->picture.media)
        pouce_media_choose(agent->picture.media, id);
}
