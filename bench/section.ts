/** What can be measured besides the paths, a section of the report each. */
import type { Library } from "../src/library/library.ts";
import type { NamedFigure } from "./figure.ts";

export interface SectionOptions {
  readonly library: Library;
  /** For whatever files are needed; it goes with the run. */
  readonly directory: string;
  readonly quick: boolean;
  readonly repetitions: number;
  /** Told what goes on. */
  readonly tell: (line: string) => void;
}

export interface Chart {
  /** In the results. */
  readonly file: string;
  readonly svg: string;
}

export interface Measured {
  readonly figures: readonly NamedFigure[];
  readonly charts: readonly Chart[];
}

export interface Section {
  /** For `--filter`. */
  readonly name: string;
  readonly title: string;
  readonly measure: (options: SectionOptions) => Promise<Measured>;
}
