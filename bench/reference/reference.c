/*
 * The hand-fused reference: what a C programmer would write for one path alone, with everything known at compile time and nothing
 * dispatched. It does the same work as the configurations in bench/configurations.ts, source and sink included: takes a buffer from the
 * pool, copies the frame into it, does to the packet what the elements do, counts it, and gives the buffer back.
 *
 *   reference PATH FRAME FLOWS PACKETS      prints `RES SECONDS PACKETS`
 *
 * PATH is firewall, router, router-queue or nat; FRAME the frame's length without check sequence; FLOWS 1 or 10000: frames lie one
 * after the other as in a capture file.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Packet {
  uint8_t *data;
  uint32_t length;
  uint32_t destination;
  uint8_t *network;
  uint8_t *transport;
  uint8_t paint;
  uint8_t broadcast;
  uint8_t fix_source;
  struct Packet *next;
} Packet;

enum {
  HEADROOM = 128,
  /* 35 cache lines, as in a guest: header, headroom, 2048 data bytes. */
  BUFFER_STRIDE = 2240,
  BUFFERS = 512 + 1000,
  BURST = 32,
  QUEUE_CAPACITY = 1000,
  ETHERNET_HEADER = 14,
  /* A capture's record header in front of each frame. */
  RECORD_HEADER = 16,
  FLOW_SLOTS = 1 << 15,
};

static Packet *free_packets;

static uint8_t *frames;
static uint32_t frame_length, frame_stride, frame_count, frame_at;

static uint64_t sunk, counted_packets, counted_bytes, dropped;

static inline uint16_t load16(const uint8_t *p) { uint16_t v; memcpy(&v, p, 2); return v; }
static inline uint32_t load32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static inline void store16(uint8_t *p, uint16_t v) { memcpy(p, &v, 2); }
static inline void store32(uint8_t *p, uint32_t v) { memcpy(p, &v, 4); }
static inline uint16_t swap16(uint16_t v) { return __builtin_bswap16(v); }
static inline uint32_t swap32(uint32_t v) { return __builtin_bswap32(v); }

/* A 16-bit and a 32-bit constant in network byte order. */
#define NET16(v) ((uint16_t)((((v) & 0xff) << 8) | ((v) >> 8)))
#define IP(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

static inline uint32_t fold(uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  uint32_t half = (uint32_t)sum;
  half = (half & 0xffff) + (half >> 16);
  return (half & 0xffff) + (half >> 16);
}

/* ---- source and sink ---- */

static inline Packet *take_packet(void) {
  Packet *p = free_packets;
  free_packets = p->next;
  p->data = (uint8_t *)(p + 1) + HEADROOM;
  p->length = frame_length;
  p->paint = p->broadcast = p->fix_source = 0;
  memcpy(p->data, frames + frame_at * frame_stride + RECORD_HEADER, frame_length);
  if (++frame_at == frame_count) frame_at = 0;
  /* The compiler must not know what is in the frame. */
  __asm__ volatile("" : : "r"(p) : "memory");
  return p;
}

static inline void release(Packet *p) {
  p->next = free_packets;
  free_packets = p;
}

static inline void sink(Packet *p) {
  sunk++;
  release(p);
}

static inline void drop(Packet *p) {
  dropped++;
  release(p);
}

/* ---- elements ---- */

static inline void strip(Packet *p, uint32_t bytes) {
  p->data += bytes;
  p->length -= bytes;
}

/* CheckIPHeader: version, lengths, checksum, source address; sets the headers and the destination, cuts padding. */
static inline bool check_ip_header(Packet *p) {
  uint8_t *ip = p->data;
  if (p->length < 20 || ip[0] >> 4 != 4) return false;
  uint32_t header_length = (ip[0] & 15u) << 2;
  if (header_length < 20 || header_length > p->length) return false;
  uint32_t total_length = swap16(load16(ip + 2));
  if (total_length > p->length || total_length < header_length) return false;
  uint64_t sum = 0;
  for (uint32_t at = 0; at < header_length; at += 4) sum += load32(ip + at);
  if (fold(sum) != 0xffff) return false;
  if (load32(ip + 12) == 0xffffffff) return false;
  p->network = ip;
  p->transport = ip + header_length;
  p->destination = load32(ip + 16);
  if (p->length > total_length) p->length = total_length;
  return true;
}

