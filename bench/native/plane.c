// The native ceiling: the established-flow path of the core in C, on an image of the core's own memory, with the same passes
// over a batch. What the fast path does not take is counted as slow; the benchmark asserts that there is none.
//
//   plane IMAGE now quiet FRAMES stride length SIDES huge
//
// `quiet` is the time before which no timer is due, ns.
//
// Commands on stdin, one a line: `run first count time step batch` handles packets of the tape and prints the nanoseconds spent in
// the plane and the packets forwarded and slow; `image FILE` writes the memory.

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>
#include <immintrin.h>

#include "forward.h"

static Parsed lanes[LANE];

#define GROUP_SIZE 64
#define TOUCH 60
#define PASSED 62
#define COMPARED 44
#define COMPARED_BEFORE 4

INLINE u64 rotl32(u64 x) { return (x << 32) | (x >> 32); }

INLINE u64 mix(u64 low, u64 high) {
  u64 x = ((low ^ map.seedLow) * 0x9e3779b97f4a7c15ull) ^ rotl32((high ^ map.seedHigh) * 0xc2b2ae3d27d4eb4full);
  x ^= x >> 29;
  return x * 0x165667b19e3779f9ull;
}

static void parseLane(u32 first, u32 size) {
  u32 desc = map.descriptors + first * DESC_SIZE;
  for (u32 i = 0; i < size; i++, desc += DESC_SIZE) {
    Parsed *parsed = &lanes[i];
    parse(desc, parsed);
    u64 hash = mix(parsed->keyLow, parsed->keyHigh);
    u32 tag = (u32)(hash >> 24) & 255;
    parsed->tag = tag | (tag == 0);
    parsed->group = map.index + (u32)(((hash >> 32) * (u64)map.indexGroups) >> 32) * GROUP_SIZE;
#ifdef PREFETCH
    __builtin_prefetch(IMAGE(parsed->group + COMPARED));
#endif
  }
}

static void touchIndex(u32 size) {
#ifndef PREFETCH
  for (u32 i = 0; i < size; i++) put8(lanes[i].group + TOUCH, 1);
#else
  (void)size;
#endif
}

INLINE u32 matches(u32 group, u32 tag) {
  __m128i tags = _mm_loadu_si128((const __m128i *)IMAGE(group + COMPARED));
  return (u32)_mm_movemask_epi8(_mm_cmpeq_epi8(tags, _mm_set1_epi8((char)tag))) >> COMPARED_BEFORE;
}

INLINE u32 recordAt(u32 group, u32 places) {
  return map.records + get32(group + ((u32)__builtin_ctz(places) << 2)) * REC_SIZE;
}

INLINE bool keyIs(u32 record, const Parsed *parsed) {
  return get64(record + REC_KEY) == parsed->keyLow && get64(record + REC_KEY + 8) == parsed->keyHigh;
}

static __attribute__((noinline)) u32 find(const Parsed *parsed) {
  for (u32 group = parsed->group;;) {
    for (u32 places = matches(group, parsed->tag); places != 0; places &= places - 1)
      if (keyIs(recordAt(group, places), parsed)) return recordAt(group, places);
    if (get8(group + PASSED) == 0) return 0;
    group += GROUP_SIZE;
    if (group == map.index + map.indexGroups * GROUP_SIZE) group = map.index;
  }
}

INLINE void touch(u32 record) {
#ifdef PREFETCH
  __builtin_prefetch(IMAGE(record), 1);
#else
  put8(record + REC_TOUCH, 1);
#endif
}

/** Two tags match, or the key may lie in the next group. */
static __attribute__((noinline)) void touchFurther(Parsed *parsed, u32 group, u32 places) {
  if (places == 0) {
    group += GROUP_SIZE;
    if (group == map.index + map.indexGroups * GROUP_SIZE) group = map.index;
    places = matches(group, parsed->tag);
  }
  for (; places != 0; places &= places - 1) {
    parsed->record = recordAt(group, places);
    touch(parsed->record);
  }
}

static void probeLane(u32 size) {
  for (u32 i = 0; i < size; i++) {
    Parsed *parsed = &lanes[i];
    u32 group = parsed->group, places = matches(group, parsed->tag), record = 0;
    if (places != 0) {
      record = recordAt(group, places);
      touch(record);
    }
    parsed->record = record;
    if (__builtin_expect(places != 0 ? (places & (places - 1)) != 0 : get8(group + PASSED) != 0, 0))
      touchFurther(parsed, group, places);
  }
}

