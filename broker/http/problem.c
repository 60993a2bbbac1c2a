// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/http/problem.h"

static const struct {
    guint status;
    const char *code;
    const char *title;
} problems[POUCE_PROBLEM_COUNT] = {
    [POUCE_PROBLEM_MALFORMED] = {400, "malformed", "The request is malformed"},
    [POUCE_PROBLEM_UNAUTHENTICATED] = {401, "unauthenticated", "Log in first"},
    [POUCE_PROBLEM_WRONG_CREDENTIALS] = {401, "wrong_credentials", "Wrong login or password"},
    [POUCE_PROBLEM_NOT_ENOUGH_MONEY] = {402, "not_enough_money", "Not enough money"},
    [POUCE_PROBLEM_FORBIDDEN] = {403, "forbidden", "Not allowed"},
    [POUCE_PROBLEM_NOT_FOUND] = {404, "not_found", "Not found"},
    [POUCE_PROBLEM_METHOD_NOT_ALLOWED] = {405, "method_not_allowed",
        "This method does not exist here"},
    [POUCE_PROBLEM_CONFLICT] = {409, "conflict", "Not possible in this state"},
    [POUCE_PROBLEM_IDEMPOTENCY_MISMATCH] = {409, "idempotency_mismatch",
        "The key was used for another request"},
    [POUCE_PROBLEM_LOGIN_TAKEN] = {409, "login_taken", "This login is taken"},
    [POUCE_PROBLEM_HELPER_UNAVAILABLE] = {409, "helper_unavailable", "Nobody is free to help"},
    [POUCE_PROBLEM_TOO_LARGE] = {413, "too_large", "The request is too large"},
    [POUCE_PROBLEM_UNSUPPORTED_MEDIA] = {415, "unsupported_media", "Only JSON is understood"},
    [POUCE_PROBLEM_TOO_MANY] = {429, "too_many", "Too many requests"},
    [POUCE_PROBLEM_INTERNAL] = {500, "internal", "The broker failed"},
    [POUCE_PROBLEM_STOPPING] = {503, "stopping", "The broker is stopping"},
};

guint pouce_problem_status(PouceProblem problem)
{
    g_assert(problem < POUCE_PROBLEM_COUNT);
    return problems[problem].status;
}

const char *pouce_problem_code(PouceProblem problem)
{
    g_assert(problem < POUCE_PROBLEM_COUNT);
    return problems[problem].code;
}

json_t *pouce_problem_json(PouceProblem problem, const char *detail)
{
    g_assert(problem < POUCE_PROBLEM_COUNT);
    g_autofree char *type = g_strconcat("urn:pouce:problem:", problems[problem].code, NULL);
    return json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", type, "title", problems[problem].title,
        "status", (int)problems[problem].status, "detail", detail, "code", problems[problem].code);
}
