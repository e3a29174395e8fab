import { LabelIntake, type GivenLabel, type LabelOutcome } from "../app/serving/label-intake.ts";
import { Failure } from "../core/failures.ts";
import { systemClock } from "./system-clock.ts";

/** Where labels of a file go: a running gateway, or a log's folder. */
export interface LabelSink {
  take(labels: readonly GivenLabel[]): Promise<LabelOutcome>;
  close(): Promise<void>;
}

export async function openLabelSink(
  to: { readonly url: string; readonly key: string | null } | { readonly log: string },
): Promise<LabelSink> {
  if ("url" in to) return remoteSink(to.url, to.key);
  const { SegmentLog } = await import("../adapters/prediction-log/segment-log.ts");
  const log = new SegmentLog({ folder: to.log, mode: "durable" });
  const intake = new LabelIntake(log, { label: () => {} }, systemClock);
  return { take: (labels) => intake.take(labels), close: () => log.close() };
}

function remoteSink(url: string, key: string | null): LabelSink {
  const address = new URL("/v1/labels", url);
  return {
    take: async (labels) => {
      const response = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json", ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
        body: JSON.stringify({ labels }),
      });
      if (response.ok) return (await response.json()) as LabelOutcome;
      throw new Failure("DATA", {
        where: address.href,
        message: `the gateway answered ${response.status}: ${(await response.text()).slice(0, 300)}`,
      });
    },
    close: async () => {},
  };
}
