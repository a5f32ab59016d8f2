#!/usr/bin/env bash
# Records examples/ipv6.pcapng from real programs: clients with both families talk to an endpoint that has an address of each, and to one
# that has IPv6 only. Usage, as root: examples/record-ipv6.sh [file]
set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$folder/recording/stage.sh"

output=${1:-$folder/ipv6.pcapng}
max_bytes=200000
client=10.1.0.10 client6=fd00:10:1::10 other6=fd00:10:1::11
storage=10.1.0.4 storage6=fd00:10:1::4 search6=fd00:10:1::5 elsewhere6=fd00:10:1::20
storage_name=account1.blob.example search_name=search1.search.example
names=($storage_name $search_name)
tools=(ping)
consumer_addresses=($client/16 $client6/64 $other6/64)
front_addresses=($storage/16 $storage6/64 $search6/64 $elsewhere6/64)

servers() {
    at_front nginx -p "$work" -c nginx.conf -e error.log &
    at_front python3 "$here/dns_server.py" "$storage6" $storage_name=$storage &
    wait_for nginx at_front curl -s -o "$work/probe" "http://[$storage6]/1k.bin"
    wait_for "the DNS server" at_front python3 "$here/clients.py" dns "$storage6:0" "$storage6" $storage_name
}

clients() {
    local size port=41001
    for size in 1 4 8 24; do get $storage6 "$((port++))" $storage_name "/${size}k.bin" --interface $client6; done
    get $storage6 41005 $storage_name /uploaded.bin --interface $client6 --upload-file "$work/content/8k.bin"
    get_plain $storage6 41006 $storage_name /4k.bin --interface $other6
    get $storage 41007 $storage_name /4k.bin --interface $client
    python_client dns "$client6:40053" "$storage6" $storage_name
    python_client reset "$client6:41008" "$storage6" $storage_name
    get $search6 42001 $search_name /4k.bin --interface $client6
    get $search6 42002 $search_name /8k.bin --interface $other6
    get_plain $search6 42003 $search_name /1k.bin --interface $other6
    at_consumer ping -6 -c 2 -i 0.2 -I $client6 $storage6
    get_plain $elsewhere6 43001 $storage_name /1k.bin --interface $client6
}

record
