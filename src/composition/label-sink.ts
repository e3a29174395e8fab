import { existsSync } from "node:fs";
import type { GatewayConfig } from "../app/serving/gateway-config.ts";
import { LabelIntake, type GivenLabel, type LabelOutcome } from "../app/serving/label-intake.ts";
import { Failure } from "../core/failures.ts";
import { systemClock } from "./system-clock.ts";

/** Where labels of a file go: a running gateway, or a log's folder. */
export interface LabelSink {
  take(labels: readonly GivenLabel[]): Promise<LabelOutcome>;
  close(): Promise<void>;
}

/**
 * @param to a gateway's address, or the configuration of one whose log is written beside it
 * @throws Failure FILE_MISSING where there is no log
 */
export async function openLabelSink(
  to: { readonly url: string; readonly key: string | null } | GatewayConfig,
): Promise<LabelSink> {
  if ("url" in to) return remoteSink(to.url, to.key);
  const { folder } = to.log;
  if (!existsSync(folder)) {
    throw new Failure("FILE_MISSING", {
      where: folder,
      message: "there is no prediction log here",
      mend: ["--log DIR, the folder of the gateway's log; or --url ADDRESS of a gateway that runs"],
    });
  }
  const { SegmentLog } = await import("../adapters/prediction-log/segment-log.ts");
  const { createRedaction, hashKey } = await import("../adapters/prediction-log/redaction.ts");
  const models = new Map(to.models.map((model) => [model.name, model]));
  // Keys that the log keeps as hashes are found by the same hashes.
  const transform = createRedaction(
    { ...to.log, names: () => [...models.keys()], model: (name) => models.get(name) },
    () => hashKey(to.stateFolder),
  );
  const log = new SegmentLog({ folder, mode: "durable", ...(transform === undefined ? {} : { transform }) });
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
