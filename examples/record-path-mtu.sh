#!/usr/bin/env bash
# Records examples/path-mtu.pcapng from real programs: a client whose packets are too big for the way to the server behind an endpoint.
# The kernel's own NAT stands in for the endpoint, so errors from beyond it come from the endpoint's address, as they have to.
# Usage, as root: examples/record-path-mtu.sh [file]
#
#   client 10.1.0.10 ── 10.1.0.4 link: NAT ── 10.3.0.2 narrow: a route of 1,400 bytes ── 10.4.0.11 server
set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$folder/recording/stage.sh"

output=${1:-$folder/path-mtu.pcapng}
max_bytes=200000
narrowest=1400
client=10.1.0.10 endpoint=10.1.0.4 nat=10.2.1.4 server=10.4.0.11
name=account1.blob.example
names=($name)
link=lp-link-$$ narrow=lp-narrow-$$
namespaces+=("$link" "$narrow")
tools=(nft)

# join NAMESPACE INTERFACE ADDRESS NAMESPACE INTERFACE ADDRESS: a wire between two namespaces.
join() {
    ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
    bring_up "$1" "$2" "$3"
    bring_up "$4" "$5" "$6"
}

make_networks() {
    local router
    make_namespaces
    join "$consumer" eth0 $client/16 "$link" eth0 $endpoint/16
    ip -n "$consumer" link set eth0 address 02:00:0a:01:00:0a
    ip -n "$link" link set eth0 address 02:00:0a:01:00:04
    join "$link" eth1 10.3.0.1/24 "$narrow" eth0 10.3.0.2/24
    join "$narrow" eth1 10.4.0.1/24 "$front" eth0 $server/24
    for router in "$link" "$narrow"; do ip netns exec "$router" sysctl -qw net.ipv4.ip_forward=1; done
    ip -n "$link" route add 10.4.0.0/24 via 10.3.0.2
    ip -n "$narrow" route add 10.2.1.0/24 via 10.3.0.1
    ip -n "$narrow" route replace 10.4.0.0/24 dev eth1 mtu lock $narrowest
    ip -n "$front" route add default via 10.4.0.1
    ip netns exec "$link" nft -f - <<RULES
table ip link {
    chain to-backend { type nat hook prerouting priority dstnat; ip daddr $endpoint dnat to $server; }
    chain from-nat-address { type nat hook postrouting priority srcnat; oifname eth1 snat to $nat; }
}
RULES
}

servers() {
    at_front nginx -p "$work" -c nginx.conf -e error.log &
    at_front python3 "$here/echo_server.py" $server &
    wait_for nginx at_front curl -s -o "$work/probe" "http://$server/1k.bin"
    wait_for "the echo server" at_front python3 "$here/clients.py" echo $server:0 $server 8 whole
}

clients() {
    # Nobody has told the client yet: its first full segments are lost, each answered with what may pass.
    get_plain $endpoint 41001 $name /uploaded.bin --upload-file "$work/content/24k.bin"
    # Now it knows.
    get $endpoint 41002 $name /uploaded.bin --upload-file "$work/content/8k.bin"
    get $endpoint 41003 $name /24k.bin
    ip -n "$consumer" route flush cache
    python_client echo $client:41004 $endpoint 1472 whole
    python_client echo $client:41005 $endpoint 3000 fragments
    python_client echo $client:41006 $endpoint 9000 fragments
}

record
