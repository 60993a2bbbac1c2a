// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/sim/picture.h"

#include "signaling/peer/pace.h"

#define WIDTH_PX 320
#define HEIGHT_PX 240
#define STEP_US 1000
#define HEADERS_BYTES 60 // IP, UDP, SRTP, RTP with its extensions
#define PAYLOAD_MAX_BYTES 1150
#define MESSAGE_BYTES 110 // on a data channel, or a report of few packets
// agent/core/media_pump.c, agent_link.c
#define FRAME_US 16667
#define QUIET_US 500000
#define KEY_INTERVAL_US 500000
#define KEEPALIVE_US 2000000
#define BITRATE_STEP 20
#define CHEAP 8 // media.c
// GStreamer's jitter buffer as receive.c sets it up: asks at once, and again until it gives up.
#define ASK_US 5000
#define ASK_AGAIN_US 20000
#define ASK_LONG_US 500000
#define DECODE_US 2000

typedef enum {
    ARRIVAL_PACKET,
    ARRIVAL_REPORT,
    ARRIVAL_REQUEST, // for a packet to be sent again
    ARRIVAL_KEY_REQUEST,
    ARRIVAL_SHOWN,
} ArrivalKind;

typedef struct {
    gint64 due_us;
    ArrivalKind kind;
    SimPacket packet;
    GArray *report; // PouceFeedbackPacket
    guint16 seq;
    guint32 rtp_timestamp;
} Arrival;

typedef struct {
    guint16 seq;
    gint64 since_us, ask_us;
} Missing;

static void arrival_free(gpointer data)
{
    Arrival *arrival = data;
    g_clear_pointer(&arrival->report, g_array_unref);
    g_free(arrival);
}

void sim_picture_init(SimPicture *sim, guint seed, SimPath path)
{
    *sim = (SimPicture){.seed = seed,
        .rand = g_rand_new_with_seed(seed),
        .now_us = G_USEC_PER_SEC,
        .change_least_us = 50000,
        .change_most_us = 90000,
        .change_px = 96,
        .key_wanted = TRUE,
        .tells = TRUE,
        .seq = (guint16)(seed * 7919),
        .transport_seq = (guint16)(seed * 104729)};
    sim->up = sim->down = (SimLink){.path = path, .rand = sim->rand};
    sim->screen = pouce_frame_new(WIDTH_PX, HEIGHT_PX);
    pouce_damage_init(&sim->damage, WIDTH_PX, HEIGHT_PX);
    PouceEncoderConfig config = {WIDTH_PX, HEIGHT_PX, 4000000, 60};
    sim->encoder = pouce_encoder_new("screen", &config, NULL);
    sim->estimator = pouce_estimator_new(
        &(PouceEstimatorConfig){.start_bps = 4000000, .min_bps = 100000, .max_bps = 50000000});
    sim->bps = sim->least_bps = 4000000;
    pouce_ledger_init(&sim->ledger);
    pouce_in_flight_init(&sim->in_flight);
    g_queue_init(&sim->waiting);
    g_queue_init(&sim->to_helper);
    g_queue_init(&sim->to_seeker);
    sim->sent = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    sim->changes = g_hash_table_new(NULL, NULL);
    sim->assembly = pouce_assembly_new();
    sim->arrived = g_array_new(FALSE, FALSE, sizeof(SimPacket));
    sim->missing = g_array_new(FALSE, FALSE, sizeof(Missing));
    sim->queues_us = g_array_new(FALSE, FALSE, sizeof(gint64));
    sim->freezes_us = g_array_new(FALSE, FALSE, sizeof(gint64));
    sim->expected_transport = sim->heard_transport = sim->transport_seq;
}

