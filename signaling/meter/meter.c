// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: MIT

#include "signaling/meter/meter.h"

#include <string.h>

#include <openssl/rand.h>

#include "signaling/wire/base64u.h"

#define ZERO64 "0000000000000000000000000000000000000000000000000000000000000000"
#define ZERO32 "00000000000000000000000000000000"
#define NONCES_KEPT 16    // own; a peer's tick may be that many of ours behind
#define BINDINGS_KEPT 8   // reconnections back; ticks resent after more are refused
#define PEER_TICKS_KEPT 4 // more than PENDING_MAX, so that each resent tick is known

typedef struct {
    PouceTick tick;
    PouceSignedTick signed_tick;
    char hash[POUCE_HEX64_CHARS + 1];
    gint64 at_us;
} Kept;

typedef struct {
    gint64 seq;
    char hash[POUCE_HEX64_CHARS + 1]; // of the last tick of this chain
    char nonce[POUCE_HEX32_CHARS + 1];
    gint64 claimed_ms;
    gint64 signed_ms; // at the last doubly signed tick
} Chain;

typedef struct {
    char own_fp[POUCE_HEX64_CHARS + 1];
    char peer_fp[POUCE_HEX64_CHARS + 1];
} Binding;

typedef struct {
    PouceRole role;
    gint64 seq;
    PouceSignedTick signed_tick;
} Delivery;

struct _PouceMeter {
    PouceMeterConfig config;
    gboolean running, paused, spoiled;
    gint64 interval_start_us, heard_us;
    gint64 decoded, decoded_base;
    gint64 count_us;
    Chain own, peer;
    guint n_bindings;
    Binding bindings[BINDINGS_KEPT]; // newest last
    guint n_nonces;
    char nonces[NONCES_KEPT][POUCE_HEX32_CHARS + 1]; // newest last
    guint n_pending;
    Kept pending[POUCE_METER_PENDING_MAX]; // oldest first
    guint n_peer_ticks;
    Kept peer_ticks[PEER_TICKS_KEPT]; // oldest first
    GQueue outbox;                    // of Delivery
};

static void chain_init(Chain *chain)
{
    strcpy(chain->hash, ZERO64);
    strcpy(chain->nonce, ZERO32);
}

PouceMeter *pouce_meter_new(const PouceMeterConfig *config)
{
    PouceMeter *meter = g_new0(PouceMeter, 1);
    meter->config = *config;
    chain_init(&meter->own);
    chain_init(&meter->peer);
    strcpy(meter->nonces[meter->n_nonces++], ZERO32);
    g_queue_init(&meter->outbox);
    return meter;
}

void pouce_meter_free(PouceMeter *meter)
{
    if (!meter)
        return;
    g_queue_clear_full(&meter->outbox, g_free);
    g_free(meter);
}

// Makes room at the end of a short array by forgetting its oldest item.
static gpointer push_item(gpointer items, gsize item_bytes, guint *n_items, guint max)
{
    if (*n_items == max) {
        memmove(items, (guint8 *)items + item_bytes, item_bytes * (max - 1));
        (*n_items)--;
    }
    return (guint8 *)items + item_bytes * (*n_items)++;
}

static void interval_open(PouceMeter *meter, gint64 now_us)
{
    meter->interval_start_us = now_us;
    meter->decoded_base = meter->decoded;
    meter->spoiled = meter->paused;
}

static void interval_close(PouceMeter *meter, gint64 now_us)
{
    gint64 elapsed_us = now_us - meter->interval_start_us;
    gboolean live = meter->decoded > meter->decoded_base && !meter->spoiled &&
                    !pouce_meter_is_stalled(meter, now_us);
    if (live && elapsed_us > 0 && elapsed_us <= POUCE_METER_INTERVAL_MAX_US)
        meter->count_us += elapsed_us;
    interval_open(meter, now_us);
}

