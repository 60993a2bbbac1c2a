// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The words of the front page.

import { problems } from "./problems.ts";

export const texts = {
  ...problems,
  skip: ["Skip to the content", "Aller au contenu"],
  language: ["Language", "Langue"],
  log_in: ["Log in", "Se connecter"],
  log_out: ["Log out", "Se déconnecter"],
  title: ["A hand with your computer, right now.", "Un coup de pouce, tout de suite."],
  lead: [
    "Show your screen to a person you chose. They show you how, you talk, and you are done in minutes.",
    "Montrez votre écran à une personne que vous avez choisie. Elle vous montre comment faire, vous vous parlez, et c’est réglé en quelques minutes.",
  ],
  begin: ["Create an account", "Créer un compte"],
  doors: ["What would you like?", "Que souhaitez-vous ?"],
  need_title: ["I need help", "J’ai besoin d’aide"],
  need_text: [
    "Say what is stuck in your own words, choose who helps you, and share your screen. Nothing to explain twice.",
    "Dites avec vos mots ce qui coince, choisissez qui vous aide et montrez votre écran. Rien à expliquer deux fois.",
  ],
  need_go: ["Get help", "Demander de l’aide"],
  help_title: ["I help", "J’aide"],
  help_text: [
    "Say what you know and when you are free. You set your own price per minute, and it may be nothing.",
    "Dites ce que vous savez faire et quand vous êtes libre. Vous fixez votre prix à la minute, et il peut être nul.",
  ],
  help_go: ["Offer my help", "Proposer mon aide"],
  how: ["How it goes", "Comment ça se passe"],
  step1: ["You choose a person", "Vous choisissez une personne"],
  step1_text: [
    "With a name, ratings, a place and a price that you see before you agree.",
    "Avec un nom, des avis, un lieu et un prix que vous voyez avant d’accepter.",
  ],
  step2: ["They show you how", "Elle vous montre comment faire"],
  step2_text: [
    "They point and draw on your screen. If you lend them the mouse, one movement of yours takes it back.",
    "Elle pointe et dessine sur votre écran. Si vous lui prêtez la souris, un seul geste de votre part la reprend.",
  ],
  step3: ["You pay what you saw", "Vous payez ce que vous avez vu"],
  step3_text: [
    "Only seconds that both computers signed are counted, never more than the limit you set.",
    "Seules comptent les secondes signées par les deux ordinateurs, jamais au-delà de la limite que vous fixez.",
  ],
  login: ["Login", "Identifiant"],
  login_hint: ["Small letters and digits, for example your e-mail address.", "Lettres minuscules et chiffres, par exemple votre adresse e-mail."],
  password: ["Password", "Mot de passe"],
  password_hint: ["At least 8 characters. A short sentence is good.", "Au moins 8 caractères. Une petite phrase convient bien."],
  name: ["Your name, as others see it", "Votre nom, tel que les autres le voient"],
  no_account: ["I have no account yet", "Je n’ai pas encore de compte"],
  have_account: ["I have an account", "J’ai déjà un compte"],
  sign_up: ["Create an account", "Créer un compte"],
  need_start: [
    "Open the program Pouce on the computer where something is stuck. It is in the menu of applications, and its icon is this thumb.",
    "Ouvrez le programme Pouce sur l’ordinateur où quelque chose coince. Il est dans le menu des applications ; son icône est ce pouce.",
  ],
  need_1: ["Write what you want to do. A few words are enough.", "Écrivez ce que vous voulez faire. Quelques mots suffisent."],
  need_2: ["Choose a person. You see name, ratings, place and price.", "Choisissez une personne. Vous voyez son nom, ses avis, son lieu et son prix."],
  need_3: [
    "Read the card and agree. Your screen is shown only then, and you can stop at any moment.",
    "Lisez la carte et acceptez. Votre écran n’est montré qu’à ce moment, et vous pouvez arrêter quand vous voulez.",
  ],
  need_command: [
    "If it is not in the menu, somebody who knows this computer can start it with:",
    "S’il n’est pas dans le menu, une personne qui connaît cet ordinateur peut le lancer avec :",
  ],
  back: ["Back", "Retour"],
  help_intro: [
    "This is what people see when they look for help. You can change it at any time.",
    "Voici ce que voient les personnes qui cherchent de l’aide. Vous pouvez le changer à tout moment.",
  ],
  skills: ["What I can help with", "Ce que je sais dépanner"],
  skills_hint: ["Up to 7, separated by commas: printer, e-mail, photos", "7 au plus, séparés par des virgules : imprimante, courriel, photos"],
  languages: ["Languages I speak", "Langues que je parle"],
  place: ["Where I am", "Où je suis"],
  place_hint: ["Town or quarter; may stay empty.", "Ville ou quartier ; peut rester vide."],
  rate: ["Price per minute", "Prix à la minute"],
  rate_in: ["Price per minute ({currency})", "Prix à la minute ({currency})"],
  rate_hint: ["0 if you help for free.", "0 si vous aidez gratuitement."],
  about: ["A few words about me", "Quelques mots sur moi"],
  save: ["Save", "Enregistrer"],
  saved: ["Saved. People can find you while your calls page is open.", "Enregistré. On peut vous trouver tant que votre page d’appels est ouverte."],
  to_viewer: ["Go to my calls", "Aller à mes appels"],
  footer: [
    "Pouce is free software. This broker keeps your name, your sessions and your receipts; nobody records your screen without asking you.",
    "Pouce est un logiciel libre. Ce serveur garde votre nom, vos séances et vos reçus ; personne n’enregistre votre écran sans vous le demander.",
  ],
  check: ["Does Pouce work from here?", "Pouce fonctionne‑t‑il d’ici ?"],
  hello: ["Hello {name}", "Bonjour {name}"],
  purse: ["You have {balance}.", "Vous avez {balance}."],
  purse_held: ["You have {balance}, and {held} is set aside for a session.", "Vous avez {balance}, et {held} sont réservés pour une séance."],
  purse_earned: ["You earned {earned} by helping.", "Vous avez gagné {earned} en aidant."],
  fill_login: ["Choose a login of at least 3 small letters or digits.", "Choisissez un identifiant d’au moins 3 lettres minuscules ou chiffres."],
  fill_password: ["Choose a password of at least 8 characters.", "Choisissez un mot de passe d’au moins 8 caractères."],
  fill_name: ["Write your name.", "Écrivez votre nom."],
  fill_rate: ["Write the price as a number, for example 0.50.", "Écrivez le prix comme un nombre, par exemple 0,50."],
  fill_skills: ["At most 7 skills of 40 letters each.", "7 compétences au plus, de 40 lettres chacune."],
} as const;