void sim_picture_clear(SimPicture *sim)
{
    pouce_frame_unref(sim->screen);
    pouce_damage_clear(&sim->damage);
    pouce_encoder_free(sim->encoder);
    pouce_estimator_free(sim->estimator);
    pouce_ledger_clear(&sim->ledger);
    pouce_in_flight_clear(&sim->in_flight);
    pouce_assembly_free(sim->assembly);
    g_queue_clear_full(&sim->waiting, g_free);
    g_queue_clear_full(&sim->to_helper, arrival_free);
    g_queue_clear_full(&sim->to_seeker, arrival_free);
    g_hash_table_unref(sim->sent);
    g_hash_table_unref(sim->changes);
    g_array_unref(sim->arrived);
    g_array_unref(sim->missing);
    g_array_unref(sim->freezes_us);
    g_array_unref(sim->queues_us);
    g_rand_free(sim->rand);
}

// --- the path ---

// What @link carries, if it is not lost, comes out at @to; takes @arrival.
static void put(SimPicture *sim, SimLink *link, GQueue *to, guint32 bytes, Arrival *arrival)
{
    gint64 queued_us = 0;
    arrival->due_us = sim_link_send(link, sim->now_us, bytes, &queued_us);
    if (link == &sim->up)
        g_array_append_val(sim->queues_us, queued_us);
    if (arrival->due_us < 0)
        arrival_free(arrival);
    else
        g_queue_push_tail(to, arrival);
}

static void tell_seeker(SimPicture *sim, Arrival arrival)
{
    Arrival *copy = g_new(Arrival, 1);
    *copy = arrival;
    put(sim, &sim->down, &sim->to_seeker, MESSAGE_BYTES, copy);
}

static guint cheap_packets(const SimPicture *sim)
{
    gint64 bytes = pouce_estimator_window_bytes(sim->estimator) / CHEAP;
    return (guint)MAX(bytes / POUCE_LEDGER_PACKET_BYTES, 1);
}

static void send_packet(SimPicture *sim, SimPacket packet)
{
    packet.transport_seq = sim->transport_seq++;
    packet.sent_us = sim->now_us;
    if (pouce_ledger_sent(&sim->ledger, packet.transport_seq, packet.seq, sim->now_us))
        pouce_repeats_add(&sim->repeats, sim->now_us, packet.seq, cheap_packets(sim));
    sim->kept[packet.seq % SIM_KEPT] = packet;
    g_hash_table_replace(
        sim->sent, GUINT_TO_POINTER(packet.transport_seq), g_memdup2(&packet, sizeof packet));
    Arrival *arrival = g_new0(Arrival, 1);
    arrival->packet = packet;
    guint before = sim->to_helper.length;
    put(sim, &sim->up, &sim->to_helper, packet.bytes + HEADERS_BYTES, arrival);
    sim->packets++;
    sim->bytes += packet.bytes + HEADERS_BYTES;
    sim->lost_packets += sim->to_helper.length == before;
    sim->resent += packet.again;
}

// --- the screen ---

static void change_screen(SimPicture *sim)
{
    if (sim->change_px == 0 || sim->now_us < sim->change_us)
        return;
    PouceFrame *screen = sim->screen;
    PouceRect rect = {64, 64, sim->change_px, sim->change_px};
    for (int y = rect.y; y < MIN(rect.y + rect.height, HEIGHT_PX); y++)
        for (int x = rect.x; x < MIN(rect.x + rect.width, WIDTH_PX); x++)
            screen->planes[0][y * screen->strides[0] + x] =
                (guint8)g_rand_int_range(sim->rand, 16, 235);
    pouce_damage_add_rect(&sim->damage, rect);
    gint32 spread_us = (gint32)(sim->change_most_us - sim->change_least_us);
    sim->change_us =
        sim->now_us + sim->change_least_us + g_rand_int_range(sim->rand, 0, spread_us + 1);
    sim->change++;
    sim->dirty = TRUE;
    sim->dirty_us = sim->now_us;
}

// --- the seeker's end, after agent/core/media_pump.c ---

