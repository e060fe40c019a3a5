import { Element } from "../kernel/element";

/**
 * Gives names to addresses.
 *
 * Each argument is `NAME ADDRESS...`: IPv4 and IPv6 addresses and prefixes, and Ethernet addresses. Wherever an argument of another
 * element in the same compound, or in one inside it, takes an address of that kind, it may be the name instead. A prefix that has
 * bits behind its mask is an address, too. `NAME:ip`, `NAME:ipnet`, `NAME:bcast`, `NAME:gw`, `NAME:ip6`, `NAME:ip6net` and `NAME:eth`
 * say which one is meant. Names of network devices stand for the addresses that they have.
 *
 * @see ScheduleInfo, PortInfo
 */
@element("0/0", "a/a", "x/x", "DEFINITION any rest: `NAME ADDRESS...`")
export class AddressInfo extends Element {}
