/**
 * Numbers of Linux's interface to programs, under their own names, by the header that they come from. They hold on x86-64 and arm64, both little-endian
 * with 64-bit addresses.
 */
import type { SocketOption } from "./sockets.ts";

// asm/unistd.h
export const SYS_BPF = process.arch === "arm64" ? 280 : 321;

// asm-generic/fcntl.h
export const O_RDWR = 2;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;

// asm-generic/errno-base.h and errno.h
export const EIO = 5;
export const ENXIO = 6;
export const EAGAIN = 11;
export const EBUSY = 16;
export const ENODEV = 19;
export const EINVAL = 22;
export const EMSGSIZE = 90;
export const ENETDOWN = 100;
export const ENOBUFS = 105;

// asm-generic/poll.h
export const POLLOUT = 4;

// linux/eventpoll.h
export const EPOLL_CLOEXEC = O_CLOEXEC;
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLLIN = 1;

// linux/eventfd.h
export const EFD_NONBLOCK = O_NONBLOCK;
export const EFD_CLOEXEC = O_CLOEXEC;

// asm-generic/mman-common.h and linux/mman.h
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const MAP_SHARED = 1;
export const MAP_PRIVATE = 2;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;
export const MAP_POPULATE = 0x8000;

// linux/socket.h, linux/net.h
export const AF_INET = 2;
export const AF_PACKET = 17;
export const AF_XDP = 44;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = O_CLOEXEC;
export const MSG_DONTWAIT = 0x40;
export const SOL_PACKET = 263;
export const SOL_XDP = 283;

// asm-generic/socket.h
export const SOL_SOCKET = 1;
export const SO_SNDBUF: SocketOption = { name: "SO_SNDBUF", number: 7 };
export const SO_RCVBUF: SocketOption = { name: "SO_RCVBUF", number: 8 };
export const SO_SNDBUFFORCE: SocketOption = { name: "SO_SNDBUFFORCE", number: 32 };
export const SO_RCVBUFFORCE: SocketOption = { name: "SO_RCVBUFFORCE", number: 33 };

// linux/sockios.h
export const SIOCGIFFLAGS = 0x8913;
export const SIOCSIFFLAGS = 0x8914;
export const SIOCGIFMTU = 0x8921;
export const SIOCGIFHWADDR = 0x8927;
export const SIOCGIFINDEX = 0x8933;
export const SIOCETHTOOL = 0x8946;

// linux/ethtool.h
export const ETHTOOL_GCHANNELS = 0x3c;

// linux/if.h: flags of an interface, and struct ifreq
export const IFF_UP = 0x1;
export const IFF_RUNNING = 0x40;
export const IFNAMSIZ = 16;
export const IFREQ_SIZE = 40;

// linux/if_arp.h
export const ARPHRD_ETHER = 1;
export const ARPHRD_LOOPBACK = 772;

// linux/if_ether.h
export const ETH_P_ALL = 3;

// linux/if_packet.h; struct sockaddr_ll is 20 bytes, struct packet_mreq 16, struct tpacket_stats 8
export const PACKET_ADD_MEMBERSHIP: SocketOption = { name: "PACKET_ADD_MEMBERSHIP", number: 1 };
export const PACKET_STATISTICS = 6;
export const PACKET_AUXDATA: SocketOption = { name: "PACKET_AUXDATA", number: 8 };
export const PACKET_VNET_HDR: SocketOption = { name: "PACKET_VNET_HDR", number: 15 };
export const PACKET_IGNORE_OUTGOING: SocketOption = { name: "PACKET_IGNORE_OUTGOING", number: 23 };
export const PACKET_MR_PROMISC = 1;

// linux/if_tun.h
export const TUNSETIFF = 0x400454ca;
export const TUNSETOFFLOAD = 0x400454d0;
export const TUNSETVNETHDRSZ = 0x400454d8;
export const IFF_TAP = 0x0002;
export const IFF_NO_PI = 0x1000;
export const IFF_VNET_HDR = 0x4000;
export const TUN_F_CSUM = 0x01;
export const TUN_F_TSO4 = 0x02;
export const TUN_F_TSO6 = 0x04;
export const TUN_F_TSO_ECN = 0x08;

// linux/if_xdp.h; struct xdp_umem_reg is 32 bytes with the fields of Linux 6.8, sockaddr_xdp 16, xdp_mmap_offsets 128, xdp_statistics 48
export const XDP_COPY = 1 << 1;
export const XDP_USE_NEED_WAKEUP = 1 << 3;
export const XDP_MMAP_OFFSETS = 1;
export const XDP_RX_RING: SocketOption = { name: "XDP_RX_RING", number: 2 };
export const XDP_TX_RING: SocketOption = { name: "XDP_TX_RING", number: 3 };
export const XDP_UMEM_REG: SocketOption = { name: "XDP_UMEM_REG", number: 4 };
export const XDP_UMEM_FILL_RING: SocketOption = { name: "XDP_UMEM_FILL_RING", number: 5 };
export const XDP_UMEM_COMPLETION_RING: SocketOption = { name: "XDP_UMEM_COMPLETION_RING", number: 6 };
export const XDP_STATISTICS = 7;
export const XDP_PGOFF_RX_RING = 0;
export const XDP_PGOFF_TX_RING = 0x80000000;
export const XDP_UMEM_PGOFF_FILL_RING = 0x100000000;
export const XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000;

// linux/bpf.h: commands, types, instructions
export const BPF_MAP_CREATE = 0;
export const BPF_MAP_UPDATE_ELEM = 2;
export const BPF_PROG_LOAD = 5;
export const BPF_LINK_CREATE = 28;
export const BPF_MAP_TYPE_XSKMAP = 17;
export const BPF_PROG_TYPE_XDP = 6;
export const BPF_XDP = 37;
export const BPF_FUNC_redirect_map = 51;
export const BPF_PSEUDO_MAP_FD = 1;
export const XDP_PASS = 2;
/** Offset of rx_queue_index in struct xdp_md. */
export const XDP_MD_RX_QUEUE_INDEX = 16;

// linux/if_link.h
export const XDP_FLAGS_SKB_MODE = 1 << 1;
export const XDP_FLAGS_DRV_MODE = 1 << 2;