static int carried_bytes(const SimPicture *sim, gint64 time_us, int least, gint64 most_us)
{
    gint64 bps = sim->bps;
    gint64 floor = MIN(least, bps * most_us / 8 / G_USEC_PER_SEC);
    return (int)MAX(bps * time_us / 8 / G_USEC_PER_SEC, floor);
}

// Cut as the payloader cuts; what the ledger must know.
static void push(SimPicture *sim, const PouceEncodedFrame *encoded)
{
    gsize bytes = MAX(encoded->bytes, (gsize)sim->probe_bytes);
    guint count = (guint)((bytes + PAYLOAD_MAX_BYTES - 1) / PAYLOAD_MAX_BYTES);
    pouce_in_flight_begin(&sim->in_flight, sim->now_us, bytes);
    sim->rtp_timestamp = (guint32)(sim->now_us * 9 / 100);
    PouceLedgerEntry entry = {
        encoded->id, encoded->base_id, sim->rtp_timestamp, sim->seq, count, sim->recovers};
    pouce_ledger_frame(&sim->ledger, &entry);
    for (guint i = 0; i < count; i++) {
        gsize left = bytes - i * PAYLOAD_MAX_BYTES;
        SimPacket packet = {.seq = sim->seq++,
            .dependency = {i == 0, i + 1 == count, (guint16)encoded->id,
                (guint16)(encoded->base_id ? encoded->id - encoded->base_id : 0)},
            .rtp_timestamp = sim->rtp_timestamp,
            .bytes = (guint32)MIN(left, PAYLOAD_MAX_BYTES),
            .change = sim->change};
        g_queue_push_tail(&sim->waiting, g_memdup2(&packet, sizeof packet));
    }
    gint64 takes_us = (gint64)bytes * 8 * G_USEC_PER_SEC / sim->bps;
    sim->next_frame_us = sim->now_us + MAX(takes_us, FRAME_US);
    sim->sent_us = sim->now_us;
    sim->frames++;
    sim->keys += encoded->key;
    if (encoded->key)
        sim->key_made_us = sim->now_us;
}

static void encode(SimPicture *sim, gboolean key, gboolean keepalive)
{
    gboolean changes = sim->dirty || key || sim->recovers;
    sim->recoveries += sim->recovers;
    PouceEncodeRequest request = {.frame = sim->screen,
        .damage = &sim->damage,
        .now_us = sim->now_us,
        .budget_bytes = changes ? carried_bytes(sim, 50000, 6000, 200000)
                                : carried_bytes(sim, 20000, 3000, 100000),
        .key = key,
        .keepalive = keepalive,
        .cursor_x_px = -1};
    PouceEncodedFrame encoded;
    sim->key_wanted = sim->key_wanted && !key;
    PouceEncodeResult result = pouce_encoder_encode(sim->encoder, &request, &encoded, NULL);
    g_assert(result != POUCE_ENCODE_ERROR);
    pouce_damage_empty(&sim->damage);
    sim->refine_from_us = sim->now_us + FRAME_US;
    if (sim->dirty)
        sim->next_frame_us = sim->now_us + FRAME_US;
    sim->dirty = FALSE;
    if (result == POUCE_ENCODE_FRAME)
        push(sim, &encoded);
}

static PoucePeerDelivery ask_ledger(SimPicture *sim)
{
    PoucePeerDelivery delivery;
    gint64 window_bytes = pouce_estimator_window_bytes(sim->estimator);
    pouce_ledger_look(&sim->ledger, sim->now_us, (gsize)window_bytes / CHEAP, &delivery);
    if (delivery.confirmed_id)
        pouce_encoder_confirm(sim->encoder, delivery.confirmed_id);
    if (delivery.lost_id)
        pouce_encoder_lost(sim->encoder, delivery.lost_id);
    sim->recovers = delivery.lost_id != 0;
    return delivery;
}

