#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Fills in turnserver.conf, which lies beside this script, and writes it, readable by its owner alone.
#
#   packaging/coturn/render.sh --secret-file /etc/pouce/turn.secret --realm help.example \
#       --listen 192.0.2.7 --cert /etc/pouce/turn.pem --key /etc/pouce/turn.key -o /etc/turnserver.conf
#
# Debian runs coturn as the user turnserver: chown turnserver the result, and let it listen on port 443 with
# AmbientCapabilities=CAP_NET_BIND_SERVICE (systemctl edit coturn), or choose another --tls-port.
# poucectl doctor says whether ends can use it.
#
# The secret is never an argument. The same secret file goes into the broker's configuration:
#   [ice]  turn_secret_file=/etc/pouce/turn.secret
set -eu

usage() {
    cat <<END
usage: render.sh --secret-file FILE --realm NAME --listen ADDRESS [--listen ADDRESS…] [options]
  --relay ADDRESS        IPv4 address that relays send from (default: the first IPv4 of --listen)
  --external PUBLIC/OWN  the public IPv4 address in front of a 1:1 NAT
  --port N               TURN over UDP and TCP (3478)
  --tls-port N           TURN over TLS (443; it passes the strictest firewalls)
  --cert FILE --key FILE certificate with its chain, and its key; without them there is no TLS
  --log FILE             a file instead of the system's log
  --allow-peer A-B       an exception from the denied ranges; only for a network of your own, or tests
  -o FILE                where to write (default: standard output)
END
    exit "${1:-2}"
}

fail() {
    echo "render.sh: $*" >&2
    exit 1
}

secret_file= realm= relay= external= cert= key= log= output= port=3478 tls_port=443 listen= allow=
while [ $# -gt 0 ]; do
    [ "$1" != --help ] || usage 0
    [ $# -ge 2 ] || usage
    case $1 in
    --secret-file) secret_file=$2 ;;
    --realm) realm=$2 ;;
    --listen) listen="$listen $2" ;;
    --relay) relay=$2 ;;
    --external) external=$2 ;;
    --port) port=$2 ;;
    --tls-port) tls_port=$2 ;;
    --cert) cert=$2 ;;
    --key) key=$2 ;;
    --log) log=$2 ;;
    --allow-peer) allow="$allow $2" ;;
    -o) output=$2 ;;
    *) usage ;;
    esac
    shift 2
done
[ -n "$secret_file" ] && [ -n "$realm" ] && [ -n "$listen" ] || usage

# Nothing that is put into the file may hold a line end or another setting.
for word in "$realm" "$relay" "$external" "$port" "$tls_port" "$cert" "$key" "$log" $listen $allow; do
    case $word in
    *[!A-Za-z0-9._:/-]*) fail "\"$word\" may hold letters, digits and . _ : / - only." ;;
    esac
done
secret=$(cat "$secret_file") || fail "cannot read the secret."
case $secret in
*[!A-Za-z0-9_-]*) fail "the secret may hold letters, digits, _ and - only: make one with openssl rand -hex 32." ;;
esac
[ ${#secret} -ge 32 ] || fail "the secret is shorter than 32 characters: make one with openssl rand -hex 32."
for address in $listen; do
    case $address in
    *:*) ;;
    *) relay=${relay:-$address} ;;
    esac
done
case $relay in
'' | *:*) fail "relays need an IPv4 address: give one with --relay." ;;
esac

render() {
    # The secret goes by the environment, not by the arguments of a program.
    SECRET=$secret awk -v realm="$realm" -v port="$port" -v tls_port="$tls_port" '{
        gsub(/@SECRET@/, ENVIRON["SECRET"]); gsub(/@REALM@/, realm)
        gsub(/@PORT@/, port); gsub(/@TLS_PORT@/, tls_port); print
    }' "$(dirname "$0")/turnserver.conf" | if [ -n "$log" ]; then sed '/^syslog$/d'; else cat; fi
    echo
    echo "# --- This machine ---"
    for address in $listen; do echo "listening-ip=$address"; done
    echo "relay-ip=$relay"
    [ -z "$external" ] || echo "external-ip=$external"
    if [ -n "$cert" ] && [ -n "$key" ]; then
        printf 'cert=%s\npkey=%s\n' "$cert" "$key"
    else
        echo no-tls
    fi
    [ -z "$log" ] || printf 'log-file=%s\nsimple-log\n' "$log"
    for range in $allow; do echo "allowed-peer-ip=$range"; done
}

umask 077
if [ -n "$output" ]; then
    render >"$output"
else
    render
fi