static inline bool decrement_ttl(Packet *p) {
  uint8_t *ip = p->network;
  if (ip[8] <= 1) return false;
  ip[8]--;
  uint32_t sum = load16(ip + 10) + 1u;
  store16(ip + 10, (uint16_t)((sum & 0xffff) + (sum >> 16)));
  return true;
}

static inline void ether_encap(Packet *p) {
  static const uint8_t header[ETHERNET_HEADER] = {0x00, 0x00, 0xc0, 0x3b, 0x71, 0xef, 0x00, 0x00, 0xc0, 0xca, 0x68, 0xef, 8, 0};
  p->data -= ETHERNET_HEADER;
  p->length += ETHERNET_HEADER;
  memcpy(p->data, header, ETHERNET_HEADER);
}

/* ---- firewall: Classifier, Strip, CheckIPHeader, IPFilter of ten rules, DecIPTTL, EtherEncap, Counter, sink ---- */

/* Nine rules that no packet here meets, and the one that all meet, tested in order. */
#define DENIED(source_net, destination_net, port) \
  ((source & IP(255, 255, 255, 0)) == (source_net) && (destination & IP(255, 255, 255, 0)) == (destination_net) && \
   destination_port == NET16(port))

static inline bool allowed(const Packet *p) {
  const uint8_t *ip = p->network;
  if (ip[9] != 17 || p->length < 24 || (load16(ip + 6) & NET16(0x1fff)) != 0) return false;
  uint32_t source = load32(ip + 12), destination = load32(ip + 16);
  uint16_t destination_port = load16(p->transport + 2);
  if (DENIED(IP(10, 1, 0, 0), IP(172, 20, 7, 0), 5123)) return false;
  if (DENIED(IP(10, 1, 1, 0), IP(172, 31, 99, 0), 14001)) return false;
  if (DENIED(IP(10, 1, 2, 0), IP(172, 16, 180, 0), 2222)) return false;
  if (DENIED(IP(10, 1, 3, 0), IP(172, 25, 33, 0), 19874)) return false;
  if (DENIED(IP(10, 1, 4, 0), IP(172, 18, 241, 0), 8080)) return false;
  if (DENIED(IP(10, 1, 5, 0), IP(172, 29, 12, 0), 11311)) return false;
  if (DENIED(IP(10, 1, 6, 0), IP(172, 22, 64, 0), 3306)) return false;
  if (DENIED(IP(10, 1, 7, 0), IP(172, 17, 5, 0), 17500)) return false;
  if (DENIED(IP(10, 1, 8, 0), IP(172, 26, 201, 0), 6667)) return false;
  return (source & IP(255, 255, 255, 0)) == IP(10, 0, 0, 0) && (destination & IP(255, 255, 0, 0)) == IP(192, 168, 0, 0) &&
         destination_port == NET16(53);
}

static inline void firewall(Packet *p) {
  if (p->length < 14 || load16(p->data + 12) != NET16(0x0800)) return drop(p);
  strip(p, ETHERNET_HEADER);
  if (!check_ip_header(p) || !allowed(p) || !decrement_ttl(p)) return drop(p);
  ether_encap(p);
  counted_packets++;
  counted_bytes += p->length;
  sink(p);
}

/* ---- router: the elements of one interface of the standard IP router ---- */

static inline uint32_t route(Packet *p) {
  uint32_t a = p->destination;
  if (a == IP(18, 26, 4, 92) || a == IP(18, 26, 4, 255) || a == IP(1, 0, 0, 1)) return 0;
  if ((a & IP(255, 255, 255, 0)) == IP(18, 26, 4, 0)) return 1;
  if ((a & IP(255, 255, 255, 0)) == IP(192, 168, 1, 0)) return 2;
  if ((a & IP(255, 255, 0, 0)) == IP(10, 1, 0, 0)) { p->destination = IP(18, 26, 4, 7); return 1; }
  if ((a & 255) == 1) return 2;
  p->destination = IP(18, 26, 4, 1);
  return 1;
}

static inline bool from_own_address(const Packet *p) {
  uint32_t source = load32(p->network + 12);
  return source == IP(18, 26, 4, 92) || source == IP(18, 26, 4, 255) || source == IP(1, 0, 0, 1) || source == IP(1, 255, 255, 255);
}

