/** The prediction log as a whole, rotated or not. */
export interface EventArchive {
  /**
   * Writes served features joined with the labels that were known at a time: one row a prediction, as a training set.
   * Of several labels with one name the latest stands.
   * @throws Failure FILE_EMPTY where the log holds no prediction of the model
   */
  exportTraining(request: ExportRequest): Promise<ExportResult>;
  /**
   * Records of a model that its contract refused, in the order in which they came.
   * @param model null: the only one in the log
   */
  refused(model: string | null, until: number): Promise<RefusedRecords>;
  /** Features of the predictions of a model as they came, as JSON, in their order; of all models where it is null. */
  recorded(model: string | null, most: number): Promise<readonly string[]>;
  /** Turns closed segments into Parquet. */
  rotate(): Promise<{ readonly segments: number; readonly rows: number }>;
}

export interface ExportRequest {
  /** Null: the only model in the log. */
  readonly model: string | null;
  /** Milliseconds since 1970; predictions and labels after it are left out. */
  readonly asOf: number;
  /** Ends in .parquet, .csv or .jsonl. */
  readonly to: string;
  /** True: predictions without a label too. */
  readonly unlabelled: boolean;
}

export interface ExportResult {
  readonly model: string;
  readonly predictions: number;
  readonly labelled: number;
  /** Labels that belong to no prediction in the log. */
  readonly strayLabels: number;
  readonly features: readonly string[];
}

export interface RefusedRecords {
  readonly model: string;
  readonly records: readonly RefusedRecord[];
}

export interface RefusedRecord {
  readonly at: number;
  /** The record as JSON, as it came. */
  readonly raw: string;
  readonly reasons: readonly { readonly check: string; readonly column: string | null; readonly reason: string }[];
}
