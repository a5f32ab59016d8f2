#!/usr/bin/env bash
# Records examples/storage.pcapng from real programs: clients in one network namespace talk to servers in another, and
# dumpcap listens at the clients' interface. Usage, as root: examples/record.sh [file]
set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$folder/recording/stage.sh"

output=${1:-$folder/storage.pcapng}
max_bytes=400000
client1=10.1.0.10 client2=10.1.0.11
gateway=10.1.0.1 other=10.1.0.20
storage=10.1.0.4 vault=10.1.0.5 sql=10.1.0.6
names=(account1.blob.example account2.blob.example account3.blob.example vault1.vault.example
    server1.database.example server2.database.example www.other.example)
consumer_addresses=($client1/16 $client2/16)
front_addresses=($gateway/16 $storage/16 $vault/16 $sql/16 $other/16)

servers() {
    at_front nginx -p "$work" -c nginx.conf -e error.log &
    at_front python3 "$here/dns_server.py" "$storage" account1.blob.example=$storage \
        vault1.vault.example=$vault server1.database.example=$sql &
    wait_for nginx at_front curl -s -o "$work/probe" "http://$gateway/1k.bin"
    wait_for "the DNS server" at_front python3 "$here/clients.py" dns "$storage:0" "$storage" account1.blob.example
}

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

clients() {
    talk_to_others
    talk_to_storage
    talk_to_vault
    talk_to_sql
}

record
