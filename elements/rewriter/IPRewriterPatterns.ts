import { Element } from "../kernel/element";

/**
 * Defines named patterns for rewriters.
 *
 * Each argument is a name and a pattern as in IPRewriter, without outputs: `web 1.0.0.1 1024-65535 - -`. The name can
 * stand for the pattern in the arguments of rewriters and mappers in the same compound element and inside it.
 *
 * @note Differs from Click: each user of a pattern goes through its range on its own.
 * @see IPRewriter, RoundRobinIPMapper
 */
@element("0/0", "a/a", "x/x", "DEF raw rest: a name and a pattern")
export class IPRewriterPatterns extends Element {}
