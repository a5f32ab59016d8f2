#!/usr/bin/env bash
# Records examples/migration.pcapng from real programs: a network's traffic to a storage account's public addresses, as it is before
# the account gets a private endpoint. Takes four minutes and a half, for one connection has to be silent for so long.
# Usage, as root: examples/record-migration.sh [file]
set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$folder/recording/stage.sh"

output=${1:-$folder/migration.pcapng}
max_bytes=200000
patience=300
pause_seconds=250
application=10.1.0.10 reports=10.1.0.11 branch=192.168.7.20
resolver=10.1.0.53 old_resolver=10.1.0.54
public=20.60.1.2 other_public=20.60.1.3
account=account1.blob.core.windows.net other_account=account2.blob.core.windows.net
names=($account $other_account)
server_options="keepalive_timeout 600;"
consumer_addresses=($application/16 $reports/16 $branch/24)
front_addresses=($resolver/16 $old_resolver/16 $public/24 $other_public/24 192.168.7.1/24)

servers() {
    ip -n "$consumer" route add 20.60.1.0/24 via $resolver
    at_front nginx -p "$work" -c nginx.conf -e error.log &
    at_front python3 "$here/dns_server.py" "$resolver" $account=$public $other_account=$public &
    at_front python3 "$here/dns_server.py" "$old_resolver" $account=$other_public &
    wait_for nginx at_front curl -s -o "$work/probe" "http://$public/1k.bin"
    wait_for "the DNS server" at_front python3 "$here/clients.py" dns "$resolver:0" "$resolver" $account
    wait_for "the old DNS server" at_front python3 "$here/clients.py" dns "$old_resolver:0" "$old_resolver" $account
}

clients() {
    local port=41001 size
    python_client pause "$reports:45001" "$public" $account "$work/tls/authority.pem" $pause_seconds &
    silent=$!
    sleep 1
    python_client dns "$application:40053" "$resolver" $account
    for size in 1 4 8 1 4; do get "$public" "$((port++))" $account "/${size}k.bin" --interface $application; done
    get "$public" 41010 $account /uploaded.bin --interface $application --upload-file "$work/content/8k.bin"
    get_plain "$public" 41011 $account /1k.bin --interface $application
    python_client dns "$reports:40053" "$resolver" $other_account
    get "$public" 42001 $other_account /4k.bin --interface $reports
    get "$public" 42002 $other_account /1k.bin --interface $reports
    python_client dns "$reports:40054" "$old_resolver" $account
    get "$other_public" 42003 $account /4k.bin --interface $reports
    get "$other_public" 42004 $account /1k.bin --interface $reports
    get "$public" 43001 $account /1k.bin --interface $branch
    wait "$silent"
}

record
