// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every word that the page shows: [English, French]. `{name}` and the like are filled in by i18n.ts.

import { problems } from "../../broker/web/problems.ts";

export const texts = {
  ...problems,
  language: ["Language", "Langue"],
  logout: ["Log out", "Se déconnecter"],
  "link.title": ["Connection to Pouce", "Liaison avec Pouce"],
  "link.up": ["Connected", "Connecté"],
  "link.down": ["Connecting…", "Connexion…"],

  "login.title": ["Help someone", "Aider quelqu’un"],
  "login.lead": [
    "Log in to be there when somebody is stuck.",
    "Connectez-vous pour être là quand quelqu’un est bloqué.",
  ],
  "login.name": ["Login", "Identifiant"],
  "login.password": ["Password", "Mot de passe"],
  "login.go": ["Log in", "Se connecter"],
  "login.key": [
    "This browser keeps a key of its own, which cannot be copied out of it. With it you sign the time that you help.",
    "Ce navigateur garde sa propre clé, qui ne peut pas en être copiée. Elle vous sert à signer le temps d’aide.",
  ],
  "device.name": ["Browser", "Navigateur"],
  "login.missing": ["Fill in your login and your password.", "Indiquez votre identifiant et votre mot de passe."],

  "lobby.title": ["Hello, {name}", "Bonjour {name}"],
  available: ["I am available", "Je suis disponible"],
  "available.on": [
    "Keep this page open: it rings when somebody asks for you.",
    "Gardez cette page ouverte : elle sonne quand quelqu’un vous demande.",
  ],
  "available.off": ["Nobody can reach you on this device.", "Personne ne peut vous joindre sur cet appareil."],
  "available.waiting": [
    "Waiting for the connection to Pouce. Nobody can reach you for the moment.",
    "En attente de la liaison avec Pouce. Personne ne peut vous joindre pour l’instant.",
  ],
  "notify.ask": ["Also tell me when I look at another window", "M’avertir aussi quand je regarde une autre fenêtre"],
  "profile.rate": ["Your rate", "Votre tarif"],
  "profile.skills": ["Your skills", "Vos compétences"],
  "profile.languages": ["Your languages", "Vos langues"],
  "profile.place": ["Your place", "Votre lieu"],
  "profile.none": [
    "You have no helper's profile yet. Fill it in on Pouce's pages; until then nobody finds you.",
    "Vous n’avez pas encore de fiche d’aidant. Remplissez-la dans les pages de Pouce ; d’ici là, personne ne vous trouve.",
  ],

  "ring.lead": ["Somebody asks for your help", "Quelqu’un demande votre aide"],
  "ring.title": ["{name} asks for help", "{name} demande de l’aide"],
  "ring.price": ["Price", "Tarif"],
  "ring.cap": ["At most", "Au plus"],
  "ring.free": ["free", "gratuit"],
  "ring.per_minute": ["{amount} a minute", "{amount} la minute"],
  "ring.left": ["{seconds} s left to answer", "{seconds} s pour répondre"],
  "ring.accept": ["Help now", "Aider maintenant"],
  "ring.decline": ["Not now", "Pas maintenant"],
  "ring.notification": ["{name} asks for help", "{name} demande de l’aide"],
  "ring.over.expired": [
    "The call has ended: the time to answer was over.",
    "L’appel est terminé : le délai de réponse est passé.",
  ],
  "ring.over.withdrawn": ["{name} withdrew the request.", "{name} a retiré sa demande."],
  "ring.over.answered": ["The call was answered on another device.", "L’appel a été pris sur un autre appareil."],

  "waiting.title": ["{name} is being asked to confirm", "{name} doit encore confirmer"],
  "waiting.note": [
    "They see who you are, your price, and what you may do. The picture comes as soon as they agree.",
    "Cette personne voit qui vous êtes, votre tarif et ce que vous pourrez faire. L’image arrive dès son accord.",
  ],
  "return.note": [
    "The session goes on by itself in a moment. The time in between is not counted.",
    "La séance reprend d’elle-même dans un instant. Le temps écoulé entre-temps n’est pas compté.",
  ],
  "return.outdated": [
    "The session cannot go on in this page: it was open elsewhere in the meantime. Only the time that both signed is billed.",
    "La séance ne peut pas reprendre dans cette page : elle a été ouverte ailleurs entre-temps. Seul le temps signé des deux côtés est facturé.",
  ],
  "connecting.title": ["Connecting to {name}", "Connexion avec {name}"],
  "connecting.note": [
    "The two computers look for the shortest way to each other and check who they are.",
    "Les deux ordinateurs cherchent le plus court chemin et vérifient leurs identités.",
  ],

  "pin.title": ["This is not the device that you know", "Ce n’est pas l’appareil que vous connaissez"],
  "pin.note": [
    "{name} used another device last time. That is normal after a new computer or a fresh installation. If you did not expect it, ask them in another way before you go on.",
    "{name} utilisait un autre appareil la dernière fois. C’est normal après un changement d’ordinateur ou une réinstallation. Si vous ne vous y attendiez pas, demandez-lui par un autre moyen avant de continuer.",
  ],
  "pin.before": ["Known device", "Appareil connu"],
  "pin.now": ["Device now", "Appareil actuel"],
  "pin.stop": ["Stop here", "Arrêter là"],
  "pin.trust": ["I asked: it is theirs, go on", "J’ai demandé : c’est le sien, continuer"],

  "meter.time": ["Signed time", "Temps signé"],
  "meter.cost": ["Amount", "Montant"],
  "meter.paused": ["Paused: nothing is counted", "En pause : rien n’est compté"],
  "meter.stopped": ["The picture does not arrive: nothing is counted", "L’image n’arrive pas : rien n’est compté"],

  "stage.label": ["{name}'s screen", "Écran de {name}"],
  "stage.help": [
    "Move the pointer to show something. Draw with the pen tool. While control is lent to you, keys go to the other computer; press Ctrl, Alt and Home together to come back to this page.",
    "Déplacez le pointeur pour montrer quelque chose. Dessinez avec l’outil crayon. Quand la commande vous est prêtée, les touches vont à l’autre ordinateur ; appuyez ensemble sur Ctrl, Alt et Début pour revenir à cette page.",
  ],
  "stage.wait": ["The picture is on its way", "L’image arrive"],
  "stage.lost": [
    "The connection is interrupted. Trying to come back, {seconds} s left. Nothing is counted.",
    "La liaison est interrompue. Nouvel essai, encore {seconds} s. Rien n’est compté.",
  ],
  "typing.label": [
    "Keys that you press here go to the other computer",
    "Les touches frappées ici vont à l’autre ordinateur",
  ],
  "side.label": ["Chat and figures", "Discussion et mesures"],

  "tools.label": ["Tools", "Outils"],
  "tools.show": ["Show", "Montrer"],
  "tools.point": ["Point", "Pointer"],
  "tools.point.title": [
    "Your pointer appears on their screen while it is over the picture",
    "Votre pointeur apparaît sur son écran quand il survole l’image",
  ],
  "tools.draw": ["Draw", "Dessiner"],
  "tools.draw.title": ["Draw on their screen", "Dessiner sur son écran"],
  "tools.color": ["Colour", "Couleur"],
  "tools.undo": ["Undo", "Annuler"],
  "tools.clear": ["Clear", "Effacer"],
  "tools.control": ["Control", "Commande"],
  "tools.view": ["View", "Affichage"],
  "color.orange": ["Orange", "Orange"],
  "color.blue": ["Blue", "Bleu"],
  "color.green": ["Green", "Vert"],
  "color.pink": ["Pink", "Rose"],
  "color.black": ["Black", "Noir"],

  "ask.ask": ["Ask for control", "Demander la main"],
  "ask.asked": ["Asked…", "Demandé…"],
  "ask.note": [
    "{name} is asked to lend you the mouse and the keyboard.",
    "{name} doit accepter de vous prêter la souris et le clavier.",
  ],
  "ask.refused": ["{name} prefers to keep control.", "{name} préfère garder la main."],
  "loan.yours": ["Mouse and keyboard are lent to you", "La souris et le clavier vous sont prêtés"],
  "loan.until_revoked": ["until they are taken back", "jusqu’à ce qu’ils soient repris"],
  "loan.left": ["for {time} more", "encore {time}"],
  "loan.hatch": ["Ctrl+Alt+Home: back to this page", "Ctrl+Alt+Début : revenir à cette page"],
  "loan.back": ["Give back", "Rendre la main"],
  "loan.begin": ["{name} lends you mouse and keyboard.", "{name} vous prête la souris et le clavier."],
  "loan.over.owner": ["{name} took control back.", "{name} a repris la main."],
  "loan.over.local_input": [
    "{name} touched the mouse or the keyboard: control is theirs again.",
    "{name} a touché la souris ou le clavier : la main lui revient.",
  ],
  "loan.over.timeout": ["The loan is over: its time has run out.", "Le prêt est terminé : sa durée est écoulée."],
  "loan.over.helper": ["You gave control back.", "Vous avez rendu la main."],
  "loan.over.policy": [
    "The loan is over: the session paused, or the connection was interrupted.",
    "Le prêt est terminé : la séance est en pause, ou la liaison a été interrompue.",
  ],
  "keys.by_place": ["Keys by place", "Touches par position"],
  "keys.by_place.title": [
    "Send each key by its place on the keyboard, for games and programs that do not read text",
    "Envoyer chaque touche selon sa place sur le clavier, pour les jeux et les programmes qui ne lisent pas de texte",
  ],

  "voice.label": ["Voice", "Voix"],
  "voice.on": ["Microphone", "Micro"],
  "voice.mute": ["Mute", "Couper le son du micro"],
  "voice.hold": ["Push to talk", "Appuyer pour parler"],
  "voice.hold.title": [
    "Your microphone is open only while you hold F8. The key goes to the other computer while control is lent to you.",
    "Votre micro n’est ouvert que tant que vous tenez F8. La touche va à l’autre ordinateur quand la main vous est prêtée.",
  ],
  "voice.microphone": ["Which microphone", "Quel micro"],
  "voice.speaker": ["Where to hear", "Où écouter"],
  "voice.system": ["As the system chooses", "Au choix du système"],
  "voice.asked": ["{name} is asked whether you may talk.", "{name} doit accepter que vous parliez."],
  "voice.refused": ["{name} would rather not talk.", "{name} préfère ne pas parler."],
  "voice.denied": [
    "The browser gives no microphone. Allow it beside the address of this page, and see that one is plugged in.",
    "Le navigateur ne donne pas de micro. Autorisez-le près de l’adresse de cette page et vérifiez qu’il est branché.",
  ],
  "voice.gone": [
    "The microphone went away. Plug it in again or choose another one, then turn it on.",
    "Le micro a disparu. Rebranchez-le ou choisissez-en un autre, puis rallumez-le.",
  ],
  "voice.both": ["Both microphones are open", "Les deux micros sont ouverts"],
  "voice.own": ["Your microphone is open", "Votre micro est ouvert"],
  "voice.far": ["{name}’s microphone is open", "Le micro de {name} est ouvert"],
  "voice.none": ["Both microphones are closed", "Les deux micros sont fermés"],

  "view.exact": ["Actual size", "Taille réelle"],
  "view.exact.title": ["One pixel of theirs on one of yours", "Un pixel de son écran sur un pixel du vôtre"],
  "view.smoothing": ["When enlarged", "À l’agrandissement"],
  "view.auto": ["Sharpness: automatic", "Netteté : automatique"],
  "view.sharp": ["Sharpness: sharp pixels", "Netteté : pixels nets"],
  "view.smooth": ["Sharpness: smooth", "Netteté : lissé"],
  "view.full": ["Full screen", "Plein écran"],

  "chat.title": ["Chat", "Discussion"],
  "chat.label": ["Write a message", "Écrire un message"],
  "chat.send": ["Send", "Envoyer"],
  "chat.me": ["You", "Vous"],
  "chat.lost": ["Not sent: the connection is interrupted.", "Non envoyé : la liaison est interrompue."],

  "stats.title": ["Connection", "Liaison"],
  "stats.fps": ["Pictures a second", "Images par seconde"],
  "stats.bitrate": ["Data a second", "Débit"],
  "stats.rtt": ["Round trip", "Aller-retour"],
  "stats.lost": ["Packets lost", "Paquets perdus"],
  "stats.line": ["{rate} Mb/s · {rtt} ms · {loss} % lost · {total} MB in all", "{rate} Mb/s · {rtt} ms · {loss} % perdus · {total} Mo en tout"],
  "stats.shown": ["Pictures shown a second", "Images affichées par seconde"],
  "stats.delay": ["From arrival to screen", "De l’arrivée à l’écran"],
  "stats.gap": ["Longest wait for a picture", "Plus longue attente d’une image"],
  "stats.decoded": ["Pictures decoded", "Images décodées"],
  "stats.size": ["Picture", "Image"],
  "stats.total": ["Received", "Reçu"],
  "stats.first": ["First picture after", "Première image après"],

  "end.end": ["End", "Terminer"],
  "end.give_up": ["Stop", "Arrêter"],
  "end.bye": ["The session is over.", "La séance est terminée."],

  "over.settled": ["Thank you for helping {name}", "Merci d’avoir aidé {name}"],
  "over.ended": ["The session with {name} is over", "La séance avec {name} est terminée"],
  "over.failed": ["The session with {name} did not come about", "La séance avec {name} n’a pas eu lieu"],
  "over.back": ["Back", "Retour"],
  "over.settling": ["The bill is being written…", "Le reçu est en cours d’écriture…"],
  "over.time": ["Signed time", "Temps signé"],
  "over.rate": ["Rate", "Tarif"],
  "over.amount": ["Paid by {name}", "Payé par {name}"],
  "over.yours": ["For you", "Pour vous"],
  "over.fee": ["Pouce's fee", "Commission de Pouce"],
  "over.receipt": ["Receipt", "Reçu"],
  "over.nothing": ["Nothing was billed.", "Rien n’a été facturé."],
  "over.refused": [
    "Refused before anything was shown: the far end could not prove that it is the device that Pouce named. {detail}",
    "Refusé avant que rien ne soit montré : l’autre côté n’a pas pu prouver qu’il est l’appareil que Pouce a nommé. {detail}",
  ],
  "wrong.role": ["It claims to be the helper.", "Il prétend être l’aidant."],
  "wrong.certificate": [
    "Somebody else stands between the two computers.",
    "Quelqu’un d’autre s’est placé entre les deux ordinateurs.",
  ],
  "wrong.price": ["It is bound to another price.", "Il s’engage sur un autre prix."],
  "wrong.expiry": ["It is bound to another time.", "Il s’engage sur une autre durée."],
  "wrong.signature": ["Its signature is not right.", "Sa signature n’est pas bonne."],
  "wrong.unnamed": ["Pouce named no device, or no valid price.", "Pouce n’a nommé aucun appareil, ou aucun prix valable."],
  "reason.seeker": ["{name} ended it.", "{name} a mis fin à la séance."],
  "reason.helper": ["You ended it.", "Vous avez mis fin à la séance."],
  "reason.cap": [
    "The amount that {name} had set aside was used up.",
    "La somme que {name} avait réservée est épuisée.",
  ],
  "reason.silence": ["The connection was interrupted for too long.", "La liaison a été interrompue trop longtemps."],
  "reason.withdrawn": ["{name} withdrew the request.", "{name} a retiré sa demande."],
  "reason.declined": ["The request was declined.", "La demande a été déclinée."],
  "reason.expired": ["Nobody answered in time.", "Personne n’a répondu à temps."],
  "reason.failed": [
    "No connection could be made between the two computers.",
    "Aucune liaison n’a pu s’établir entre les deux ordinateurs.",
  ],
  "reason.broker": ["Pouce ended it.", "Pouce a mis fin à la séance."],

  "error.network": [
    "Pouce does not answer. Check your connection and try again.",
    "Pouce ne répond pas. Vérifiez votre connexion et réessayez.",
  ],
  "error.wrong_credentials": ["Login or password is wrong.", "L’identifiant ou le mot de passe est faux."],
  "error.conflict": ["Too late: the request is no longer open.", "Trop tard : la demande n’est plus ouverte."],
  "error.too_many": [
    "Too many attempts. Wait a minute and try again.",
    "Trop d’essais. Attendez une minute et réessayez.",
  ],
  "error.replaced": [
    "Pouce is open in another tab of this browser. This one rests.",
    "Pouce est ouvert dans un autre onglet de ce navigateur. Celui-ci se met au repos.",
  ],
  "error.logged_out": ["You were logged out. Log in again.", "Vous avez été déconnecté. Connectez-vous à nouveau."],
  "error.storage": [
    "This browser refuses to keep Pouce's key. Leave private browsing and try again.",
    "Ce navigateur refuse de garder la clé de Pouce. Quittez la navigation privée et réessayez.",
  ],
  "error.ed25519": [
    "This browser cannot sign (Ed25519). Please update it.",
    "Ce navigateur ne sait pas signer (Ed25519). Mettez-le à jour.",
  ],
} as const;

export type TextKey = keyof typeof texts;
