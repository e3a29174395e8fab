/** What names say about columns. Order is preference. */
const words = (pattern: string): RegExp => new RegExp(`(^|[_\\s.-])(${pattern})([_\\s.-]|\\d|$)`, "i");

const LABEL_FIRST = /^(label|target|y_true|ground_truth|truth|y|actual|outcome)$/i;
const LABEL_ALSO =
  /^(labels?|is_\w+|clicked|click|converted|conversion|relevance|relevant|rel|churned?|default|fraud|survived|response|class)$/i;
const SCORE = words("scores?|preds?|predictions?|predicted|proba?|probability|probabilities|yhat|y_hat|logits?|p");
/** Names that are those of a model and nothing else. */
const MODEL = /^(champion|challenger|old|new|current|candidate|control|treatment|baseline|v\d+|a|b|model[_\s.-]?\w+)$/i;
const GROUP = /^(request|query|q|qid|search|list|slate|impression|auction|page_?view)(_?id)?$/i;
const ITEM =
  /^(item|doc|document|product|movie|film|video|article|song|track|ad|listing|offer|candidate|sku|page|book)(_?id)?$/i;
const UNIT =
  /^(user|customer|client|account|member|patient|person|subscriber|household|visitor|cookie|device|driver|borrower|employee|student|player|session|merchant|store|machine|vehicle|sensor|uid)(_?(id|no|number|key|uuid|code))?$/i;
const TIMES = [
  /^timestamp$/i,
  /^(ts|time|event_?time|datetime|date_?time)$/i,
  /^date$/i,
  /(request|event|created|score)/i,
];
const NOT_TIME = /label|birth|due|outcome|maturity/i;
const ID = /^(id|row_?id|uuid|guid|index|key|.*[_\s]id)$/i;
const CHAMPION = words("champion|current|incumbent|production|prod|old|control|live|v1|a");
const CHALLENGER = words("challenger|candidate|new|treatment|retrained|next|v2|b");
const SLICE = words(
  "activity|popularity|band|segment|tier|region|country|state|gender|sex|race|age|type|category|channel|device|plan|domain|born|range|season|weather\\w*",
);
const POPULARITY = /^item.*(pop|count|log_n|n_)|popularity$/i;

export const names = {
  isLabelFirst: (name: string): boolean => LABEL_FIRST.test(name),
  isLabelAlso: (name: string): boolean => LABEL_ALSO.test(name),
  isScore: (name: string): boolean => SCORE.test(name) || MODEL.test(name),
  isGroup: (name: string): boolean => GROUP.test(name),
  isItem: (name: string): boolean => ITEM.test(name),
  isUnit: (name: string): boolean => UNIT.test(name),
  isId: (name: string): boolean => ID.test(name),
  isChampion: (name: string): boolean => CHAMPION.test(name),
  isChallenger: (name: string): boolean => CHALLENGER.test(name),
  isSlice: (name: string): boolean => SLICE.test(name),
  isPopularity: (name: string): boolean => POPULARITY.test(name),
  isNotTime: (name: string): boolean => NOT_TIME.test(name),
  /** 0 is the best name for the time of a prediction. */
  timeRank: (name: string): number => {
    const rank = TIMES.findIndex((pattern) => pattern.test(name));
    return rank < 0 ? TIMES.length : rank;
  },
};
