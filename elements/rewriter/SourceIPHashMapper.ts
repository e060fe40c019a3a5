import { Element } from "../kernel/element";

/**
 * Chooses among patterns by source address, for rewriters that name it as an input specification.
 *
 * The first argument is two numbers: how many places each pattern gets on a ring, and the seed for where they lie
 * (consistent hashing: Karger et al. 1997). The others are patterns with outputs as in IPRewriter, and a number behind
 * them that is the pattern's own: `SADDR SPORT DADDR DPORT FOUTPUT ROUTPUT ID`. All flows from one address go to one
 * pattern; when a pattern is added or removed, few addresses change theirs. When the range of the pattern is exhausted,
 * the packet is dropped.
 *
 * @note Differs from Click: the seed has no influence on other random numbers.
 * @see RoundRobinIPMapper, IPRewriter, IPRewriterPatterns
 */
@element("0/0", "a/a", "x/x", "PATTERN raw rest: places for each pattern, seed; then patterns, outputs, number")
export class SourceIPHashMapper extends Element {
  /** The Mapper record (inputSpec.ts). */
  mapper: usize = 0;
}
