#!/usr/bin/env bash
# Records examples/storage.pcapng from real programs: clients in one network namespace talk to servers in another, and
# dumpcap listens at the clients' interface. Usage, as root: examples/record.sh [file]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=${1:-$here/storage.pcapng}
max_bytes=400000

consumer=lp-consumer-$$ # namespace of the clients
front=lp-front-$$       # namespace of the gateway, the endpoints' services and another host
client1=10.1.0.10 client2=10.1.0.11
gateway=10.1.0.1 other=10.1.0.20
storage=10.1.0.4 vault=10.1.0.5 sql=10.1.0.6
names=(account1.blob.example account2.blob.example account3.blob.example vault1.vault.example
    server1.database.example server2.database.example www.other.example)

fail() {
    echo "record.sh: $*" >&2
    exit 1
}

require() {
    local missing=() tool
    [[ $(id -u) == 0 ]] || fail "needs root, to make network namespaces."
    for tool in ip dumpcap tshark openssl curl python3 nginx taskset timeout; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    ((${#missing[@]} == 0)) || fail "these programs are missing: ${missing[*]}." \
        "On Debian: apt-get install util-linux iproute2 wireshark-common tshark openssl curl python3 nginx-light"
}

at_consumer() { ip netns exec "$consumer" timeout 20 "$@"; }
at_front() { ip netns exec "$front" "$@"; }

clean_up() {
    local namespace pid
    for namespace in "$consumer" "$front"; do
        for pid in $(ip netns pids "$namespace" 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
    done
    wait
    ip netns del "$consumer" 2>/dev/null || true
    ip netns del "$front" 2>/dev/null || true
    rm -rf "$work"
}

# wait_for WHAT COMMAND...: tries the command for five seconds.
wait_for() {
    local what=$1 try
    shift
    for try in {1..50}; do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    fail "$what did not start."
}

# On one processor, packets are recorded in the order of their times.
use_one_processor() {
    local processor
    processor=$(awk '/^Cpus_allowed_list/ { split($2, list, /[-,]/); print list[1] }' /proc/self/status)
    taskset -pc "$processor" $$ >/dev/null
}

make_networks() {
    local namespace address
    ip netns add "$consumer"
    ip netns add "$front"
    ip link add eth0 netns "$consumer" address 02:00:0a:01:00:0a type veth \
        peer name eth0 netns "$front" address 02:00:0a:01:00:01
    for address in $client1 $client2; do ip -n "$consumer" address add "$address/16" dev eth0; done
    for address in $gateway $storage $vault $sql $other; do ip -n "$front" address add "$address/16" dev eth0; done
    for namespace in "$consumer" "$front"; do
        ip netns exec "$namespace" python3 "$here/recording/offload_off.py" eth0
        ip -n "$namespace" link set eth0 addrgenmode none # no IPv6 chatter at random times
        ip -n "$namespace" link set lo up
        ip -n "$namespace" link set eth0 up
    done
}

# Every key lives in the temporary folder only.
make_certificates() {
    local name curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
    mkdir "$work/tls"
    openssl req -x509 "${curve[@]}" -days 2 -subj "/CN=recording authority" \
        -keyout "$work/tls/authority.key" -out "$work/tls/authority.pem" 2>/dev/null
    for name in "${names[@]}"; do
        openssl req -x509 "${curve[@]}" -days 2 -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
            -addext "basicConstraints=critical,CA:FALSE" \
            -CA "$work/tls/authority.pem" -CAkey "$work/tls/authority.key" \
            -keyout "$work/tls/$name.key" -out "$work/tls/$name.pem" 2>/dev/null
    done
}

make_content() {
    local size name
    mkdir "$work/content"
    for size in 1 4 8 24 96; do
        head -c "$((size * 1024))" < <(yes "linkplane example content") >"$work/content/${size}k.bin"
    done
    cp "$here/recording/nginx.conf" "$work/nginx.conf"
    for name in "${names[@]}"; do
        echo "server { listen 443 ssl; listen 80; server_name $name; root content; dav_methods PUT;" \
            "ssl_certificate tls/$name.pem; ssl_certificate_key tls/$name.key; }"
    done >"$work/servers.conf"
}

start_servers() {
    at_front nginx -p "$work" -c nginx.conf -e error.log &
    at_front python3 "$here/recording/dns_server.py" "$storage" account1.blob.example=$storage \
        vault1.vault.example=$vault server1.database.example=$sql &
    wait_for nginx at_front curl -s -o "$work/probe" "http://$gateway/1k.bin"
    wait_for "the DNS server" at_front python3 "$here/recording/clients.py" dns "$storage:0" "$storage" account1.blob.example
}

start_capture() {
    ip netns exec "$consumer" dumpcap -q -i eth0 -w "$work/recorded.pcapng" 2>"$work/dumpcap.log" &
    capture=$!
    wait_for dumpcap grep -q "^File: " "$work/dumpcap.log"
    sleep 0.5 # the file is named just before the socket is ready
}

stop_capture() {
    sleep 0.5
    kill -INT "$capture"
    wait "$capture" || true
}

# get ADDRESS PORTS NAME PATH [curl options]: a GET over TLS from client ports PORTS.
get() {
    local address=$1 ports=$2 name=$3 path=$4
    shift 4
    at_consumer curl -sS --max-time 10 -o "$work/got" --cacert "$work/tls/authority.pem" \
        --resolve "$name:443:$address" --local-port "$ports" "https://$name$path" "$@"
}

# get_plain ADDRESS PORT NAME PATH [curl options]: a GET over HTTP.
get_plain() {
    local address=$1 port=$2 name=$3 path=$4
    shift 4
    at_consumer curl -sS --max-time 10 -o "$work/got" --resolve "$name:80:$address" --local-port "$port" \
        "http://$name$path" "$@"
}

python_client() { at_consumer python3 "$here/recording/clients.py" "$@"; }

talk_to_storage() {
    local name=account1.blob.example url=https://account1.blob.example size port=41001
    python_client dns "$client1:40053" "$storage" $name
    for size in 1 4 8 24 96; do
        get "$storage" "$((port++))" $name "/${size}k.bin"
    done
    get "$storage" 41006 $name /4k.bin --tls-max 1.2
    get "$storage" 41007 $name /missing.bin
    get "$storage" 41008 $name /1k.bin -o "$work/got" $url/4k.bin -o "$work/got" $url/1k.bin -o "$work/got" $url/8k.bin
    get "$storage" 41009 $name /uploaded.bin --upload-file "$work/content/8k.bin"
    get "$storage" 41010-41013 $name /1k.bin --no-progress-meter -Z --parallel-immediate -o "$work/got" $url/4k.bin \
        -o "$work/got" $url/1k.bin -o "$work/got" $url/4k.bin
    get_plain "$storage" 41014 $name /4k.bin
    get_plain "$storage" 41015 $name /1k.bin -o "$work/got" http://$name/1k.bin
    python_client reset "$client1:41016" "$storage" $name
    python_client reuse "$client1:41017" "$storage" $name
    at_consumer openssl s_client -connect "$storage:443" -bind "$client1:41018" -servername $name \
        -CAfile "$work/tls/authority.pem" -verify_return_error -quiet -no_ign_eof \
        < <(printf 'HEAD /1k.bin HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' $name; sleep 0.3) >"$work/got" 2>&1
    python_client unserved "$client1:41019" "$storage"
    get "$storage" 41001 $name /1k.bin --interface $client2
    get "$storage" 41002 $name /8k.bin --interface $client2
    python_client keepalive "$client2:41003" "$storage" $name "$work/tls/authority.pem"
    python_client dns "$client2:40053" "$storage" vault1.vault.example server1.database.example nowhere.example
    python_client ping "$client1:0" "$storage"
}

talk_to_vault() {
    local name=vault1.vault.example
    get "$vault" 42001 $name /1k.bin
    get "$vault" 42002 $name /4k.bin
    get "$vault" 42003 $name /1k.bin --interface $client2
    get_plain "$vault" 42004 $name /1k.bin
    get "$vault" 42005 $name /1k.bin -o "$work/got" https://$name/4k.bin
}

# The endpoint is mapped to server1; the other names are other resources that the service behind it would also answer.
talk_to_sql() {
    get "$sql" 43001 server1.database.example /4k.bin
    get "$sql" 43002 server1.database.example /1k.bin --interface $client2
    get "$sql" 43003 server2.database.example /1k.bin
    get "$sql" 43004 account2.blob.example /1k.bin
    get "$sql" 43005 account2.blob.example /4k.bin --interface $client2
    get_plain "$sql" 43006 account2.blob.example /1k.bin
}

talk_to_others() {
    python_client ping "$client1:0" "$gateway"
    get "$other" 44001 www.other.example /4k.bin
    get_plain "$other" 44002 www.other.example /1k.bin
    get_plain "$other" 44003 www.other.example /1k.bin --interface $client2
}

check_recording() {
    local bytes bad
    bytes=$(stat -c %s "$work/recorded.pcapng")
    ((bytes <= max_bytes)) || fail "the recording has $bytes bytes, more than $max_bytes."
    bad=$(tshark -r "$work/recorded.pcapng" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -o udp.check_checksum:TRUE -Y 'ip.checksum.status != "Good" || tcp.checksum.status != "Good" ||
            udp.checksum.status != "Good"' 2>/dev/null | wc -l)
    ((bad == 0)) || fail "$bad packets of the recording have a wrong checksum; is offload off?"
}

require
use_one_processor
work=$(mktemp -d)
trap clean_up EXIT
make_networks
make_certificates
make_content
start_servers
start_capture
talk_to_others
talk_to_storage
talk_to_vault
talk_to_sql
stop_capture
check_recording
install -m 644 "$work/recorded.pcapng" "$output"
echo "record.sh: wrote $(stat -c %s "$output") bytes to $output"
