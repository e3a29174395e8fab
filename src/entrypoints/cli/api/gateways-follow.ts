import type { ApiClient } from "./api-client.ts";
import { timeWords } from "./table.ts";

/** Whether the gateways do what the server says, as they reported themselves. */
export interface Following {
  /** Gateways that answer by the newest routing, by name. */
  readonly followed: readonly string[];
  /** Those that have not said so, with what is known of them. */
  readonly astray: readonly { readonly gateway: string; readonly why: string }[];
  /** True: at least one gateway was heard of, and none is astray. */
  readonly all: boolean;
  readonly milliseconds: number;
}

interface Status {
  readonly revision: number;
  readonly gateways: readonly {
    readonly id: string;
    readonly revision: number;
    readonly seen: string;
    readonly problem: string | null;
  }[];
}

const PATIENCE = 5000;
const PAUSE = 50;

/**
 * Waits until every gateway that the server has heard of says that it answers by the newest routing. A server that has
 * just started has heard of none: that is waited for too, since silence is no answer. Never throws: what was to be
 * followed is decided already.
 */
export async function waitForGateways(api: ApiClient, patience = PATIENCE): Promise<Following> {
  const started = performance.now();
  for (;;) {
    const { revision, gateways } = await api.get<Status>("/v1/status").catch(() => unheard);
    const behind = gateways.filter((gateway) => gateway.revision < revision);
    const milliseconds = performance.now() - started;
    const all = gateways.length > 0 && behind.length === 0;
    if (all || milliseconds > patience) {
      const followed = gateways.filter((gateway) => !behind.includes(gateway)).map(({ id }) => id);
      const astray = behind.map((gateway) => ({ gateway: gateway.id, why: whyOf(gateway, revision) }));
      return { followed, astray, all, milliseconds };
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** What a server that cannot be asked says of its gateways. */
const unheard: Status = { revision: 0, gateways: [] };

function whyOf(gateway: Status["gateways"][number], revision: number): string {
  return (
    gateway.problem ?? `is at routing ${gateway.revision} of ${revision}, last heard of ${timeWords(gateway.seen)}`
  );
}
