import type { Profile } from "../profile/profile.ts";
import { momentSummary } from "../profile/summary.ts";
import { missingRows } from "../profile/column-profile.ts";
import type { PeriodDrift } from "./drift-document.ts";
import { isExpected, jointName } from "./events.ts";
import type { WindowsAnswer } from "./judge-windows.ts";

/** The document's periods: effects, alarm band and alarms of every judged column. */
export function periodDrifts(
  windows: WindowsAnswer,
  whole: Profile,
  judged: readonly number[],
  hasSpace: boolean,
  floor: number,
): PeriodDrift[] {
  const names = judged.map((index) => whole.frame.columns[index]!.name);
  if (hasSpace) names.push(jointName);
  return windows.judgements.map((judgement) => {
    const { window, event } = judgement;
    const columns = names.map((name, c) => {
      const profile = judged[c] === undefined ? null : window.profile.columns[judged[c]!]!;
      const limit = judgement.limits[c]!;
      return {
        name,
        effect: judgement.effects[c]!,
        p_value: finite(judgement.pValues[c]!),
        adjusted_p_value: finite(judgement.adjusted[c]!),
        limit: Number.isFinite(limit) ? Math.max(limit, floor) : null,
        drifted: judgement.alarms[c]! && !isExpected(event, name),
        mean: profile === null ? null : momentSummary(profile).mean,
        missing: profile === null ? 0 : missingRows(profile),
      };
    });
    return {
      from: new Date(window.from ?? 0).toISOString(),
      to: new Date(window.to ?? 0).toISOString(),
      rows: window.profile.rows,
      judged: !judgement.thin,
      expected: event?.name ?? null,
      alarms: columns.filter((column) => column.drifted).length,
      columns,
    };
  });
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
