import { type Condition, inRange, type Range, type Scalar } from "./condition.ts";

/**
 * Why no row can ever satisfy a condition, whatever the data, in words; null where some row could. It knows empty
 * lists, ranges without a number in them, and columns that are asked for two things at once.
 */
export function whyNeverTrue(condition: Condition): string | null {
  switch (condition.kind) {
    case "is":
      return condition.values.length === 0 ? `the list of values for ${condition.column} is empty` : null;
    case "clock":
      return condition.values.length === 0 ? `the list of ${condition.part}s for ${condition.column} is empty` : null;
    case "range":
      return emptyRange(condition.range, condition.column);
    case "null":
      return null;
    case "not":
      return condition.of.kind === "all" && condition.of.of.length === 0 ? "it excludes everything" : null;
    case "any": {
      const reasons = condition.of.map(whyNeverTrue);
      if (reasons.length === 0) return "the list under any is empty";
      return reasons.every((reason) => reason !== null) ? reasons[0]! : null;
    }
    case "all":
      return neverTogether(flattened(condition.of));
  }
}

function flattened(parts: readonly Condition[]): Condition[] {
  return parts.flatMap((part) => (part.kind === "all" ? flattened(part.of) : [part]));
}

function emptyRange(range: Range, column: string): string | null {
  const lows = [range.from, range.above].filter((bound) => bound !== undefined);
  const highs = [range.to, range.below].filter((bound) => bound !== undefined);
  if (lows.length === 0 || highs.length === 0) return null;
  const low = Math.max(...lows);
  const high = Math.min(...highs);
  const open = range.above === low || range.below === high;
  if (low < high || (low === high && !open)) return null;
  return `no number of ${column} is ${range.above === low ? "above" : "from"} ${low} and ${
    range.below === high ? "below" : "to"
  } ${high}`;
}

interface Demands {
  values: readonly Scalar[] | null;
  ranges: Range[];
  isNull: boolean | null;
}

function neverTogether(parts: readonly Condition[]): string | null {
  const byColumn = new Map<string, Demands>();
  for (const part of parts) {
    const alone = whyNeverTrue(part);
    if (alone !== null) return alone;
    if (part.kind === "any" || part.kind === "not" || part.kind === "all") continue;
    const demands = byColumn.get(part.column) ?? { values: null, ranges: [], isNull: null };
    byColumn.set(part.column, demands);
    const reason = addDemand(demands, part);
    if (reason !== null) return reason;
  }
  return null;
}

function addDemand(demands: Demands, part: Exclude<Condition, { kind: "any" | "all" | "not" }>): string | null {
  const wantsNull = part.kind === "null" && part.isNull;
  if (demands.isNull !== null && demands.isNull !== wantsNull) {
    return `${part.column} is asked to be null and to have a value at once`;
  }
  demands.isNull = wantsNull;
  if (part.kind === "is") {
    const before = demands.values;
    demands.values = before === null ? part.values : before.filter((value) => part.values.includes(value));
    if (demands.values.length === 0) {
      return `${part.column} cannot be ${(before ?? []).join(" or ")} and ${part.values.join(" or ")} at once`;
    }
  }
  if (part.kind === "range") {
    demands.ranges.push(part.range);
    const reason = emptyRange(intersection(demands.ranges), part.column);
    if (reason !== null) return reason;
  }
  const { values, ranges } = demands;
  if (values !== null && ranges.length > 0) {
    const possible = values.some(
      (value) => typeof value !== "boolean" && (typeof value === "string" || ranges.every((r) => inRange(value, r))),
    );
    if (!possible) return `${part.column} cannot be ${values.join(" or ")} and lie in that range at once`;
  }
  return null;
}

function intersection(ranges: readonly Range[]): Range {
  const bounds = (key: keyof Range): number[] => ranges.map((range) => range[key]).filter((b) => b !== undefined);
  const out: { -readonly [K in keyof Range]: number } = {};
  if (bounds("from").length > 0) out.from = Math.max(...bounds("from"));
  if (bounds("above").length > 0) out.above = Math.max(...bounds("above"));
  if (bounds("to").length > 0) out.to = Math.min(...bounds("to"));
  if (bounds("below").length > 0) out.below = Math.min(...bounds("below"));
  return out;
}
