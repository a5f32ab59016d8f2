// Linear memory of the core, taken over byte for byte: same regions, same records, same tables. It is mapped at a fixed
// place, so that an address of the image costs what a native pointer costs.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "abi.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;

#define IMAGE_AT 0x40000000u
#define IMAGE(address) ((u8 *)(uintptr_t)((u64)(u32)(address) + IMAGE_AT))
#define INLINE static inline __attribute__((always_inline))

INLINE u8 get8(u32 at) { return *IMAGE(at); }
INLINE u16 get16(u32 at) { u16 value; memcpy(&value, IMAGE(at), 2); return value; }
INLINE u32 get32(u32 at) { u32 value; memcpy(&value, IMAGE(at), 4); return value; }
INLINE u64 get64(u32 at) { u64 value; memcpy(&value, IMAGE(at), 8); return value; }
INLINE void put8(u32 at, u8 value) { *IMAGE(at) = value; }
INLINE void put16(u32 at, u16 value) { memcpy(IMAGE(at), &value, 2); }
INLINE void put32(u32 at, u32 value) { memcpy(IMAGE(at), &value, 4); }
INLINE void put64(u32 at, u64 value) { memcpy(IMAGE(at), &value, 8); }

/// Regions and table sections that the path reads, found once.
static struct {
  u32 descriptors, verdicts, emits, counters, endpointCounters, backendCounters;
  u32 index, indexGroups, cold, records, denied;
  u32 timeouts, rules, vlans, vlanPairs, vlanPairCount;
  u64 seedLow, seedHigh;
} map;

/// The core keeps these outside its memory, so they come with the image.
static struct {
  u64 now, quiet, slow;
  u32 emitCount;
} state;

static u32 regionAt(u32 which) { return get32(CONTROL_AT + CONTROL_REGIONS + which * 4); }

static void findRegions(void) {
  u32 tables = regionAt(REGION_TABLES);
  map.descriptors = regionAt(REGION_DESCRIPTORS);
  map.verdicts = regionAt(REGION_VERDICTS);
  map.emits = regionAt(REGION_EMITS);
  map.counters = regionAt(REGION_COUNTERS);
  map.endpointCounters = regionAt(REGION_ENDPOINT_COUNTERS);
  map.backendCounters = regionAt(REGION_BACKEND_COUNTERS);
  map.index = regionAt(REGION_INDEX);
  map.cold = regionAt(REGION_COLD);
  map.indexGroups = (map.cold - map.index) / 64;
  map.records = regionAt(REGION_RECORDS);
  map.denied = map.records + 2 * get32(CONTROL_AT + CONTROL_MAX_FLOWS) * REC_SIZE;
  map.timeouts = tables + get32(tables + TABLES_TIMEOUTS);
  map.rules = tables + get32(tables + TABLES_RULES);
  map.vlans = tables + get32(tables + TABLES_VLANS);
  map.vlanPairs = tables + get32(tables + TABLES_VLAN_PAIRS);
  map.vlanPairCount = get32(tables + TABLES_VLAN_PAIR_COUNT);
  map.seedLow = get64(tables + TABLES_SEED);
  map.seedHigh = get64(tables + TABLES_SEED + 8);
}
