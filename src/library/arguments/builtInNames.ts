/** Names that every configuration knows: protocols, ports, ICMP types and codes, annotations. Built when first asked for. */

/** Where an annotation lies in a packet's annotation area, in bytes; a size of 0 is unknown. */
export interface Annotation {
  readonly offset: number;
  readonly size: number;
}

/** A table written as `name value` words, turned into a map at the first lookup. */
class LazyTable {
  readonly #text: string;
  #map: Map<string, number> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  get(name: string): number | undefined {
    this.#map ??= new Map(
      this.#text
        .trim()
        .split(/\s+/)
        .map((entry): [string, number] => {
          const equals = entry.indexOf("=");
          return [entry.slice(0, equals), Number(entry.slice(equals + 1))];
        }),
    );
    return this.#map.get(name);
  }
}

/** Protocol numbers (IANA), and Click's pseudo-protocols from 256 on. */
export const PROTOCOLS = new LazyTable(
  "dccp=33 gre=47 icmp=1 igmp=2 ipip=4 sctp=132 tcp=6 udp=17 tcpudp=256 transp=258 payload=259",
);

/** Ports over TCP and UDP. */
export const PORTS = new LazyTable(`
  auth=113 bootpc=68 bootps=67 chargen=19 daytime=13 discard=9 dns=53 domain=53 echo=7 finger=79 ftp=21 ftp-data=20
  https=443 imap3=220 imaps=993 irc=194 netbios-dgm=138 netbios-ns=137 netbios-ssn=139 nntp=119 ntp=123 pop3=110 pop3s=995
  pptp=1723 rip=520 route=520 smtp=25 snmp=161 snmp-trap=162 ssh=22 sunrpc=111 telnet=23 tftp=69 www=80`);

/** ICMP message types (RFC 792, RFC 950, RFC 1256). */
export const ICMP_TYPES = new LazyTable(`
  echo-reply=0 unreachable=3 sourcequench=4 redirect=5 echo=8 routeradvert=9 routersolicit=10 timeexceeded=11
  parameterproblem=12 timestamp=13 timestamp-reply=14 inforeq=15 inforeq-reply=16 maskreq=17 maskreq-reply=18`);

/** ICMP codes (RFC 792, RFC 1812), by message type. */
export const ICMP_CODES: ReadonlyMap<number, LazyTable> = new Map([
  [
    3,
    new LazyTable(`
      net=0 host=1 protocol=2 port=3 needfrag=4 srcroutefail=5 netunknown=6 hostunknown=7 isolated=8 netprohibited=9
      hostprohibited=10 tosnet=11 toshost=12 filterprohibited=13 hostprecedence=14 precedencecutoff=15`),
  ],
  [5, new LazyTable("net=0 host=1 tosnet=2 toshost=3")],
  [11, new LazyTable("transit=0 reassembly=1")],
  [12, new LazyTable("erroratptr=0 missingopt=1 length=2")],
]);

/** Offset times 100 plus size. Overlaps are intended. */
const ANNOTATION_CODES = new LazyTable(`
  DST_IP=4 DST_IP6=16 PAINT=1601 WIFI_EXTRA=1624 ICMP_PARAMPROB=1701 FIX_IP_SRC=1901 VLAN=2002 VLAN_TCI=2002
  AGGREGATE=2004 FWD_RATE=2004 MISC_IP=2004 EXTRA_PACKETS=2404 REV_RATE=2404 GRID_ROUTE_CB=2701 IPREASSEMBLER=2804
  EXTRA_LENGTH=2804 FIRST_TIMESTAMP=3208 PACKET_NUMBER=3204 IPSEC_SPI=3204 SEQUENCE_NUMBER=3604 PERFCTR=4008
  IPSEC_SA_DATA_REFERENCE=4008`);

/** Places in the annotation area, on a 64-bit machine. */
export const ANNOTATIONS = {
  get(name: string): Annotation | undefined {
    const code = ANNOTATION_CODES.get(name);
    return code === undefined ? undefined : { offset: Math.floor(code / 100), size: code % 100 };
  },
};
