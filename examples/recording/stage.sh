# What recordings share: two network namespaces, servers in one and clients in the other, keys that live as long as the recording, and
# dumpcap at the clients' interface. A script that sources this sets `output`, `max_bytes`, `names`, `consumer_addresses` and
# `front_addresses`, defines `servers` and `clients`, and calls `record`. One with routers between the two adds their namespaces to
# `namespaces` and defines `make_networks` anew.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
consumer=lp-consumer-$$ # namespace of the clients
front=lp-front-$$       # namespace of everything they talk to
namespaces=("$consumer" "$front")
tools=() # programs that one recording needs beside those of all

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

require() {
    local missing=() tool
    [[ $(id -u) == 0 ]] || fail "needs root, to make network namespaces."
    for tool in ip dumpcap tshark openssl curl python3 nginx taskset timeout "${tools[@]}"; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    ((${#missing[@]} == 0)) || fail "these programs are missing: ${missing[*]}." \
        "On Debian: apt-get install util-linux iproute2 wireshark-common tshark openssl curl python3 nginx-light"
}

at_consumer() { ip netns exec "$consumer" timeout "${patience:-20}" "$@"; }
at_front() { ip netns exec "$front" "$@"; }

clean_up() {
    local namespace pid
    for namespace in "${namespaces[@]}"; do
        for pid in $(ip netns pids "$namespace" 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
    done
    wait
    for namespace in "${namespaces[@]}"; do ip netns del "$namespace" 2>/dev/null || true; done
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

# bring_up NAMESPACE INTERFACE ADDRESS...: without offload, and without IPv6 chatter at random times.
bring_up() {
    local namespace=$1 interface=$2 address
    shift 2
    for address in "$@"; do
        case $address in
            *:*) ip -n "$namespace" address add "$address" dev "$interface" nodad ;;
            *) ip -n "$namespace" address add "$address" dev "$interface" ;;
        esac
    done
    ip netns exec "$namespace" python3 "$here/offload_off.py" "$interface"
    ip -n "$namespace" link set "$interface" addrgenmode none
    ip -n "$namespace" link set lo up
    ip -n "$namespace" link set "$interface" up
}

make_namespaces() {
    local namespace
    for namespace in "${namespaces[@]}"; do ip netns add "$namespace"; done
}

make_networks() {
    make_namespaces
    ip link add eth0 netns "$consumer" address 02:00:0a:01:00:0a type veth \
        peer name eth0 netns "$front" address 02:00:0a:01:00:01
    bring_up "$consumer" eth0 "${consumer_addresses[@]}"
    bring_up "$front" eth0 "${front_addresses[@]}"
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
    cp "$here/nginx.conf" "$work/nginx.conf"
    for name in "${names[@]}"; do
        echo "server { listen 443 ssl; listen 80; listen [::]:443 ssl; listen [::]:80; server_name $name; root content; dav_methods PUT;" \
            "ssl_certificate tls/$name.pem; ssl_certificate_key tls/$name.key; ${server_options:-} }"
    done >"$work/servers.conf"
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

# An address as it stands in front of a port.
bracketed() {
    case $1 in
        *:*) echo "[$1]" ;;
        *) echo "$1" ;;
    esac
}

# get ADDRESS PORTS NAME PATH [curl options]: a GET over TLS from client ports PORTS.
get() {
    local address ports=$2 name=$3 path=$4
    address=$(bracketed "$1")
    shift 4
    at_consumer curl -sS --max-time 10 -o "$work/got" --cacert "$work/tls/authority.pem" \
        --resolve "$name:443:$address" --local-port "$ports" "https://$name$path" "$@"
}

# get_plain ADDRESS PORT NAME PATH [curl options]: a GET over HTTP.
get_plain() {
    local address port=$2 name=$3 path=$4
    address=$(bracketed "$1")
    shift 4
    at_consumer curl -sS --max-time 10 -o "$work/got" --resolve "$name:80:$address" --local-port "$port" \
        "http://$name$path" "$@"
}

python_client() { at_consumer python3 "$here/clients.py" "$@"; }

check_recording() {
    local bytes bad
    bytes=$(stat -c %s "$work/recorded.pcapng")
    ((bytes <= max_bytes)) || fail "the recording has $bytes bytes, more than $max_bytes."
    # What an ICMP error has of a segment is cut short, so the segment's checksum cannot be right there.
    bad=$(tshark -r "$work/recorded.pcapng" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -o udp.check_checksum:TRUE -Y 'ip.checksum.status == "Bad" || icmp.checksum.status == "Bad" ||
            (!icmp && (tcp.checksum.status == "Bad" || udp.checksum.status == "Bad"))' 2>/dev/null | wc -l)
    ((bad == 0)) || fail "$bad packets of the recording have a wrong checksum; is offload off?"
}

record() {
    require
    use_one_processor
    work=$(mktemp -d)
    trap clean_up EXIT
    make_networks
    make_certificates
    make_content
    servers
    start_capture
    clients
    stop_capture
    check_recording
    install -m 644 "$work/recorded.pcapng" "$output"
    echo "$(basename "$0"): wrote $(stat -c %s "$output") bytes to $output"
}
