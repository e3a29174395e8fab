import type { CheckReadOptions } from "../../app/ports/check-reader.ts";
import type { CheckBlock } from "../../core/data-quality/check-block.ts";
import type { SourceFacts } from "../../core/data-quality/table-facts.ts";
import type { ByteSource } from "./byte-source.ts";
import type { ProblemTally } from "./problem-tally.ts";

export interface TextOpened {
  readonly format: SourceFacts["format"];
  readonly delimiter: string | null;
  readonly header: string | null;
  blocks(): AsyncIterable<CheckBlock>;
  end(): { readonly line: number; readonly newline: boolean };
}

export interface TextToOpen {
  readonly path: string;
  readonly promise: string;
  readonly size: number;
  readonly problems: ProblemTally;
  readonly source: ByteSource;
  readonly reopen: () => ByteSource;
  readonly options: CheckReadOptions;
}
