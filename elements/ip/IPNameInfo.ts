import { Element } from "../kernel/element";

/**
 * Does nothing: the names of IP protocols, ports, ICMP types and codes are always known.
 *
 * In Click it makes these names available; configurations need not mention it.
 *
 * @see PortInfo, AddressInfo
 */
@element("0/0", "a/a")
export class IPNameInfo extends Element {}
