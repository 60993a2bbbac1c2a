// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Two ends and a broker under virtual time: clocks of different speed, a link that dies, repeats
// and reorders, a broker that loses messages and restarts. Whatever happens: never more billed than
// both signed, never more than the broker's own elapsed time, nobody counts time that did not pass,
// and once all is delivered the three agree.
//
// usage: meter_sim [SEEDS [FIRST]]     a failure prints its seed

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signaling/meter/billing.h"
#include "signaling/meter/meter.h"

#define SESSION "0192f0c1-7b2a-7c3d-8e4f-5a6b7c8d9e0f"
#define STEP_US (100 * 1000)
#define RUN_STEPS 3000 // 5 minutes
#define SETTLE_STEPS 400
#define DEFAULT_SEEDS 150

typedef enum { TO_PEER_TICK, TO_PEER_COUNTERSIGN } Kind;

typedef struct {
    Kind kind;
    gint64 due_us;
    PouceSignedTick tick; // or the countersignature in it
    gint64 seq;
} Message;

typedef struct {
    PouceMeter *meter;
    PouceIdentity *identity;
    double speed;      // of its clock against the broker's
    gint64 offset_us;  // of its clock
    gint64 decoded;    // as it knows
    gint64 claimed_ms; // the most it ever signed for itself
    gint64 live_us;    // of its own clock, while the link was up
    GQueue inbox;      // of Message
} End;

typedef struct {
    guint64 seed, random;
    gboolean calm; // no faults at all
    End ends[2];   // by PouceRole
    PouceBillingConfig config;
    PouceBilling *billing;
    gint64 now_us, broker_live_us;
    gboolean up, frozen, paused;
    gint64 decoded;
    guint reconnections, restarts;
} Sim;