/* @returns whether the packet goes out at the interface */
static inline bool route_packet(Packet *p) {
  uint8_t *frame = p->data;
  if (p->length < 14 || load16(frame + 12) != NET16(0x0800)) return false;
  p->paint = 1;
  p->broadcast = frame[0] & 1;
  strip(p, ETHERNET_HEADER);
  if (!check_ip_header(p) || from_own_address(p)) return false;
  if (route(p) != 2 || p->broadcast || p->paint == 2) return false;
  if ((p->network[0] & 15) != 5) return false; /* options are another function's business: no packet here has them */
  if (p->fix_source) return false;
  if (!decrement_ttl(p) || p->length > 1500) return false;
  ether_encap(p);
  return true;
}

static inline void router(Packet *p) {
  if (route_packet(p)) sink(p);
  else drop(p);
}

static Packet *queue[QUEUE_CAPACITY + 1];
static uint32_t queue_head, queue_tail;

static inline uint32_t next_slot(uint32_t slot) { return slot == QUEUE_CAPACITY ? 0 : slot + 1; }

static inline void router_to_queue(Packet *p) {
  if (!route_packet(p)) return drop(p);
  uint32_t next = next_slot(queue_tail);
  if (next == queue_head) return drop(p);
  queue[queue_tail] = p;
  queue_tail = next;
}

static inline void unqueue(void) {
  for (int i = 0; i < BURST && queue_head != queue_tail; i++) {
    sink(queue[queue_head]);
    queue_head = next_slot(queue_head);
  }
}

/* ---- nat: Strip, CheckIPHeader, IPRewriter(pattern 1.2.3.4 1024-65535# - - 0 1) ---- */

typedef struct {
  uint32_t source, destination, ports, protocol;
  uint32_t new_source;
  uint16_t new_port;
  uint16_t ip_delta, udp_delta;
  uint32_t last_used;
} Flow;

static Flow flows[FLOW_SLOTS];
static uint32_t now_seconds, next_port = 1024;

static inline Flow *find_flow(uint32_t source, uint32_t destination, uint32_t ports, uint32_t protocol) {
  uint32_t hash = (source * 0x9e3779b1u) ^ (destination * 0x85ebca77u) ^ (ports * 0xc2b2ae3du) ^ protocol;
  hash ^= hash >> 15;
  hash *= 0x2c1b3c6d;
  hash ^= hash >> 13;
  for (uint32_t slot = hash & (FLOW_SLOTS - 1);; slot = (slot + 1) & (FLOW_SLOTS - 1)) {
    Flow *flow = &flows[slot];
    if (flow->protocol == 0 || (flow->source == source && flow->destination == destination && flow->ports == ports &&
                                flow->protocol == protocol))
      return flow;
  }
}

static inline uint64_t halves(uint32_t word) { return (word & 0xffff) + (word >> 16); }

static __attribute__((noinline)) void new_flow(Flow *flow, uint32_t source, uint32_t destination, uint32_t ports, uint32_t protocol) {
  *flow = (Flow){.source = source, .destination = destination, .ports = ports, .protocol = protocol};
  flow->new_source = IP(1, 2, 3, 4);
  flow->new_port = swap16((uint16_t)next_port);
  next_port = next_port == 65535 ? 1024 : next_port + 1;
  uint64_t delta = halves(~source) + halves(flow->new_source);
  flow->ip_delta = (uint16_t)fold(delta);
  flow->udp_delta = (uint16_t)fold(delta + (~ports & 0xffff) + flow->new_port);
}

static inline uint16_t adjusted(uint16_t checksum, uint16_t delta) {
  uint32_t sum = (~checksum & 0xffffu) + delta;
  return (uint16_t)~((sum & 0xffff) + (sum >> 16));
}

static inline void nat(Packet *p) {
  strip(p, ETHERNET_HEADER);
  if (!check_ip_header(p)) return drop(p);
  uint8_t *ip = p->network, *udp = p->transport;
  if (ip[9] != 17 || (load16(ip + 6) & NET16(0x1fff)) != 0) return drop(p);
  uint32_t source = load32(ip + 12), destination = load32(ip + 16), ports = load32(udp);
  Flow *flow = find_flow(source, destination, ports, 17);
  if (flow->protocol == 0) new_flow(flow, source, destination, ports, 17);
  flow->last_used = now_seconds;
  store32(ip + 12, flow->new_source);
  store16(udp, flow->new_port);
  store16(ip + 10, adjusted(load16(ip + 10), flow->ip_delta));
  if (load16(udp + 6) != 0) store16(udp + 6, adjusted(load16(udp + 6), flow->udp_delta));
  sink(p);
}

