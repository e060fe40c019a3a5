/** Names of protocols, ICMP types and codes, as the host knows them too (src/library/arguments/builtInNames.ts); "" where there is none. */
import { ICMP_PARAMETER_PROBLEM, ICMP_REDIRECT, ICMP_TIME_EXCEEDED, ICMP_UNREACHABLE } from "./icmp";

export function protocolName(protocol: u8): string {
  switch (protocol) {
    case 1: return "icmp";
    case 2: return "igmp";
    case 4: return "ipip";
    case 6: return "tcp";
    case 17: return "udp";
    case 33: return "dccp";
    case 47: return "gre";
    case 132: return "sctp";
    default: return "";
  }
}

export function icmpTypeName(type: u8): string {
  switch (type) {
    case 0: return "echo-reply";
    case 3: return "unreachable";
    case 4: return "sourcequench";
    case 5: return "redirect";
    case 8: return "echo";
    case 9: return "routeradvert";
    case 10: return "routersolicit";
    case 11: return "timeexceeded";
    case 12: return "parameterproblem";
    case 13: return "timestamp";
    case 14: return "timestamp-reply";
    case 15: return "inforeq";
    case 16: return "inforeq-reply";
    case 17: return "maskreq";
    case 18: return "maskreq-reply";
    default: return "";
  }
}

export function icmpCodeName(type: u8, code: u8): string {
  if (type == ICMP_UNREACHABLE) return unreachableName(code);
  if (type == ICMP_REDIRECT) return redirectName(code);
  if (type == ICMP_TIME_EXCEEDED) return code == 0 ? "transit" : code == 1 ? "reassembly" : "";
  if (type == ICMP_PARAMETER_PROBLEM) return code == 0 ? "erroratptr" : code == 1 ? "missingopt" : code == 2 ? "length" : "";
  return "";
}

function unreachableName(code: u8): string {
  switch (code) {
    case 0: return "net";
    case 1: return "host";
    case 2: return "protocol";
    case 3: return "port";
    case 4: return "needfrag";
    case 5: return "srcroutefail";
    case 6: return "netunknown";
    case 7: return "hostunknown";
    case 8: return "isolated";
    case 9: return "netprohibited";
    case 10: return "hostprohibited";
    case 11: return "tosnet";
    case 12: return "toshost";
    case 13: return "filterprohibited";
    case 14: return "hostprecedence";
    case 15: return "precedencecutoff";
    default: return "";
  }
}

function redirectName(code: u8): string {
  switch (code) {
    case 0: return "net";
    case 1: return "host";
    case 2: return "tosnet";
    case 3: return "toshost";
    default: return "";
  }
}