void pouce_meter_start(
    PouceMeter *meter, gint64 now_us, const char *own_fp, const char *peer_fp, gint64 decoded)
{
    g_assert(pouce_hex_valid(own_fp, POUCE_HEX64_CHARS));
    g_assert(pouce_hex_valid(peer_fp, POUCE_HEX64_CHARS));
    Binding *binding =
        push_item(meter->bindings, sizeof *binding, &meter->n_bindings, BINDINGS_KEPT);
    strcpy(binding->own_fp, own_fp);
    strcpy(binding->peer_fp, peer_fp);
    meter->running = TRUE;
    meter->heard_us = now_us;
    meter->decoded = decoded;
    interval_open(meter, now_us);
    for (guint i = 0; i < meter->n_pending; i++)
        meter->pending[i].at_us = now_us; // they are sent anew: the peer's time starts anew
}

void pouce_meter_stop(PouceMeter *meter)
{
    meter->running = FALSE;
}

void pouce_meter_feed(PouceMeter *meter, gint64 now_us, gint64 decoded, gboolean paused)
{
    if (decoded < meter->decoded)
        meter->decoded_base = decoded;
    meter->decoded = decoded;
    meter->paused = paused;
    if (paused)
        meter->spoiled = TRUE;
}

static gboolean can_make(const PouceMeter *meter)
{
    return meter->running && meter->n_pending < POUCE_METER_PENDING_MAX &&
           meter->outbox.length < POUCE_METER_OUTBOX_MAX;
}

gint64 pouce_meter_due_us(const PouceMeter *meter)
{
    return can_make(meter) ? meter->interval_start_us + POUCE_METER_PERIOD_US : G_MAXINT64;
}

gboolean pouce_meter_answers(const PouceMeter *meter, gint64 now_us, gint64 rtt_us)
{
    gint64 young_us = CLAMP(2 * rtt_us, POUCE_METER_TOGETHER_US, POUCE_METER_PERIOD_US / 2);
    return can_make(meter) && now_us - meter->interval_start_us > young_us;
}

static void make_nonce(PouceMeter *meter, char out[POUCE_HEX32_CHARS + 1])
{
    guint8 raw[POUCE_HEX32_CHARS / 2];
    if (meter->config.random)
        meter->config.random(meter->config.random_data, raw, sizeof raw);
    else if (RAND_bytes(raw, sizeof raw) != 1)
        g_error("The system gives no random bytes");
    pouce_hex_encode(raw, sizeof raw, out);
    strcpy(push_item(meter->nonces, sizeof meter->nonces[0], &meter->n_nonces, NONCES_KEPT), out);
}

gboolean pouce_meter_make(PouceMeter *meter, gint64 now_us, PouceSignedTick *out)
{
    if (!can_make(meter))
        return FALSE;
    interval_close(meter, now_us);

    const Binding *binding = &meter->bindings[meter->n_bindings - 1];
    Kept *kept = &meter->pending[meter->n_pending++];
    *kept = (Kept){.at_us = now_us};
    PouceTick *tick = &kept->tick;
    strcpy(tick->session, meter->config.session);
    strcpy(tick->price, meter->config.price);
    strcpy(tick->own_fp, binding->own_fp);
    strcpy(tick->peer_fp, binding->peer_fp);
    strcpy(tick->prev, meter->own.hash);
    strcpy(tick->peer_nonce, meter->peer.nonce);
    make_nonce(meter, tick->nonce);
    tick->role = meter->config.role;
    tick->seq = meter->own.seq + 1;
    // Never more than the peer can countersign at once: a chain that runs ahead would stand still.
    tick->live_ms = MIN(meter->count_us / 1000, meter->peer.claimed_ms + POUCE_METER_AHEAD_MAX_MS);
    pouce_tick_sign(tick, meter->config.identity, &kept->signed_tick);
    pouce_signed_tick_hash(&kept->signed_tick, kept->hash);

    meter->own.seq = tick->seq;
    meter->own.claimed_ms = tick->live_ms;
    strcpy(meter->own.hash, kept->hash);
    *out = kept->signed_tick;
    return TRUE;
}

const PouceSignedTick *pouce_meter_peek_pending(const PouceMeter *meter, guint index)
{
    return index < meter->n_pending ? &meter->pending[index].signed_tick : NULL;
}

