/*
 * Traffic for the benchmarks of devices:
 *   flood INTERFACE SOURCE DESTINATION BYTES SECONDS   frames of one size, as fast as the kernel takes them; prints how many
 *   echo PORT                                          sends every datagram back
 *   ping ADDRESS PORT COUNT                            one datagram at a time; prints microseconds of each round trip, one a line
 *   awake                                              has the processor never sleep, and leaves it to everybody who has work
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

enum { BATCH = 64, LARGEST = 2048, PAYLOAD = 18, WARM_UP = 1000 };

/* IEEE 802: local experimental EtherType 1. No protocol of the receiver takes such frames. */
enum { ETHERTYPE = 0x88b5 };

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static double microseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec * 1e-3;
}

static struct ether_addr mac(const char *text)
{
    struct ether_addr *address = ether_aton(text);
    if (!address)
        fail(text);
    return *address;
}

static void flood(const char *interface, const char *source, const char *destination, size_t bytes, double seconds)
{
    int packet_socket = socket(AF_PACKET, SOCK_RAW, 0);
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
    if (packet_socket < 0 || bind(packet_socket, (struct sockaddr *)&address, sizeof address) < 0)
        fail(interface);
    int on = 1;
    setsockopt(packet_socket, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);

    static struct {
        struct ether_header header;
        unsigned char payload[LARGEST];
    } frame;
    struct ether_addr from = mac(source), to;
    memcpy(frame.header.ether_shost, &from, sizeof from);
    to = mac(destination);
    memcpy(frame.header.ether_dhost, &to, sizeof to);
    frame.header.ether_type = htons(ETHERTYPE);

    struct iovec vector = {&frame, bytes};
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        messages[i].msg_hdr.msg_iov = &vector;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    unsigned long sent = 0;
    double end = microseconds() + seconds * 1e6;
    while (microseconds() < end) {
        int count = sendmmsg(packet_socket, messages, BATCH, 0);
        if (count > 0)
            sent += count;
    }
    printf("%lu\n", sent);
}

static struct sockaddr_in place(const char *address, const char *port)
{
    struct sockaddr_in result = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    if (inet_pton(AF_INET, address, &result.sin_addr) != 1)
        fail(address);
    return result;
}

static void echo(const char *port)
{
    int udp_socket = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in own = place("0.0.0.0", port);
    if (bind(udp_socket, (struct sockaddr *)&own, sizeof own) < 0)
        fail(port);
    puts("ready");
    fflush(stdout);
    for (;;) {
        char payload[LARGEST];
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        ssize_t received = recvfrom(udp_socket, payload, sizeof payload, 0, (struct sockaddr *)&peer, &length);
        if (received >= 0)
            sendto(udp_socket, payload, received, 0, (struct sockaddr *)&peer, length);
    }
}

static void ping(const char *address, const char *port, int count)
{
    int udp_socket = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in peer = place(address, port);
    struct timeval patience = {.tv_sec = 1};
    setsockopt(udp_socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(udp_socket, (struct sockaddr *)&peer, sizeof peer) < 0)
        fail(address);
    char payload[PAYLOAD] = {0};
    for (int i = -WARM_UP; i < count; i++) {
        double start = microseconds();
        send(udp_socket, payload, sizeof payload, 0);
        if (recv(udp_socket, payload, sizeof payload, 0) < 0)
            fail("no answer");
        if (i >= 0)
            printf("%.2f\n", microseconds() - start);
    }
}

static void awake(void)
{
    struct sched_param parameters = {0};
    if (sched_setscheduler(0, SCHED_IDLE, &parameters) < 0)
        fail("SCHED_IDLE");
    for (;;)
        __asm__ volatile("");
}

int main(int count, char **words)
{
    if (count == 7 && !strcmp(words[1], "flood"))
        flood(words[2], words[3], words[4], strtoul(words[5], 0, 10), atof(words[6]));
    else if (count == 3 && !strcmp(words[1], "echo"))
        echo(words[2]);
    else if (count == 5 && !strcmp(words[1], "ping"))
        ping(words[2], words[3], atoi(words[4]));
    else if (count == 2 && !strcmp(words[1], "awake"))
        awake();
    else
        return 2;
    return 0;
}
