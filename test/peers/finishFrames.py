"""Has the kernel finish checksums and segments of the frames that an interface sends, as 'ethtool -K INTERFACE tx off' does."""

import array
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946  # linux/sockios.h
ETHTOOL_STXCSUM = 0x17  # linux/ethtool.h

value = array.array("I", [ETHTOOL_STXCSUM, 0])  # struct ethtool_value
request = struct.pack("16sP16x", sys.argv[1].encode(), value.buffer_info()[0])  # struct ifreq
fcntl.ioctl(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), SIOCETHTOOL, request)
