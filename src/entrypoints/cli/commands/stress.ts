import { readKey } from "../api/api-client.ts";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { LoadRequest, LoadTarget } from "../../../app/ports/load-target.ts";
import { Failure } from "../../../core/failures.ts";
import type { TensorSpec } from "../../../core/serving/tensor.ts";
import { type CommandContext, type ExitCode, type SharedOptions, withSharedOptions } from "../context.ts";
import type { Terminal } from "../terminal.ts";
import { serverAddress } from "../api/server-address.ts";

interface StressFlags extends SharedOptions {
  readonly target: string;
  readonly allowHost?: string;
  readonly version?: string;
  readonly keyFile?: string;
  readonly expected: string;
  readonly times: string;
  readonly from?: string;
  readonly edge: string;
  readonly duration: string;
  readonly p99: string;
  readonly errors: string;
  readonly shed: string;
  readonly timeout: string;
  readonly most: string;
  readonly mostSeconds: string;
  readonly seed: string;
  readonly knee: boolean;
}

export function register(program: Command, context: CommandContext): void {
  const command = program
    .command("stress")
    .argument("<model>", "name of the model on the gateway")
    .summary("put ten times the expected load on a gateway, before production does")
    .description(
      "Puts load on a gateway on a fixed schedule, whatever it answers, and looks for the knee. Answers yes (0) where" +
        " the peak stays within the limits, no (1) where it does not.",
    )
    .requiredOption("--expected <n>", "requests a second that are expected")
    .option("--target <url>", "the gateway", "http://127.0.0.1:8080")
    .option("--allow-host <host>", "the host of --target, where it is not this machine: load on it is wanted")
    .option("--version <version>", "a version by name, before it goes live; default: as routed")
    .option("--key-file <file>", "file with the gateway's key; default the variable UMPIRE_KEY")
    .option(
      "--from <file>",
      "records (JSON lines, CSV, Parquet) or a prediction log to send; default: made from the model's inputs",
    )
    .option("--times <n>", "how many times the expected volume is put on", "10")
    .option("--edge <share>", "share of edge cases among the requests", "0.05")
    .option("--duration <seconds>", "length of each stage", "5")
    .option("--p99 <ms>", "limit of the 99th percentile", "100")
    .option("--errors <share>", "limit of errors and time-outs", "0.001")
    .option("--shed <share>", "limit of requests that are shed (503)", "0.01")
    .option("--timeout <ms>", "longest wait for an answer", "5000")
    .option("--most <n>", "requests in all", "1000000")
    .option("--most-seconds <n>", "seconds in all", "120")
    .option("--seed <n>", "of the requests that are made", "1")
    .option("--no-knee", "do not look for the highest rate that stays within the limits");
  withSharedOptions(command)
    .addHelpText("after", "\nExample:\n  umpire stress ranker --expected 50 --from .umpire/predictions --version 2")
    .action(
      context.action<StressFlags>((terminal, flags, positional) => stress(terminal, flags, positional[0]!, context)),
    );
}