static void handleLane(u32 first, u32 size) {
  u32 desc = map.descriptors + first * DESC_SIZE, verdict = map.verdicts + first * VERDICT_SIZE;
  for (u32 i = 0; i < size; i++, desc += DESC_SIZE, verdict += VERDICT_SIZE) {
    Parsed *parsed = &lanes[i];
    u64 time = get64(desc + DESC_TIME), now = time > state.now ? time : state.now;
    u32 record = parsed->record;
    bool quiet = time < state.quiet && state.emitCount <= EMIT_CAPACITY - EMIT_RESERVE;
    if (__builtin_expect(quiet && parsed->kind == KIND_FLOW && (record == 0 || !keyIs(record, parsed)), 0)) record = find(parsed);
    if (__builtin_expect(quiet && parsed->kind == KIND_FLOW && record != 0 && takes(desc, parsed, record, now), 1)) {
      forward(desc, parsed, verdict, record, now);
      state.now = now;
    } else {
      state.slow++;
    }
  }
}

static __attribute__((noinline)) void process(u32 count) {
  state.emitCount = 0;
  for (u32 first = 0; first < count; first += LANE) {
    u32 size = count - first < LANE ? count - first : LANE;
    parseLane(first, size);
    touchIndex(size);
    probeLane(size);
    handleLane(first, size);
  }
  put32(CONTROL_AT + CONTROL_EMIT_COUNT, state.emitCount);
}

static u64 nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (u64)now.tv_sec * 1000000000ull + (u64)now.tv_nsec;
}

static const u8 *mapFile(const char *path) {
  int file = open(path, O_RDONLY);
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0) { perror(path); exit(1); }
  void *at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  close(file);
  if (at == MAP_FAILED) { perror(path); exit(1); }
  return at;
}

/** Reads the image into anonymous memory, of 4 KiB pages unless huge ones are asked for. */
static size_t loadImage(const char *path, bool huge) {
  int file = open(path, O_RDONLY);
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0) { perror(path); exit(1); }
  size_t size = (size_t)about.st_size;
  void *at = mmap((void *)(uintptr_t)IMAGE_AT, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) { perror("mmap"); exit(1); }
  madvise(at, size, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  for (size_t done = 0; done < size;) {
    ssize_t got = read(file, (u8 *)at + done, size - done);
    if (got <= 0) { perror(path); exit(1); }
    done += (size_t)got;
  }
  close(file);
  return size;
}

/** What is played: frames at the same distance, and the side each enters on. */
static struct {
  const u8 *frames, *sides;
  u32 stride, length;
} tape;

/** Places a batch of fresh frames and their descriptors, as the host does. */
static void place(u64 first, u32 count, u64 time, u64 step) {
  u32 ring = regionAt(REGION_RING), desc = map.descriptors;
  memcpy(IMAGE(ring), tape.frames + first * tape.stride, (size_t)count * tape.stride);
  for (u32 i = 0; i < count; i++, desc += DESC_SIZE) {
    u32 side = tape.sides[first + i];
    put32(desc + DESC_FRAME, ring + i * tape.stride);
    put32(desc + DESC_CAPTURED, tape.length);
    put32(desc + DESC_WIRE, tape.length);
    put32(desc + DESC_NETWORK, side | (LINK_ETHERNET << 16) | (side << 24));
    put64(desc + DESC_TIME, time + i * step);
  }
}

static void run(u64 first, u64 packets, u64 time, u64 step, u64 batch) {
  u64 spent = 0, before = get64(map.counters + REASON_FORWARDED * 8);
  for (u64 done = 0; done < packets; done += batch) {
    u32 now = (u32)(packets - done < batch ? packets - done : batch);
    place(first + done, now, time + done * step, step);
    u64 start = nanoseconds();
    process(now);
    spent += nanoseconds() - start;
  }
  u64 forwarded = get64(map.counters + REASON_FORWARDED * 8) - before;
  printf("%llu %llu %llu\n", (unsigned long long)spent, (unsigned long long)forwarded, (unsigned long long)state.slow);
}

static bool writeImage(const char *path, size_t size) {
  FILE *out = fopen(path, "wb");
  bool written = out != NULL && fwrite(IMAGE(0), 1, size, out) == size;
  printf("%s\n", written && fclose(out) == 0 ? "written" : "failed");
  return written;
}

int main(int count, char **arguments) {
  if (count != 9) return 2;
  size_t size = loadImage(arguments[1], atoi(arguments[8]));
  findRegions();
  state.now = strtoull(arguments[2], NULL, 10);
  state.quiet = strtoull(arguments[3], NULL, 10);
  tape.frames = mapFile(arguments[4]);
  tape.stride = (u32)strtoul(arguments[5], NULL, 10);
  tape.length = (u32)strtoul(arguments[6], NULL, 10);
  tape.sides = mapFile(arguments[7]);
  char line[4096], path[4000];
  unsigned long long first, packets, time, step, batch;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "run %llu %llu %llu %llu %llu", &first, &packets, &time, &step, &batch) == 5)
      run(first, packets, time, step, batch);
    else if (sscanf(line, "image %3999s", path) == 1 && !writeImage(path, size))
      return 1;
    fflush(stdout);
  }
  return 0;
}
