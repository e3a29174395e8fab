import { Failure } from "../../core/failures.ts";
import { nearest } from "../../core/nearest.ts";
import { planSlices, sliceColumns } from "../../core/slices/plan-slices.ts";
import type { SlicePlan } from "../../core/slices/slice-plan.ts";
import type { Slice } from "../../core/slices/slice.ts";
import { lateColumns } from "../../schemas/policy/bind-policy.ts";
import { bindToSource } from "../judge/bind-to-source.ts";
import type { TableReader } from "../ports/table-reader.ts";
import type { WatchedModel } from "./watched-model.ts";

/** More slices than this are watched only when the policy names them. */
const MOST_SLICES = 20;

/**
 * The routable slices of a policy that its monitors watch, as they are planned over the test data.
 * @throws Failure POLICY where a named slice is not there, or cannot be told when a request comes
 */
export async function watchedSlices(watched: WatchedModel, reader: TableReader): Promise<Slice[]> {
  const { parsed } = watched.onDisk;
  const { monitors } = watched;
  const { slices } = await plannedSlices(watched, reader);
  const routable = slices.filter(({ kind, where }) => kind === "routable" && where !== null);
  if (monitors.slices === null) return routable.slice(0, MOST_SLICES);
  return monitors.slices.map((name, i) => {
    const found = routable.find((slice) => slice.name === name);
    if (found !== undefined) return found;
    const other = slices.find((slice) => slice.name === name);
    const names = routable.map((slice) => slice.name);
    const near = nearest(name, names);
    throw new Failure("POLICY", {
      where: parsed.source.where(["monitors", "slices", i]),
      message:
        other === undefined
          ? `there is no slice "${name}"`
          : `slice "${name}" is of the kind ${other.kind}: it cannot be told when a request comes`,
      mend: [near.length > 0 ? `nearest: ${near.join(", ")}` : `routable: ${names.slice(0, 10).join(", ") || "none"}`],
    });
  });
}

/** All slices of a policy, as they are planned over its test data. */
export async function plannedSlices({ onDisk }: Pick<WatchedModel, "onDisk">, reader: TableReader): Promise<SlicePlan> {
  const { parsed, resolvePath } = onDisk;
  const source = await reader.open(parsed.policy.data.test.map(resolvePath));
  const { policy, columns } = await bindToSource(parsed, source, parsed.policy.data.test.join(", "));
  const wanted = sliceColumns(policy.slices, columns, []);
  const group = policy.columns.group.length > 0 ? { group: policy.columns.group } : {};
  return planSlices({
    entries: policy.slices,
    columns,
    ranking: policy.task === "ranking",
    after: lateColumns(policy),
    where: (entry) => parsed.source.where(["slices", entry]),
    read: () => source.read({ columns: wanted, ...group }),
  });
}
