/** A case as a user sees it: a configuration, options and input in; output, messages and exit status out. */
export interface Case {
  readonly name: string;
  /** Options of `click`, such as "--simtime" or "-h", "x.count". The configuration is given with -e. */
  readonly arguments?: readonly string[];
  readonly configuration: string;
  readonly stdin?: string;
  /** Expected, whole; absent = empty. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** Exit status; absent = 0. */
  readonly status?: number;
}