#define CHECK(sim, condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "seed %" G_GUINT64_FORMAT " at %.1f s: %s\n", (sim)->seed,             \
                (double)(sim)->now_us / 1e6, #condition);                                          \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static guint64 next_random(Sim *sim) // splitmix64
{
    guint64 z = sim->random += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static gboolean chance(Sim *sim, guint per_10000)
{
    return !sim->calm && next_random(sim) % 10000 < per_10000;
}

static void fill_random(gpointer data, guint8 *out, gsize bytes)
{
    for (gsize i = 0; i < bytes; i++)
        out[i] = (guint8)next_random(data);
}

static gint64 clock_of(const Sim *sim, const End *end)
{
    return end->offset_us + (gint64)((double)sim->now_us * end->speed);
}

static void send_message(Sim *sim, End *to, Kind kind, const PouceSignedTick *tick, gint64 seq)
{
    if (!sim->up)
        return;
    Message *message = g_new0(Message, 1);
    *message = (Message){.kind = kind, .tick = *tick, .seq = seq};
    message->due_us = sim->now_us + (gint64)(next_random(sim) % 300) * 1000;
    if (chance(sim, 100)) // the channel keeps order; the meter must survive one that does not
        g_queue_push_head(&to->inbox, message);
    else
        g_queue_push_tail(&to->inbox, message);
    if (chance(sim, 200))
        g_queue_push_tail(&to->inbox, g_memdup2(message, sizeof *message));
}

static void note_claim(Sim *sim, End *end, const PouceSignedTick *tick)
{
    PouceTick parsed;
    CHECK(sim, pouce_tick_parse(tick->text, tick->text_bytes, &parsed, NULL));
    CHECK(sim, parsed.live_ms >= end->claimed_ms);
    end->claimed_ms = parsed.live_ms;
}

static void make_tick(Sim *sim, PouceRole role)
{
    End *end = &sim->ends[role], *peer = &sim->ends[pouce_role_other(role)];
    PouceSignedTick tick;
    gint64 seq;
    if (!pouce_meter_make(end->meter, clock_of(sim, end), &tick))
        return;
    note_claim(sim, end, &tick);
    send_message(sim, peer, TO_PEER_TICK, &tick, 0);
    while (pouce_meter_take_ripe(end->meter, &tick, &seq))
        send_message(sim, peer, TO_PEER_COUNTERSIGN, &tick, seq);
}

static void receive(Sim *sim, PouceRole role)
{
    End *end = &sim->ends[role], *peer = &sim->ends[pouce_role_other(role)];
    for (Message *message;
         (message = g_queue_peek_head(&end->inbox)) && message->due_us <= sim->now_us;) {
        g_queue_pop_head(&end->inbox);
        PouceSignedTick answer;
        gint64 seq;
        if (message->kind == TO_PEER_COUNTERSIGN) {
            pouce_meter_take_countersign(end->meter, message->seq, message->tick.counter_sig);
        } else {
            PouceMeterVerdict verdict = pouce_meter_take_tick(
                end->meter, clock_of(sim, end), &message->tick, &answer, &seq);
            // an honest peer's claim never has to wait
            CHECK(sim, verdict != POUCE_METER_LATER && verdict != POUCE_METER_BAD_SIGNATURE &&
                           verdict != POUCE_METER_BAD_SESSION);
            if (verdict == POUCE_METER_OK || verdict == POUCE_METER_SEEN)
                send_message(sim, peer, TO_PEER_COUNTERSIGN, &answer, seq);
        }
        g_free(message);
    }
}

static void fingerprint(Sim *sim, char out[65])
{
    for (int i = 0; i < 64; i++)
        out[i] = "0123456789abcdef"[next_random(sim) % 16];
    out[64] = '\0';
}

static void link_down(Sim *sim)
{
    sim->up = FALSE;
    for (int role = 0; role < 2; role++) {
        pouce_meter_stop(sim->ends[role].meter);
        g_queue_clear_full(&sim->ends[role].inbox, g_free);
    }
}

static void link_up(Sim *sim)
{
    char fps[2][65];
    sim->up = TRUE;
    sim->reconnections++;
    fingerprint(sim, fps[0]);
    fingerprint(sim, fps[1]);
    for (int role = 0; role < 2; role++) {
        End *end = &sim->ends[role];
        pouce_meter_start(end->meter, clock_of(sim, end), fps[role], fps[1 - role], end->decoded);
    }
    for (int role = 0; role < 2; role++) {
        const PouceSignedTick *tick;
        for (guint i = 0; (tick = pouce_meter_peek_pending(sim->ends[role].meter, i)); i++)
            send_message(sim, &sim->ends[1 - role], TO_PEER_TICK, tick, 0);
    }
}

static void broker_check(Sim *sim)
{
    gint64 signed_ms = pouce_billing_signed_ms(sim->billing);
    gint64 live_ms = sim->broker_live_us / 1000;
    CHECK(sim, signed_ms <= sim->ends[0].claimed_ms && signed_ms <= sim->ends[1].claimed_ms);
    CHECK(sim, pouce_billing_billable_ms(sim->billing, live_ms) <= live_ms);
    CHECK(sim, pouce_billing_billable_ms(sim->billing, live_ms) <= signed_ms);
    CHECK(sim, pouce_billing_cost_minor(sim->billing, live_ms) <= sim->config.price.cap_minor);
    for (int role = 0; role < 2; role++) {
        End *end = &sim->ends[role];
        CHECK(sim, pouce_meter_own_ms(end->meter) <= end->live_us / 1000 + 1);
        CHECK(sim, end->claimed_ms <= pouce_meter_own_ms(end->meter));
        CHECK(sim, pouce_meter_signed_ms(end->meter) <= sim->ends[1 - role].claimed_ms);
    }
}

static void broker_restart(Sim *sim)
{
    json_t *state = pouce_billing_save(sim->billing);
    pouce_billing_free(sim->billing);
    sim->billing = pouce_billing_restore(&sim->config, state, NULL);
    CHECK(sim, sim->billing);
    json_decref(state);
    sim->restarts++;
}

static void deliver(Sim *sim, End *end, guint loss_per_10000)
{
    PouceSignedTick ticks[POUCE_TICKS_MAX];
    guint n_ticks = pouce_meter_peek_outbox(end->meter, ticks, POUCE_TICKS_MAX);
    if (n_ticks == 0 || chance(sim, loss_per_10000))
        return;
    for (guint i = 0; i < n_ticks; i++) {
        guint at = chance(sim, 100) ? (guint)(next_random(sim) % n_ticks) : i;
        PouceBillingVerdict verdict = pouce_billing_take(sim->billing, &ticks[at], NULL);
        CHECK(sim, verdict == POUCE_BILLING_ACCEPTED || verdict == POUCE_BILLING_SEEN ||
                       verdict == POUCE_BILLING_GAP);
    }
    if (!chance(sim, loss_per_10000)) // else the acknowledgement is lost
        pouce_meter_on_ack(end->meter, pouce_billing_seq(sim->billing, POUCE_ROLE_SEEKER),
            pouce_billing_seq(sim->billing, POUCE_ROLE_HELPER));
}

static void weather(Sim *sim)
{
    if (sim->up && chance(sim, 30))
        link_down(sim);
    else if (!sim->up && (sim->calm || chance(sim, 300)))
        link_up(sim);
    if (chance(sim, 30))
        sim->frozen = !sim->frozen;
    if (chance(sim, 20))
        sim->paused = !sim->paused;
    if (chance(sim, 30))
        broker_restart(sim);
}

static void step(Sim *sim, gboolean over)
{
    sim->now_us += STEP_US;
    sim->broker_live_us += STEP_US;
    if (sim->up && !sim->frozen)
        sim->decoded += 3;
    for (int role = 0; role < 2; role++) {
        End *end = &sim->ends[role];
        if (sim->up)
            end->live_us += (gint64)(STEP_US * end->speed) + 1;
        // the seeker hears of frames once a second, by heartbeat
        if (role == POUCE_ROLE_HELPER || (sim->up && sim->now_us % G_USEC_PER_SEC == 0))
            end->decoded = sim->decoded;
        pouce_meter_feed(end->meter, clock_of(sim, end), end->decoded, sim->paused);
        receive(sim, (PouceRole)role);
        if (!over && clock_of(sim, end) >= pouce_meter_due_us(end->meter) && !chance(sim, 3000))
            make_tick(sim, (PouceRole)role);
        if (sim->now_us % G_USEC_PER_SEC == 0)
            deliver(sim, end, 3000);
    }
    broker_check(sim);
}

// A clean end: the link comes back, all is resent, one last tick each, everything is delivered.
static void settle(Sim *sim)
{
    sim->calm = TRUE;
    link_down(sim);
    link_up(sim);
    for (int i = 0; i < SETTLE_STEPS / 2; i++)
        step(sim, TRUE);
    make_tick(sim, POUCE_ROLE_SEEKER);
    make_tick(sim, POUCE_ROLE_HELPER);
    for (int i = 0; i < SETTLE_STEPS / 2; i++)
        step(sim, TRUE);
    gint64 signed_ms = pouce_billing_signed_ms(sim->billing);
    for (int role = 0; role < 2; role++) {
        CHECK(sim, pouce_meter_peek_pending(sim->ends[role].meter, 0) == NULL);
        CHECK(sim, pouce_meter_signed_ms(sim->ends[role].meter) == signed_ms);
    }
}

static void sim_init(Sim *sim, guint64 seed)
{
    *sim = (Sim){.seed = seed, .random = seed, .calm = seed % 10 == 0};
    sim->config.price = (PoucePrice){
        .session = SESSION, .rate_minor_per_min = 90, .currency = "EUR", .cap_minor = 300};
    char price[65];
    pouce_price_id(&sim->config.price, price);
    for (int role = 0; role < 2; role++) {
        guint8 key_seed[POUCE_KEY_BYTES];
        fill_random(sim, key_seed, sizeof key_seed);
        End *end = &sim->ends[role];
        end->identity = pouce_identity_new_from_seed(key_seed);
        end->speed = 1 + ((double)(next_random(sim) % 2001) - 1000) / 20000; // within 5 %
        end->offset_us = (gint64)(next_random(sim) % G_GUINT64_CONSTANT(1000000000000));
        g_queue_init(&end->inbox);
    }
    memcpy(sim->config.seeker_key, pouce_identity_peek_key(sim->ends[0].identity), 32);
    memcpy(sim->config.helper_key, pouce_identity_peek_key(sim->ends[1].identity), 32);
    sim->billing = pouce_billing_new(&sim->config);
    for (int role = 0; role < 2; role++) {
        PouceMeterConfig config = {.session = SESSION,
            .role = (PouceRole)role,
            .identity = sim->ends[role].identity,
            .random = fill_random,
            .random_data = sim};
        memcpy(config.price, price, sizeof price);
        memcpy(config.peer_key, pouce_identity_peek_key(sim->ends[1 - role].identity), 32);
        sim->ends[role].meter = pouce_meter_new(&config);
    }
}

static void sim_clear(Sim *sim)
{
    for (int role = 0; role < 2; role++) {
        pouce_meter_free(sim->ends[role].meter);
        pouce_identity_free(sim->ends[role].identity);
        g_queue_clear_full(&sim->ends[role].inbox, g_free);
    }
    pouce_billing_free(sim->billing);
}

int main(int argc, char **argv)
{
    guint64 n_seeds = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : DEFAULT_SEEDS;
    guint64 first = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 1;
    guint reconnections = 0, restarts = 0;
    gint64 elapsed_ms = 0, signed_ms = 0;
    for (guint64 seed = first; seed < first + n_seeds; seed++) {
        Sim sim;
        sim_init(&sim, seed);
        gboolean calm = sim.calm;
        link_up(&sim);
        for (int i = 0; i < RUN_STEPS; i++) {
            weather(&sim);
            step(&sim, FALSE);
        }
        if (calm) // without faults nearly everything is signed: clocks within 5 %, one tick open
            CHECK(&sim, pouce_billing_signed_ms(sim.billing) >=
                            sim.broker_live_us / 1000 * 94 / 100 - 11000);
        settle(&sim);
        elapsed_ms += sim.broker_live_us / 1000;
        signed_ms += pouce_billing_signed_ms(sim.billing);
        reconnections += sim.reconnections;
        restarts += sim.restarts;
        sim_clear(&sim);
    }
    printf("%" G_GUINT64_FORMAT " seeds, %u connections, %u broker restarts, %.1f h elapsed, "
           "%.1f h signed by both\n",
        n_seeds, reconnections, restarts, (double)elapsed_ms / 3.6e6, (double)signed_ms / 3.6e6);
    return signed_ms > 0 ? 0 : 1;
}
