// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The broker's problems in plain language, for every page: each code of PROTOCOL.md stands here, and the codes that a page
// gives itself. The broker's own sentence is English, so only who reads English is shown it, where it says more.

import { language } from "./i18n.ts";
import { Problem } from "./session.ts";

export const problems = {
  problem_unreachable: [
    "The broker does not answer. Check your connection and try again.",
    "Le serveur ne répond pas. Vérifiez votre connexion et réessayez.",
  ],
  problem_wrong_credentials: [
    "The login or the password is not right. Check both and try again.",
    "L’identifiant ou le mot de passe n’est pas bon. Vérifiez les deux et réessayez.",
  ],
  problem_login_taken: ["Somebody has this login already. Choose another.", "Cet identifiant est déjà pris. Choisissez-en un autre."],
  problem_unauthenticated: ["Please log in again.", "Veuillez vous reconnecter."],
  problem_forbidden: ["Your account may not see this.", "Votre compte n’y a pas accès."],
  problem_not_found: ["This is no longer there.", "Cela n’existe plus."],
  problem_conflict: [
    "It is too late for that: somebody else was faster, or it is over.",
    "C’est trop tard : quelqu’un d’autre a été plus rapide, ou c’est terminé.",
  ],
  problem_not_enough_money: [
    "There is not enough money on your account for that amount.",
    "Il n’y a pas assez d’argent sur votre compte pour ce montant.",
  ],
  problem_helper_unavailable: [
    "This helper is no longer available. Choose another one.",
    "Cet aidant n’est plus disponible. Choisissez-en un autre.",
  ],
  problem_malformed: [
    "Something that you wrote cannot be used. Check it and try again.",
    "Une de vos réponses ne convient pas. Vérifiez-les et réessayez.",
  ],
  problem_too_large: ["That is too long. Shorten it and try again.", "C’est trop long. Raccourcissez et réessayez."],
  problem_too_many: ["That was a bit fast. Wait a minute and try again.", "C’était un peu rapide. Attendez une minute et réessayez."],
  problem_stopping: ["The broker is busy. Try again in a moment.", "Le serveur est occupé. Réessayez dans un instant."],
  problem_internal: ["Something went wrong at the broker. Please try again later.", "Le serveur a rencontré un problème. Réessayez plus tard."],
  problem_method_not_allowed: [
    "This page and the broker are of different versions. Load the page again.",
    "Cette page et le serveur sont de versions différentes. Rechargez la page.",
  ],
  problem_unsupported_media: [
    "This page and the broker are of different versions. Load the page again.",
    "Cette page et le serveur sont de versions différentes. Rechargez la page.",
  ],
  problem_idempotency_mismatch: [
    "This was asked before in another way. Load the page again.",
    "Cela a déjà été demandé autrement. Rechargez la page.",
  ],
} as const;

export type ProblemKey = keyof typeof problems;

/** What to say of a problem: a key, or the broker's own words to who reads their language. */
export function explain(problem: unknown, say: (key: ProblemKey) => string): string {
  if (!(problem instanceof Problem)) return say("problem_internal");
  if (problem.code === "malformed" && problem.detail && language() === "en") return problem.detail;
  return sayCode(problem.code, say);
}

export function sayCode(code: string, say: (key: ProblemKey) => string): string {
  const key = `problem_${code}`;
  return say(key in problems ? (key as ProblemKey) : "problem_internal");
}
