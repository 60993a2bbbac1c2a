// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The words of the connection check: what was found, and what to do about it.

import { problems } from "../problems.ts";

export const texts = {
  ...problems,
  skip: ["Skip to the content", "Aller au contenu"],
  language: ["Language", "Langue"],
  title: ["Does Pouce work from here?", "Pouce fonctionne‑t‑il d’ici ?"],
  lead: [
    "This page tries what a session needs: this browser, the way to the broker, and the ways between two people. It takes about half a minute and shows your screen to nobody.",
    "Cette page essaie ce qu’il faut à une séance : ce navigateur, le chemin vers le serveur et les chemins entre deux personnes. Cela prend une demi-minute environ et ne montre votre écran à personne.",
  ],
  log_in_why: [
    "Log in to try the relay too: it serves members only.",
    "Connectez-vous pour essayer aussi le relais : il est réservé aux membres.",
  ],
  login: ["Login", "Identifiant"],
  password: ["Password", "Mot de passe"],
  log_in: ["Log in and check", "Se connecter et vérifier"],
  again: ["Check again", "Vérifier à nouveau"],
  copy: ["Copy the results", "Copier les résultats"],
  copied: ["Copied. You can paste it into a message.", "Copié. Vous pouvez le coller dans un message."],
  running: ["Checking…", "Vérification…"],
  results: ["What was found", "Ce qui a été trouvé"],
  good: ["works", "fonctionne"],
  warn: ["look here", "à regarder"],
  bad: ["broken", "en panne"],
  skipped: ["not tried", "pas essayé"],
  part_keys: ["Your keys", "Vos clés"],
  part_webrtc: ["Picture in this browser", "L’image dans ce navigateur"],
  part_http: ["The broker", "Le serveur"],
  part_socket: ["Rings and messages", "Appels et messages"],
  part_stun: ["Direct way (STUN)", "Chemin direct (STUN)"],
  part_relay: ["Relay", "Relais"],
  part_udp: ["Relay over UDP", "Relais par UDP"],
  part_tcp: ["Relay over TCP", "Relais par TCP"],
  part_tls: ["Relay over TLS", "Relais par TLS"],

  all_good: ["All is well: you can help and be helped from here.", "Tout va bien : vous pouvez aider et être aidé d’ici."],
  detour: [
    "Pouce works from here. Part of the network is closed; sessions will take another way.",
    "Pouce fonctionne d’ici. Une partie du réseau est fermée ; les séances prendront un autre chemin.",
  ],
  direct_only: [
    "No relay can be reached from here. Sessions work only when both networks let a direct connection through; many do not.",
    "Aucun relais n’est joignable d’ici. Les séances ne marchent que si les deux réseaux laissent passer une connexion directe ; beaucoup ne le font pas.",
  ],
  cannot: ["Pouce cannot work here yet. The red lines say why and what to do.", "Pouce ne peut pas encore marcher ici. Les lignes rouges disent pourquoi et quoi faire."],
  partly: [
    "So far all is well. The relay was not tried: log in above to complete the check.",
    "Jusqu’ici tout va bien. Le relais n’a pas été essayé : connectez-vous ci-dessus pour compléter la vérification.",
  ],

  insecure: ["This page was not opened securely, so the browser gives it no keys.", "Cette page n’a pas été ouverte de façon sûre ; le navigateur ne lui donne donc pas de clés."],
  insecure_do: ["Open {url} instead. If that does not exist, tell the operator.", "Ouvrez plutôt {url}. Si elle n’existe pas, prévenez l’opérateur."],
  keys_good: ["This browser can sign (Ed25519).", "Ce navigateur sait signer (Ed25519)."],
  keys_bad: ["This browser cannot sign with Ed25519 keys.", "Ce navigateur ne sait pas signer avec des clés Ed25519."],
  keys_do: ["Use Chromium 137, Firefox 129, Safari 17 or newer.", "Utilisez Chromium 137, Firefox 129, Safari 17 ou plus récent."],
  webrtc_good: ["This browser can receive a screen (WebRTC, VP8).", "Ce navigateur sait recevoir un écran (WebRTC, VP8)."],
  webrtc_bad: ["WebRTC is switched off in this browser.", "WebRTC est désactivé dans ce navigateur."],
  webrtc_do: [
    "Look among its extensions and privacy settings for what blocks WebRTC, or use another browser.",
    "Cherchez dans ses extensions et ses réglages de confidentialité ce qui bloque WebRTC, ou utilisez un autre navigateur.",
  ],
  vp8_bad: ["This browser cannot decode VP8 video.", "Ce navigateur ne sait pas décoder la vidéo VP8."],
  vp8_do: ["Use Chromium, Firefox or Safari as their makers publish them.", "Utilisez Chromium, Firefox ou Safari tels que publiés par leurs auteurs."],

  http_good: ["{name} answers in {ms} ms.", "{name} répond en {ms} ms."],
  http_bad: ["{host} does not answer.", "{host} ne répond pas."],
  http_do: ["Check that other pages open. If they do, tell the operator that the broker is down.", "Vérifiez que d’autres pages s’ouvrent. Si oui, dites à l’opérateur que le serveur est arrêté."],
  http_status: ["The broker answers with error {status}.", "Le serveur répond par l’erreur {status}."],
  http_status_do: ["Try again in a minute; if it stays, tell the operator this number.", "Réessayez dans une minute ; si cela dure, donnez ce numéro à l’opérateur."],
  socket_good: ["Messages pass both ways (WebSocket, {ms} ms).", "Les messages passent dans les deux sens (WebSocket, {ms} ms)."],
  socket_bad: ["The lasting connection (WebSocket) is not let through.", "La connexion durable (WebSocket) ne passe pas."],
  socket_mute: ["The lasting connection (WebSocket) opens, but messages do not come through.", "La connexion durable (WebSocket) s’ouvre, mais les messages ne passent pas."],
  socket_do: [
    "A proxy or an antivirus program often stops it: ask that WebSocket to this address be allowed. Operators: the front server must pass Upgrade, and this page’s address must be among origins=.",
    "Un serveur mandataire ou un antivirus l’arrête souvent : demandez que WebSocket vers cette adresse soit autorisé. Opérateurs : le serveur frontal doit transmettre Upgrade, et l’adresse de cette page doit figurer dans origins=.",
  ],

  stun_good: ["{host}, UDP port {port}, tells this computer its public address ({ms} ms).", "{host}, port UDP {port}, indique à cet ordinateur son adresse publique ({ms} ms)."],
  stun_same: ["{host}, UDP port {port}, answers; this computer sees its own address.", "{host}, port UDP {port}, répond ; cet ordinateur y voit sa propre adresse."],
  stun_bad: ["{host} does not answer on UDP port {port}.", "{host} ne répond pas sur le port UDP {port}."],
  stun_do: [
    "Direct connections may fail, and the relay is used instead. To open the direct way, allow outgoing UDP to port {port} in the firewall.",
    "Les connexions directes peuvent échouer ; le relais les remplace. Pour ouvrir le chemin direct, autorisez l’UDP sortant vers le port {port} dans le pare-feu.",
  ],
  stun_none: ["This broker names no STUN server.", "Ce serveur n’indique aucun serveur STUN."],
  stun_none_do: ["Its operator can set stun= in [ice].", "Son opérateur peut régler stun= dans [ice]."],
  udp_good: ["{host}, UDP port {port}, relays ({ms} ms).", "{host}, port UDP {port}, relaie ({ms} ms)."],
  udp_bad: ["The relay {host} cannot be reached on UDP port {port}.", "Le relais {host} n’est pas joignable sur le port UDP {port}."],
  udp_do: [
    "The firewall of this network closes UDP port {port}, or the relay does not listen there. Ask for outgoing UDP to {host} port {port}. The relay over TCP or TLS still helps, a little slower.",
    "Le pare-feu de ce réseau ferme le port UDP {port}, ou le relais n’y écoute pas. Demandez l’UDP sortant vers {host} port {port}. Le relais par TCP ou TLS dépanne, un peu plus lentement.",
  ],
  tcp_good: ["{host}, TCP port {port}, relays ({ms} ms).", "{host}, port TCP {port}, relaie ({ms} ms)."],
  tcp_bad: ["The relay {host} cannot be reached on TCP port {port}.", "Le relais {host} n’est pas joignable sur le port TCP {port}."],
  tcp_do: [
    "The firewall of this network closes TCP port {port}, or the relay does not listen there. Ask for outgoing TCP to {host} port {port}.",
    "Le pare-feu de ce réseau ferme le port TCP {port}, ou le relais n’y écoute pas. Demandez le TCP sortant vers {host} port {port}.",
  ],
  tls_good: ["{host}, TCP port {port} with TLS, relays ({ms} ms).", "{host}, port TCP {port} avec TLS, relaie ({ms} ms)."],
  tls_bad: ["The relay {host} cannot be reached with TLS on TCP port {port}.", "Le relais {host} n’est pas joignable avec TLS sur le port TCP {port}."],
  tls_do: [
    "Either TCP port {port} is closed, or a proxy opens TLS, or the relay’s certificate is not valid for {host}. Ask for outgoing TCP to {host} port {port}; operators check the certificate.",
    "Soit le port TCP {port} est fermé, soit un mandataire ouvre TLS, soit le certificat du relais n’est pas valable pour {host}. Demandez le TCP sortant vers {host} port {port} ; côté opérateur, vérifiez le certificat.",
  ],
  relay_mute: [
    "The relay {host}, port {port}, takes this computer on, but nothing passes through it.",
    "Le relais {host}, port {port}, accepte cet ordinateur, mais rien ne passe à travers lui.",
  ],
  relay_mute_do: [
    "Nothing is wrong at your place. Tell the operator: the relay’s UDP ports from min-port to max-port must be open in its firewall, relay-ip= and external-ip= right, and its own address allowed as a peer. poucectl doctor shows the same.",
    "Rien ne cloche chez vous. Dites à l’opérateur : les ports UDP du relais, de min-port à max-port, doivent être ouverts dans son pare-feu, relay-ip= et external-ip= justes, et sa propre adresse permise. poucectl doctor montre la même chose.",
  ],
  turn_key: ["The relay {host}, port {port}, refuses the broker’s credentials ({code}).", "Le relais {host}, port {port}, refuse les identifiants du serveur ({code})."],
  turn_key_do: [
    "Nothing is wrong at your place. Tell the operator: turn_secret= of the broker and static-auth-secret= of the relay differ, or a clock is wrong.",
    "Rien ne cloche chez vous. Dites à l’opérateur : turn_secret= du serveur et static-auth-secret= du relais diffèrent, ou une horloge est fausse.",
  ],
  turn_full: ["The relay {host}, port {port}, is full ({code}).", "Le relais {host}, port {port}, est plein ({code})."],
  turn_full_do: ["Try again in a few minutes; if it stays, tell the operator.", "Réessayez dans quelques minutes ; si cela dure, prévenez l’opérateur."],
  turn_refused: ["The relay {host}, port {port}, refuses ({code}).", "Le relais {host}, port {port}, refuse ({code})."],
  turn_refused_do: ["Tell the operator this number.", "Donnez ce numéro à l’opérateur."],
  turn_none: ["This broker names no relay.", "Ce serveur n’indique aucun relais."],
  turn_none_do: [
    "Two strict networks cannot reach each other without one. Its operator can set turn= and turn_secret= in [ice].",
    "Deux réseaux stricts ne se joignent pas sans relais. Son opérateur peut régler turn= et turn_secret= dans [ice].",
  ],
  relay_skipped: ["The relay was not tried: you are not logged in.", "Le relais n’a pas été essayé : vous n’êtes pas connecté."],
  relay_unknown: [
    "The relay was not tried: only the broker says where it is.",
    "Le relais n’a pas été essayé : seul le serveur dit où il est.",
  ],
  servers_bad: ["The broker did not name its relays: {detail}", "Le serveur n’a pas indiqué ses relais : {detail}"],
} as const;
