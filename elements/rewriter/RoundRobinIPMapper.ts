import { Element } from "../kernel/element";

/**
 * Chooses among patterns in turn, for rewriters that name it as an input specification.
 *
 * Each argument is a pattern with outputs as in IPRewriter: `SADDR SPORT DADDR DPORT FOUTPUT ROUTPUT`. The first new
 * flow is rewritten by the first pattern, the next by the second, and so on; a pattern whose range is exhausted is
 * skipped. Several rewriters may share a mapper.
 *
 * @see IPRewriter, IPRewriterPatterns
 */
@element("0/0", "a/a", "x/x", "PATTERN raw rest: a pattern with its outputs")
export class RoundRobinIPMapper extends Element {
  /** The Mapper record (inputSpec.ts). */
  mapper: usize = 0;
}