static void deliver(PouceMeter *meter, const Kept *kept)
{
    Delivery *delivery = g_new(Delivery, 1);
    delivery->role = kept->tick.role;
    delivery->seq = kept->tick.seq;
    delivery->signed_tick = kept->signed_tick;
    g_queue_push_tail(&meter->outbox, delivery);
}

static gboolean is_ripe(const PouceMeter *meter, const Kept *kept)
{
    return kept->tick.live_ms <= meter->count_us / 1000 + POUCE_METER_AHEAD_MAX_MS;
}

// The peer's ticks without countersignature are the newest ones: the count and the first of them.
static Kept *first_waiting(PouceMeter *meter, guint *out_count)
{
    guint count = 0;
    while (count < meter->n_peer_ticks &&
           !meter->peer_ticks[meter->n_peer_ticks - 1 - count].signed_tick.countersigned)
        count++;
    *out_count = count;
    return count ? &meter->peer_ticks[meter->n_peer_ticks - count] : NULL;
}

static void complete(
    PouceMeter *meter, Kept *kept, PouceSignedTick *out_countersign, gint64 *out_seq)
{
    pouce_signed_tick_countersign(&kept->signed_tick, meter->config.identity);
    meter->peer.signed_ms = kept->tick.live_ms;
    deliver(meter, kept);
    *out_countersign = kept->signed_tick;
    *out_seq = kept->tick.seq;
}