static void pump(SimPicture *sim)
{
    ask_ledger(sim);
    gint64 refine_us = pouce_encoder_next_due_us(sim->encoder);
    gint64 follow_us = pouce_in_flight_follow_up_us(&sim->in_flight);
    gboolean refine = refine_us >= 0 && sim->now_us >= MAX(refine_us, sim->refine_from_us);
    gboolean key = sim->key_wanted &&
                   (sim->key_made_us == 0 || sim->now_us - sim->key_made_us > KEY_INTERVAL_US);
    gboolean quiet = !sim->dirty && !key && refine_us < 0 && sim->now_us - sim->dirty_us > QUIET_US;
    sim->probe_bytes = quiet ? sim->probe_bytes : 0;
    gboolean keepalive = sim->now_us - sim->sent_us > KEEPALIVE_US || sim->probe_bytes > 0 ||
                         (follow_us >= 0 && sim->now_us >= follow_us);
    gboolean due = sim->dirty || key || keepalive || refine;
    gboolean open =
        sim->waiting.length == 0 && (gint64)pouce_in_flight_bytes(&sim->in_flight, sim->now_us) <
                                        pouce_estimator_window_bytes(sim->estimator);
    if (due && sim->now_us >= sim->next_frame_us && open)
        encode(sim, key, keepalive);
    sim->probe_bytes = 0;
}

static void send_bursts(SimPicture *sim)
{
    if (sim->waiting.length == 0 || sim->now_us < sim->burst_us)
        return;
    int pace_bps = pouce_estimator_pace_bps(sim->estimator);
    gint64 most = pouce_pace_burst_bytes(pace_bps), bytes = 0;
    SimPacket *packet;
    while ((packet = g_queue_peek_head(&sim->waiting)) &&
           (bytes == 0 || bytes + packet->bytes <= most)) {
        bytes += packet->bytes;
        g_autofree SimPacket *taken = g_queue_pop_head(&sim->waiting);
        send_packet(sim, *taken);
    }
    pouce_in_flight_part(&sim->in_flight, sim->now_us, (gsize)bytes);
    sim->burst_us = sim->now_us + pouce_pace_gap_us(pace_bps, bytes);
}

static void obey(SimPicture *sim)
{
    int bps = pouce_estimator_bps(sim->estimator), probe_bytes;
    if (bps < sim->bps || bps - sim->bps > sim->bps / BITRATE_STEP) {
        sim->bps = bps;
        pouce_encoder_set_bitrate(sim->encoder, bps);
    }
    sim->least_bps = MIN(sim->least_bps, bps);
    if (pouce_estimator_take_probe(sim->estimator, sim->now_us, &probe_bytes))
        sim->probe_bytes = probe_bytes;
}

static void hear_report(SimPicture *sim, GArray *report)
{
    g_autofree PoucePacketReport *all = g_new(PoucePacketReport, report->len);
    gint64 newest_us = -1;
    for (guint i = 0; i < report->len; i++) {
        PouceFeedbackPacket *packet = &g_array_index(report, PouceFeedbackPacket, i);
        const SimPacket *sent = g_hash_table_lookup(sim->sent, GUINT_TO_POINTER(packet->seqnum));
        packet->local_ns = sent ? sent->sent_us * 1000 : -1;
        packet->bytes = sent ? sent->bytes : 0; // reports count payload alone
        all[i] = (PoucePacketReport){
            packet->local_ns / 1000, packet->lost ? -1 : packet->remote_ns / 1000, packet->bytes};
        if (!packet->lost)
            newest_us = MAX(newest_us, packet->local_ns / 1000);
    }
    pouce_in_flight_heard(&sim->in_flight, sim->now_us, newest_us);
    pouce_ledger_heard(&sim->ledger, sim->now_us, (PouceFeedbackPacket *)report->data, report->len);
    pouce_estimator_on_report(sim->estimator, sim->now_us, all, report->len);
    obey(sim);
}

static void send_again(SimPicture *sim, guint16 seq)
{
    SimPacket packet = sim->kept[seq % SIM_KEPT];
    if (packet.bytes == 0 || packet.seq != seq || !pouce_ledger_is_wanted(&sim->ledger, seq))
        return;
    packet.again = TRUE;
    send_packet(sim, packet);
}

