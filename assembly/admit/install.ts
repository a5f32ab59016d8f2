// The last stage of a flow's first packet: what the stages decided becomes two records, one for each direction.

import { DESC_FRAME, DESC_LINK, PROTOCOL_TCP, SIDE_PROVIDER, STATE_OPENING, STATE_UDP } from "../abi";
import {
  KEY_SIX,
  COLD_FIRST_SEEN,
  COLD_NAT_ADDRESS,
  COLD_POOL_SLOT,
  LINK_BYTES,
  LINK_BYTES_MAX,
  LINK_LENGTH,
  LINK_SIZE,
  LINK_TYPE,
  REC_ENDPOINT,
  REC_LAST_SEEN,
  REC_PACKETS,
  REC_SEQUENCE_END,
  REC_SIZE,
  REC_TEMPLATE,
  SEEN_HANDLED,
  SEEN_MID_STREAM,
} from "../abi/records";
import {
  BACKEND_ADDRESS_BE,
  BACKEND_SIZE,
  NAT_IS_SIX,
  RULE_ADDRESS6_BE,
  RULE_ADDRESS_BE,
  RULE_BACKEND_PORT,
  RULE_HOST,
  RULE_RESET,
  RULE_SIZE,
  SERVICE_NETWORK,
  SERVICE_SIZE,
} from "../abi/tables";
import { addressAt, take } from "../address/book";
import { isSixKey, keepPlaces } from "../address/key";
import { now, tickAfter } from "../clock";
import { epoch } from "../flow/epoch";
import { coldOf, openFlow, takeFlow } from "../flow/flow";
import { deathOf, requestOf, timerFor } from "../flow/lifetime";
import { arrive } from "../flow/arrivals";
import { enterOpening } from "../flow/opening";
import { isAlwaysHandled } from "../flow/path";
import { giveKey, insertAt } from "../flow/table";
import { add } from "../flow/wheel";
import { EVICTS, KEEP_LINKS, LINKS } from "../memory";
import { GROUP, IP, KEY_HIGH, KEY_LOW, PROTOCOL, TAG } from "../parse";
import { BACKENDS, BACKENDS6, NATS6, NAT_ADDRESSES, RULES, SERVICES } from "../tables";
import { delta16, delta32, fold } from "../wire/checksum";
import * as Ipv6 from "../wire/ipv6";

/// COLD_ALIVE and COLD_RESET within the eight bytes at COLD_NAT_ADDRESS.
const ALIVE: u64 = (<u64>1) << 48;
const RESET_SHIFT: u64 = 56;
/// REC_EPOCH within the eight bytes at REC_ENDPOINT.
const EPOCH_SHIFT: u64 = 48;

/// What the stages decided about the packet at hand.
let endpoint: u32 = 0;
let service: u32 = 0;
let rule: u32 = 0;
let backend: u32 = 0;
let natAddress: u32 = 0;
let slot: u32 = 0;
let port: u32 = 0;

export function decide(itsEndpoint: u32, itsService: u32, itsRule: u32, itsBackend: u32): void {
  endpoint = itsEndpoint;
  service = itsService;
  rule = itsRule;
  backend = itsBackend;
}

/** `which` counts among all NAT addresses; the port is in host order. */
export function decidePort(which: u32, itsSlot: u32, itsPort: u32): void {
  natAddress = which;
  slot = itsSlot;
  port = itsPort;
}

/** Makes the flow; its request record. */
export function install(desc: u32, parsed: u32, midStream: bool): u32 {
  const flow = takeFlow();
  const request = requestOf(flow);
  const low = load<u64>(parsed, KEY_LOW);
  const high = load<u64>(parsed, KEY_HIGH);
  const chosen = BACKENDS + backend * BACKEND_SIZE;
  const six = isSixKey(low);
  let natBe = load<u32>(NAT_ADDRESSES + natAddress * 4);
  const sixService = natBe == NAT_IS_SIX;
  if (sixService) natBe = take(NATS6 + natAddress * Ipv6.ADDRESS_SIZE);
  const backendBe = target(chosen, sixService);
  keepPlaces(low, high);
  const portsBe = <u32>(high >> 32);
  const backendPort = <u32>load<u16>(RULES + rule * RULE_SIZE, RULE_BACKEND_PORT);
  const backendPortBe = backendPort == 0 ? portsBe >> 16 : <u32>bswap<u16>(<u16>backendPort);
  const natPortBe = <u32>bswap<u16>(<u16>port);
  const clientBe = <u32>(low >> 32);
  const endpointBe = <u32>high;

  writeCold(flow);
  writeLink(flow, desc, parsed);
  const seen = (isAlwaysHandled(low, chosen) ? SEEN_HANDLED : 0) | (midStream ? SEEN_MID_STREAM : 0);
  const timer = load<u8>(parsed, PROTOCOL) == PROTOCOL_TCP ? timerFor(flow, seen, 0) : STATE_UDP;
  writeRecord(request, seen, timer);
  writeRecord(request + REC_SIZE, seen, timer);
  const newPorts = natPortBe | (backendPortBe << 16);
  const replyPorts = backendPortBe | (natPortBe << 16);
  const clientPorts = rotl<u32>(portsBe, 16);
  const there = six
    ? change6(clientBe, endpointBe, true, natBe, backendBe, sixService)
    : change(clientBe, endpointBe, natBe, backendBe);
  const back = six
    ? change6(backendBe, natBe, sixService, endpointBe, clientBe, true)
    : change(backendBe, natBe, endpointBe, clientBe);
  transposition(request, there, portsBe, natBe, backendBe, newPorts);
  transposition(request + REC_SIZE, back, replyPorts, endpointBe, clientBe, clientPorts);
  giveKey(request, low, high);
  insertAt(load<u32>(parsed, GROUP), <u32>load<u8>(parsed, TAG), request);
  const network = <u64>load<u16>(SERVICES + service * SERVICE_SIZE, SERVICE_NETWORK);
  const replyLow =
    (low & 0xff00) | (SIDE_PROVIDER + 1) | (sixService ? <u32>KEY_SIX : 0) | (network << 16) | ((<u64>backendBe) << 32);
  arrive(replyLow, <u64>natBe | ((<u64>replyPorts) << 32), request + REC_SIZE);
  add(flow, tickAfter(deathOf(request)));
  if (EVICTS && timer == STATE_OPENING) enterOpening(request);
  openFlow(flow);
  return request;
}