static gboolean is_bound(const PouceMeter *meter, const PouceTick *tick)
{
    for (guint i = 0; i < meter->n_bindings; i++) {
        if (strcmp(meter->bindings[i].own_fp, tick->peer_fp) == 0 &&
            strcmp(meter->bindings[i].peer_fp, tick->own_fp) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_own_nonce(const PouceMeter *meter, const char *nonce)
{
    for (guint i = 0; i < meter->n_nonces; i++) {
        if (strcmp(meter->nonces[i], nonce) == 0)
            return TRUE;
    }
    return FALSE;
}

static PouceMeterVerdict judge(const PouceMeter *meter, const PouceSignedTick *tick, PouceTick *out)
{
    if (!pouce_tick_parse(tick->text, tick->text_bytes, out, NULL))
        return POUCE_METER_BAD_TEXT;
    if (!pouce_signed_tick_verify(tick, meter->config.peer_key))
        return POUCE_METER_BAD_SIGNATURE;
    if (strcmp(out->session, meter->config.session) != 0 || out->role == meter->config.role ||
        strcmp(out->price, meter->config.price) != 0)
        return POUCE_METER_BAD_SESSION;
    return is_bound(meter, out) ? POUCE_METER_OK : POUCE_METER_BAD_BINDING;
}

static PouceMeterVerdict take_again(PouceMeter *meter, gint64 now_us, const char *hash,
    PouceSignedTick *out_countersign, gint64 *out_seq)
{
    for (guint i = 0; i < meter->n_peer_ticks; i++) {
        const Kept *kept = &meter->peer_ticks[i];
        if (strcmp(kept->hash, hash) != 0)
            continue;
        meter->heard_us = now_us;
        if (!kept->signed_tick.countersigned)
            return POUCE_METER_LATER;
        *out_countersign = kept->signed_tick;
        *out_seq = kept->tick.seq;
        return POUCE_METER_SEEN;
    }
    return POUCE_METER_BAD_CHAIN;
}

PouceMeterVerdict pouce_meter_take_tick(PouceMeter *meter, gint64 now_us,
    const PouceSignedTick *tick, PouceSignedTick *out_countersign, gint64 *out_seq)
{
    Kept fresh = {.at_us = now_us, .signed_tick = *tick};
    fresh.signed_tick.countersigned = FALSE;
    PouceMeterVerdict verdict = judge(meter, tick, &fresh.tick);
    if (verdict != POUCE_METER_OK)
        return verdict;
    pouce_signed_tick_hash(tick, fresh.hash);

    Chain *peer = &meter->peer;
    if (fresh.tick.seq <= peer->seq)
        return take_again(meter, now_us, fresh.hash, out_countersign, out_seq);
    if (fresh.tick.seq != peer->seq + 1 || strcmp(fresh.tick.prev, peer->hash) != 0 ||
        fresh.tick.live_ms < peer->claimed_ms || !is_own_nonce(meter, fresh.tick.peer_nonce))
        return POUCE_METER_BAD_CHAIN;
    guint n_waiting;
    first_waiting(meter, &n_waiting);
    if (n_waiting >= POUCE_METER_PENDING_MAX || meter->outbox.length >= POUCE_METER_OUTBOX_MAX)
        return POUCE_METER_FULL;

    peer->seq = fresh.tick.seq;
    peer->claimed_ms = fresh.tick.live_ms;
    strcpy(peer->hash, fresh.hash);
    strcpy(peer->nonce, fresh.tick.nonce);
    meter->heard_us = now_us;
    Kept *kept = push_item(meter->peer_ticks, sizeof *kept, &meter->n_peer_ticks, PEER_TICKS_KEPT);
    *kept = fresh;
    if (n_waiting > 0 || !is_ripe(meter, kept))
        return POUCE_METER_LATER;
    complete(meter, kept, out_countersign, out_seq);
    return POUCE_METER_OK;
}

gboolean pouce_meter_take_ripe(PouceMeter *meter, PouceSignedTick *out_countersign, gint64 *out_seq)
{
    guint n_waiting;
    Kept *kept = first_waiting(meter, &n_waiting);
    if (!kept || !is_ripe(meter, kept) || meter->outbox.length >= POUCE_METER_OUTBOX_MAX)
        return FALSE;
    complete(meter, kept, out_countersign, out_seq);
    return TRUE;
}

PouceMeterVerdict pouce_meter_take_countersign(
    PouceMeter *meter, gint64 seq, const guint8 sig[POUCE_SIG_BYTES])
{
    Kept *first = &meter->pending[0];
    if (meter->n_pending == 0 || seq != first->tick.seq)
        return seq <= meter->own.seq - (gint64)meter->n_pending ? POUCE_METER_SEEN
                                                                : POUCE_METER_NOT_OWN;
    if (!pouce_signed_tick_verify_counter(&first->signed_tick, meter->config.peer_key, sig))
        return POUCE_METER_BAD_SIGNATURE;
    memcpy(first->signed_tick.counter_sig, sig, POUCE_SIG_BYTES);
    first->signed_tick.countersigned = TRUE;
    meter->own.signed_ms = first->tick.live_ms;
    deliver(meter, first);
    meter->n_pending--;
    memmove(meter->pending, meter->pending + 1, sizeof *first * meter->n_pending);
    return POUCE_METER_OK;
}

guint pouce_meter_peek_outbox(const PouceMeter *meter, PouceSignedTick *out, guint max)
{
    guint count = 0;
    for (const GList *at = meter->outbox.head; at && count < max; at = at->next)
        out[count++] = ((const Delivery *)at->data)->signed_tick;
    return count;
}

void pouce_meter_on_ack(PouceMeter *meter, gint64 seeker_seq, gint64 helper_seq)
{
    for (GList *at = meter->outbox.head; at;) {
        GList *next = at->next;
        Delivery *delivery = at->data;
        if (delivery->seq <= (delivery->role == POUCE_ROLE_SEEKER ? seeker_seq : helper_seq)) {
            g_free(delivery);
            g_queue_delete_link(&meter->outbox, at);
        }
        at = next;
    }
}

gboolean pouce_meter_is_stalled(const PouceMeter *meter, gint64 now_us)
{
    if (!meter->running || now_us - meter->heard_us > POUCE_METER_MISSED_US)
        return TRUE;
    return meter->n_pending > 0 && now_us - meter->pending[0].at_us > POUCE_METER_MISSED_US;
}

gint64 pouce_meter_own_ms(const PouceMeter *meter)
{
    return meter->count_us / 1000;
}

gint64 pouce_meter_signed_ms(const PouceMeter *meter)
{
    return MIN(meter->own.signed_ms, meter->peer.signed_ms);
}
