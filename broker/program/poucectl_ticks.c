// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <string.h>

#include "broker/exports/tables.h"
#include "broker/program/poucectl.h"
#include "signaling/meter/billing.h"
#include "signaling/wire/base64u.h"
#include "signaling/wire/json.h"

typedef struct {
    gint64 accepted, refused;
} Judged;

static gboolean read_config(json_t *answer, PouceBillingConfig *out, GError **error)
{
    json_t *session = json_object_get(answer, "session");
    const char *currency;
    memset(out, 0, sizeof *out);
    if (!session || !pouce_json_get_id(session, "id", out->price.session, error) ||
        !pouce_json_get_int(session, "rate_minor_per_min", 0, POUCE_INTEGER_MAX,
            &out->price.rate_minor_per_min, error) ||
        !pouce_json_get_int(
            session, "cap_minor", 0, POUCE_INTEGER_MAX, &out->price.cap_minor, error) ||
        !pouce_json_get_text(session, "currency", 3, 3, &currency, error) ||
        !pouce_json_get_b64u(
            answer, "seeker_key", out->seeker_key, sizeof out->seeker_key, error) ||
        !pouce_json_get_b64u(answer, "helper_key", out->helper_key, sizeof out->helper_key, error))
        return FALSE;
    g_strlcpy(out->price.currency, currency, sizeof out->price.currency);
    return TRUE;
}

static void judge(const PouceCtl *ctl, PouceBilling *billing, json_t *each, Judged *judged)
{
    PouceSignedTick *tick = g_new0(PouceSignedTick, 1);
    PouceTick parsed = {0};
    const char *verdict = "not a signed tick";
    gboolean held = FALSE;
    if (pouce_signed_tick_from_json(each, tick, NULL)) {
        PouceBillingVerdict said = pouce_billing_take(billing, tick, &parsed);
        held = said == POUCE_BILLING_ACCEPTED;
        verdict = pouce_billing_verdict_name(said);
        if (!held)
            pouce_tick_parse(tick->text, tick->text_bytes, &parsed, NULL);
    }
    judged->accepted += held;
    judged->refused += !held;
    if (!ctl->json)
        printf("%-7s %6" G_GINT64_FORMAT " %12" G_GINT64_FORMAT " ms  %s\n",
            pouce_role_name(parsed.role), parsed.seq, parsed.live_ms, verdict);
    g_free(tick);
}

gboolean pouce_ctl_verify_ticks(const PouceCtl *ctl, json_t *answer)
{
    PouceBillingConfig config;
    g_autoptr(GError) error = NULL;
    if (!read_config(answer, &config, &error)) {
        g_printerr("poucectl: This session has no two keys yet, so nothing was signed. %s\n",
            error->message);
        return FALSE;
    }
    g_autoptr(PouceBilling) billing = pouce_billing_new(&config);
    Judged judged = {0};
    size_t index;
    json_t *each;
    json_array_foreach(json_object_get(answer, "ticks"), index, each)
        judge(ctl, billing, each, &judged);
    json_t *session = json_object_get(answer, "session");
    gint64 signed_ms = pouce_billing_signed_ms(billing);
    gint64 billed_ms = json_integer_value(json_object_get(session, "signed_ms"));
    gint64 billed = json_integer_value(json_object_get(session, "cost_minor"));
    gint64 cost = pouce_price_cost(&config.price, billed_ms);
    /* the broker's own clock may have shortened what both signed, never lengthened it */
    gboolean fine = judged.refused == 0 && billed_ms <= signed_ms && billed == cost;
    if (ctl->json) {
        printf("{\"ok\":%s,\"ticks\":%" G_GINT64_FORMAT ",\"refused\":%" G_GINT64_FORMAT
               ",\"signed_ms\":%" G_GINT64_FORMAT ",\"billed_ms\":%" G_GINT64_FORMAT
               ",\"cost_minor\":%" G_GINT64_FORMAT "}\n",
            fine ? "true" : "false", judged.accepted, judged.refused, signed_ms, billed_ms, cost);
        return fine;
    }
    g_autofree char *amount = pouce_ctl_money(cost, config.price.currency);
    printf("%s: %" G_GINT64_FORMAT " ticks hold, %" G_GINT64_FORMAT
           " do not; both signed %.3f s, billed %.3f s, %s.\n",
        fine ? "Right" : "Wrong", judged.accepted, judged.refused, signed_ms / 1000.0,
        billed_ms / 1000.0, amount);
    if (billed != cost) {
        g_autofree char *said = pouce_ctl_money(billed, config.price.currency);
        printf("The session says %s, the rule gives %s.\n", said, amount);
    }
    return fine;
}

void pouce_ctl_print_ticks(json_t *answer)
{
    size_t index;
    json_t *each;
    json_array_foreach(json_object_get(answer, "ticks"), index, each)
    {
        PouceSignedTick *tick = g_new0(PouceSignedTick, 1);
        if (pouce_signed_tick_from_json(each, tick, NULL))
            printf("%ssig=%s\ncounter_sig=%s\n\n", tick->text,
                json_string_value(json_object_get(each, "sig")),
                json_string_value(json_object_get(each, "counter_sig")));
        g_free(tick);
    }
}