/* ---- the frames and the clock ---- */

static void make_frame(uint8_t *frame, uint32_t index) {
  static const uint8_t ethernet[ETHERNET_HEADER] = {0x00, 0x00, 0xc0, 0xca, 0x68, 0xef, 0x00, 0x50, 0xba, 0x85, 0x84, 0xa9, 8, 0};
  uint8_t *ip = frame + ETHERNET_HEADER, *udp = ip + 20;
  uint32_t ip_length = frame_length - ETHERNET_HEADER;
  memset(frame, 0, frame_length);
  memcpy(frame, ethernet, ETHERNET_HEADER);
  ip[0] = 0x45;
  store16(ip + 2, swap16((uint16_t)ip_length));
  store16(ip + 4, NET16(1));
  ip[8] = 64;
  ip[9] = 17;
  if (frame_count == 1) {
    store32(ip + 12, IP(10, 0, 0, 1));
    store32(ip + 16, IP(192, 168, 1, 5));
    store16(udp, NET16(1234));
  } else {
    store32(ip + 12, IP(10, (index >> 14) & 3, (index >> 6) & 255, (index & 63) + 1));
    store32(ip + 16, IP(192, 168, index & 255, 5));
    store16(udp, swap16((uint16_t)(1024 + index * 7919u % 60000)));
  }
  store16(udp + 2, NET16(53));
  store16(udp + 4, swap16((uint16_t)(ip_length - 20)));
  for (uint32_t i = 0; i < ip_length - 28; i++) udp[8 + i] = (uint8_t)(i * 7 + 3);
  uint64_t sum = 0;
  for (uint32_t at = 0; at < 20; at += 4) sum += load32(ip + at);
  store16(ip + 10, (uint16_t)~fold(sum));
  store16(udp + 6, 0x1234); /* nobody on these paths checks it; what matters is that it is adjusted */
}

static void make_frames(void) {
  frame_stride = (frame_length + RECORD_HEADER + 3) & ~3u;
  frames = malloc((size_t)frame_stride * frame_count);
  if (!frames) exit(1);
  for (uint32_t i = 0; i < frame_count; i++) make_frame(frames + (size_t)i * frame_stride + RECORD_HEADER, i);
}

static void make_pool(void) {
  uint8_t *pool = aligned_alloc(64, (size_t)BUFFERS * BUFFER_STRIDE);
  if (!pool) exit(1);
  memset(pool, 0, (size_t)BUFFERS * BUFFER_STRIDE);
  for (uint32_t i = 0; i < BUFFERS; i++) release((Packet *)(pool + (size_t)i * BUFFER_STRIDE));
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* The loop of each path: bursts, and between them the clock, as a scheduler looks at it. */
#define RUN(each_packet, each_burst)                              \
  for (uint64_t left = packets; left > 0;) {                      \
    uint64_t burst = left < BURST ? left : BURST;                 \
    for (uint64_t i = 0; i < burst; i++) each_packet(take_packet()); \
    each_burst;                                                   \
    left -= burst;                                                \
  }

static int run(const char *path, uint64_t packets) {
  if (strcmp(path, "firewall") == 0) {
    RUN(firewall, (void)0)
  } else if (strcmp(path, "router") == 0) {
    RUN(router, (void)0)
  } else if (strcmp(path, "router-queue") == 0) {
    RUN(router_to_queue, unqueue())
  } else if (strcmp(path, "nat") == 0) {
    RUN(nat, now_seconds++)
  } else {
    fprintf(stderr, "reference: no path '%s'\n", path);
    return 1;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: reference PATH FRAME FLOWS PACKETS\n");
    return 1;
  }
  frame_length = (uint32_t)atoi(argv[2]);
  frame_count = (uint32_t)atoi(argv[3]);
  uint64_t packets = strtoull(argv[4], NULL, 10);
  if (frame_length < 60 || frame_length > 1514 || frame_count < 1 || packets < 1) {
    fprintf(stderr, "reference: FRAME is 60 to 1514, FLOWS and PACKETS at least 1\n");
    return 1;
  }
  make_frames();
  make_pool();
  double start = seconds();
  if (run(argv[1], packets) != 0) return 1;
  printf("RES %.9f %llu\n", seconds() - start, (unsigned long long)sunk);
  return 0;
}