/** Address that requests are sent to: the backend's, or with floating IP the frontend's. A place taken in the book when `six`. */
function target(chosen: u32, six: bool): u32 {
  const at = RULES + rule * RULE_SIZE;
  const floats = load<u16>(at, RULE_HOST) != 0;
  if (six) return take(floats ? at + RULE_ADDRESS6_BE : BACKENDS6 + backend * Ipv6.ADDRESS_SIZE);
  return floats ? load<u32>(at, RULE_ADDRESS_BE) : load<u32>(chosen, BACKEND_ADDRESS_BE);
}

function writeCold(flow: u32): void {
  const cold = coldOf(flow);
  store<u64>(cold, now, COLD_FIRST_SEEN);
  // COLD_POOL_SLOT, COLD_PORT and COLD_RULE lie side by side; those from COLD_NAT_ADDRESS on too.
  store<u64>(cold, <u64>slot | ((<u64>port) << 32) | ((<u64>rule) << 48), COLD_POOL_SLOT);
  const reset = <u64>load<u8>(RULES + rule * RULE_SIZE, RULE_RESET);
  store<u64>(cold, <u64>natAddress | ALIVE | (reset << RESET_SHIFT), COLD_NAT_ADDRESS);
}

/** Keeps the link header of the flow's first packet, if the configuration has a use for it. */
function writeLink(flow: u32, desc: u32, parsed: u32): void {
  if (!KEEP_LINKS) return;
  const kept = LINKS + flow * LINK_SIZE;
  const frame = load<u32>(desc, DESC_FRAME);
  const length = min(load<u32>(parsed, IP) - frame, <u32>LINK_BYTES_MAX);
  store<u8>(kept, <u8>length, LINK_LENGTH);
  store<u8>(kept, load<u8>(desc, DESC_LINK), LINK_TYPE);
  memory.copy(kept + LINK_BYTES, frame, length);
}

function writeRecord(record: u32, seen: u32, timer: u32): void {
  // REC_ENDPOINT, REC_BACKEND, REC_SEEN, REC_TIMER, REC_EPOCH and REC_TOUCH lie side by side; the others too, in pairs.
  store<u64>(
    record,
    <u64>(endpoint | (backend << 16)) | ((<u64>(seen | (timer << 8))) << 32) | ((<u64>epoch) << EPOCH_SHIFT),
    REC_ENDPOINT,
  );
  store<u64>(record, now, REC_LAST_SEEN);
  store<u64>(record, 0, REC_SEQUENCE_END);
  store<u64>(record, 0, REC_PACKETS);
}

/** What other addresses add to a sum that holds both, folded. All in network order. */
function change(source: u32, destination: u32, newSource: u32, newDestination: u32): u32 {
  return fold(delta32(source, newSource) + delta32(destination, newDestination));
}

/** The same where addresses may be places of the book; `six` and `newSix` say which are. */
function change6(source: u32, destination: u32, six: bool, newSource: u32, newDestination: u32, newSix: bool): u32 {
  const before = fold(sumOf(source, six) + sumOf(destination, six));
  return fold((~before & 0xffff) + sumOf(newSource, newSix) + sumOf(newDestination, newSix));
}

/** Folded sum of an address. */
function sumOf(address: u32, six: bool): u32 {
  return six ? Ipv6.addressSum(addressAt(address)) : fold((address & 0xffff) + (address >> 16));
}

/** Writes a template: new addresses and ports, and what they and `addresses` change in the checksums. All in network order. */
function transposition(
  record: u32,
  addresses: u32,
  ports: u32,
  newSource: u32,
  newDestination: u32,
  newPorts: u32,
): void {
  const all = fold(addresses + delta16(ports & 0xffff, newPorts & 0xffff) + delta16(ports >> 16, newPorts >> 16));
  store<u64>(record, <u64>(addresses | (all << 16)) | ((<u64>newSource) << 32), REC_TEMPLATE);
  store<u64>(record, <u64>newDestination | ((<u64>newPorts) << 32), REC_TEMPLATE + 8);
}