static void send_repeats(SimPicture *sim)
{
    guint16 seq;
    while (pouce_repeats_take(&sim->repeats, sim->now_us, &seq))
        send_again(sim, seq);
}

static void hear_request(SimPicture *sim, guint16 seq)
{
    if (!pouce_ledger_is_wanted(&sim->ledger, seq))
        return;
    pouce_repeats_add(&sim->repeats, sim->now_us, seq, cheap_packets(sim));
    send_again(sim, seq);
}

static void hear_told(SimPicture *sim, guint32 rtp_timestamp)
{
    gint64 left_us = pouce_ledger_told(&sim->ledger, sim->now_us, rtp_timestamp);
    pouce_in_flight_heard(&sim->in_flight, sim->now_us, left_us);
}

static void seeker_hears(SimPicture *sim)
{
    Arrival *arrival;
    while ((arrival = g_queue_peek_head(&sim->to_seeker)) && arrival->due_us <= sim->now_us) {
        g_queue_pop_head(&sim->to_seeker);
        if (arrival->kind == ARRIVAL_REPORT)
            hear_report(sim, arrival->report);
        else if (arrival->kind == ARRIVAL_REQUEST)
            hear_request(sim, arrival->seq);
        else if (arrival->kind == ARRIVAL_KEY_REQUEST)
            sim->key_wanted = TRUE;
        else if (arrival->kind == ARRIVAL_SHOWN)
            hear_told(sim, arrival->rtp_timestamp);
        arrival_free(arrival);
    }
}

// --- the helper's end ---

static void show(SimPicture *sim)
{
    PouceAssemblyFrame *frame;
    while ((frame = pouce_assembly_next(sim->assembly, sim->now_us))) {
        guint change = GPOINTER_TO_UINT(
            g_hash_table_lookup(sim->changes, GUINT_TO_POINTER((guint16)frame->number)));
        if (change > sim->shown_change) {
            gint64 freeze_us = sim->now_us - sim->shown_us;
            if (sim->measuring && sim->shown_us > 0)
                g_array_append_val(sim->freezes_us, freeze_us);
            sim->shown_change = change;
            sim->shown_us = sim->now_us;
        }
        if (sim->tells)
            tell_seeker(
                sim, (Arrival){.kind = ARRIVAL_SHOWN, .rtp_timestamp = frame->rtp_timestamp});
        pouce_assembly_frame_free(frame);
    }
    if (pouce_assembly_wants_key(sim->assembly, sim->now_us))
        tell_seeker(sim, (Arrival){.kind = ARRIVAL_KEY_REQUEST});
}

// A report names all between the last one and the newest packet; one that is lost is not made
// good, and what it would have named is never told.
static void report(SimPicture *sim)
{
    GArray *report = g_array_new(FALSE, FALSE, sizeof(PouceFeedbackPacket));
    guint at = 0;
    for (; (gint16)(sim->heard_transport - sim->expected_transport) >= 0;
         sim->expected_transport++) {
        const SimPacket *packet =
            at < sim->arrived->len ? &g_array_index(sim->arrived, SimPacket, at) : NULL;
        gboolean here = packet && packet->transport_seq == sim->expected_transport;
        PouceFeedbackPacket entry = {.seqnum = sim->expected_transport,
            .lost = !here,
            .remote_ns = here ? packet->sent_us * 1000 : -1}; // when it arrived
        at += here;
        g_array_append_val(report, entry);
    }
    g_array_set_size(sim->arrived, 0);
    tell_seeker(sim, (Arrival){.kind = ARRIVAL_REPORT, .report = report});
}