async function stress(
  terminal: Terminal,
  flags: StressFlags,
  model: string,
  context: CommandContext,
): Promise<ExitCode> {
  const { runStress } = await import("../../../app/stress/run-stress.ts");
  const { stageLine, stressText } = await import("../render/stress-text.ts");
  const { createLoadTarget } = await import("../../../composition/stress-tools.ts");
  const base = targetOf(flags);
  const key = await readKey(flags.keyFile, context.workingDirectory);
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const number = numberReader(flags);
  const expected = number("expected", Number.MIN_VALUE, 100_000);
  const times = number("times", 0.1, 1000);
  const versionPath = flags.version === undefined ? "" : `/versions/${encodeURIComponent(flags.version)}`;
  const inputs = await inputsOf(base, model, versionPath, headers);
  const { next, door } = await requestsOf(flags, model, inputs, number, context.workingDirectory);
  const path =
    door === "records"
      ? `/v1/models/${encodeURIComponent(model)}${versionPath}/predict`
      : `/v2/models/${encodeURIComponent(model)}${versionPath}/infer`;
  const target: LoadTarget = await createLoadTarget({
    url: new URL(path, base),
    headers,
    timeoutMilliseconds: number("timeout", 1, 600_000),
    connections: 1024,
  });
  try {
    const report = await runStress(target, next, {
      expected,
      times,
      limits: { p99: number("p99", 0, 600_000), errors: number("errors", 0, 1), shed: number("shed", 0, 1) },
      seconds: number("duration", 0.1, 3600),
      most: number("most", 1, 1e9),
      mostSeconds: number("mostSeconds", 1, 86_400),
      knee: flags.knee,
      signal: context.signal,
      onStage: (what, stage) => terminal.remark(stageLine(stage, `  ${what}`)),
    });
    if (context.signal.aborted) throw new Failure("INTERRUPTED", { message: "the load was stopped half-way" });
    terminal.document({
      schema: "umpire.stress/1",
      model,
      version: flags.version ?? null,
      expected,
      times,
      ...report,
    });
    terminal.print(stressText(report, expected, times));
    return { pass: 0, fail: 1, "not-enough-data": 3, "not-evaluated": 4 }[report.decision] as ExitCode;
  } finally {
    await target.close();
  }
}

/** Only this machine, unless the host is named a second time: a slip must not put load on someone else's server. */
function targetOf({ target, allowHost }: StressFlags): URL {
  const url = new URL(serverAddress(target, "--target"));
  const loopback = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(url.hostname);
  if (loopback || allowHost === url.hostname) return url;
  throw new Failure("USAGE", {
    message: `${url.hostname} is not this machine, and load on it may hurt others`,
    mend: [`where that is wanted: --allow-host ${url.hostname}`],
  });
}

type NumberFlag =
  | "expected"
  | "times"
  | "edge"
  | "duration"
  | "p99"
  | "errors"
  | "shed"
  | "timeout"
  | "most"
  | "mostSeconds"
  | "seed";

function numberReader(flags: StressFlags): (name: NumberFlag, low: number, high: number) => number {
  return (name, low, high) => {
    const value = Number(flags[name]);
    if (flags[name].trim() !== "" && value >= low && value <= high) return value;
    const shown = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new Failure("USAGE", {
      message: `--${shown} is ${flags[name]}; it is a number from ${low} to ${high}`,
    });
  };
}

async function inputsOf(
  base: URL,
  model: string,
  versionPath: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly TensorSpec[]> {
  const url = new URL(`/v2/models/${encodeURIComponent(model)}${versionPath}`, base);
  let answer: Response;
  try {
    answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  } catch (cause) {
    throw new Failure("SERVER", {
      where: base.href,
      message: "no gateway answers here",
      mend: ["umpire gateway --model NAME=FILE.onnx"],
      cause,
    });
  }
  const text = await answer.text();
  if (answer.status !== 200) throw new Failure("SERVER", { where: url.href, message: text.slice(0, 300) });
  const { inputs } = JSON.parse(text) as { readonly inputs?: readonly TensorSpec[] };
  return inputs ?? [];
}

async function requestsOf(
  flags: StressFlags,
  model: string,
  inputs: readonly TensorSpec[],
  number: ReturnType<typeof numberReader>,
  folder: string,
): Promise<{ readonly next: () => LoadRequest; readonly door: "records" | "v2" }> {
  const { recordRequests, tensorRequests } = await import("../../../app/stress/load-requests.ts");
  const edge = number("edge", 0, 1);
  const seed = number("seed", 0, Number.MAX_SAFE_INTEGER);
  if (flags.from === undefined) {
    if (inputs.length === 0) return { next: recordRequests([{}], edge, seed), door: "records" };
    return { next: tensorRequests(inputs, edge, seed), door: "v2" };
  }
  const { readRecorded } = await import("../../../app/stress/read-recorded.ts");
  const { openEventArchive } = await import("../../../composition/gateway.ts");
  const { openTableReader } = await import("../../../composition/table-reader.ts");
  const records = await readRecorded(resolve(folder, flags.from), model, 100_000, openTableReader, openEventArchive);
  return { next: recordRequests(records, edge, seed), door: "records" };
}