static void note_missing(SimPicture *sim, guint16 seq)
{
    for (guint i = 0; i < sim->missing->len; i++)
        if (g_array_index(sim->missing, Missing, i).seq == seq) {
            g_array_remove_index(sim->missing, i);
            break;
        }
    if (!sim->seq_known)
        sim->next_seq = seq;
    sim->seq_known = TRUE;
    for (; (gint16)(seq - sim->next_seq) > 0; sim->next_seq++) {
        Missing missing = {sim->next_seq, sim->now_us, sim->now_us + ASK_US};
        g_array_append_val(sim->missing, missing);
    }
    if (seq == sim->next_seq)
        sim->next_seq++;
}

static void ask_again(SimPicture *sim)
{
    for (guint i = sim->missing->len; i-- > 0;) {
        Missing *missing = &g_array_index(sim->missing, Missing, i);
        if (sim->now_us - missing->since_us > ASK_LONG_US) {
            g_array_remove_index(sim->missing, i);
        } else if (sim->now_us >= missing->ask_us) {
            missing->ask_us = sim->now_us + 2 * sim->up.path.delay_us + ASK_AGAIN_US;
            tell_seeker(sim, (Arrival){.kind = ARRIVAL_REQUEST, .seq = missing->seq});
        }
    }
}

static void helper_hears(SimPicture *sim)
{
    static const guint8 payload[PAYLOAD_MAX_BYTES + 1] = {0x10};
    Arrival *arrival;
    while ((arrival = g_queue_peek_head(&sim->to_helper)) && arrival->due_us <= sim->now_us) {
        g_queue_pop_head(&sim->to_helper);
        SimPacket *packet = &arrival->packet;
        g_hash_table_insert(sim->changes, GUINT_TO_POINTER(packet->dependency.number),
            GUINT_TO_POINTER(packet->change));
        PouceAssemblyPacket taken = {
            packet->seq, packet->rtp_timestamp, packet->dependency, payload, packet->bytes + 1};
        note_missing(sim, packet->seq);
        pouce_assembly_take(sim->assembly, &taken, sim->now_us);
        SimPacket arrived = *packet;
        arrived.sent_us = sim->now_us + 123456789; // the far clock has its own origin
        g_array_append_val(sim->arrived, arrived);
        sim->heard_transport = packet->transport_seq;
        if (packet->dependency.last)
            report(sim);
        show(sim);
        arrival_free(arrival);
    }
    ask_again(sim);
}

void sim_picture_run(SimPicture *sim, double seconds)
{
    gint64 end_us = sim->now_us + (gint64)(seconds * G_USEC_PER_SEC);
    gint64 beat_us = sim->now_us;
    while (sim->now_us < end_us) {
        if (sim->now_us >= beat_us) {
            gint64 rtt_us = sim->up.path.delay_us + sim->down.path.delay_us + 2000;
            pouce_estimator_on_rtt(sim->estimator, sim->now_us, rtt_us);
            beat_us += G_USEC_PER_SEC;
        }
        change_screen(sim);
        seeker_hears(sim);
        pump(sim);
        send_bursts(sim);
        send_repeats(sim);
        helper_hears(sim);
        sim->now_us += STEP_US;
    }
}

void sim_picture_measure(SimPicture *sim)
{
    sim->measuring = TRUE;
    g_array_set_size(sim->freezes_us, 0);
    g_array_set_size(sim->queues_us, 0);
    sim->frames = sim->keys = sim->recoveries = sim->packets = 0;
    sim->lost_packets = sim->resent = 0;
    sim->bytes = 0;
    sim->least_bps = G_MAXINT;
}

static gint compare_us(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

static double at_percent_ms(GArray *times_us, double percent)
{
    if (times_us->len == 0)
        return 0;
    g_array_sort(times_us, compare_us);
    guint at = (guint)((times_us->len - 1) * percent / 100);
    return (double)g_array_index(times_us, gint64, at) / 1000;
}

double sim_picture_freeze_ms(SimPicture *sim, double percent)
{
    return at_percent_ms(sim->freezes_us, percent);
}

double sim_picture_queue_p95_ms(SimPicture *sim)
{
    return at_percent_ms(sim->queues_us, 95);
}
