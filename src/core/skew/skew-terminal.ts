import { fit, padEnd, padStart, wrap } from "../report/text-width.ts";
import type { SkewDocument } from "./skew-document.ts";

export interface SkewLook {
  readonly width: number;
  readonly all: boolean;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly record: readonly string[];
}

export function renderSkewTerminal(skew: SkewDocument, look: SkewLook): string {
  const name = (files: readonly string[]): string => files.map((file) => file.split("/").at(-1)).join(", ");
  const count = (value: number): string => value.toLocaleString("en-US");
  const lines = [
    "",
    fit(
      ` ${name(skew.logged.files)} against ${name(skew.raw.files)} · ${count(skew.rows.joined)} requests in both`,
      look.width,
    ),
    "",
  ];
  const word = skew.outcome === "skew" ? look.bad("✗ SKEW") : look.good("✓ NO SKEW");
  const indent = skew.outcome === "skew" ? 10 : 13;
  wrap(skew.reason, look.width - indent - 1).forEach((line, i) => {
    lines.push(i === 0 ? ` ${word}   ${look.strong(line)}` : " ".repeat(indent) + look.strong(line));
  });
  const shown = skew.features.filter((feature) => look.all || feature.differing > 0);
  const nameWidth = Math.min(26, Math.max(8, ...shown.map((feature) => feature.name.length)));
  if (shown.length > 0)
    lines.push(
      "",
      look.quiet(
        ` ${padEnd("features", nameWidth + 2)}${padStart("differ", 9)} ${padStart("share", 7)}   since        by`,
      ),
    );
  for (const feature of shown) {
    const glyph = feature.differing > 0 ? look.bad("✗") : look.good("✓");
    const by =
      feature.mean_difference === null
        ? ""
        : `${feature.mean_difference > 0 ? "+" : ""}${Number(feature.mean_difference.toPrecision(3))}`.replace(
            "-",
            "−",
          );
    const sd =
      feature.mean_difference_sd === null ? "" : ` (${feature.mean_difference_sd.toFixed(1).replace("-", "−")} sd)`;
    const share = `${(100 * feature.share).toFixed(2)}%`;
    lines.push(
      ` ${glyph} ${padEnd(fit(feature.name, nameWidth), nameWidth)}${padStart(count(feature.differing), 9)} ${padStart(share, 7)}   ${padEnd(feature.since?.slice(0, 10) ?? "", 10)}   ${by}${sd}`,
    );
    if (
      feature.since !== null &&
      feature.since_earliest !== null &&
      feature.since_earliest.slice(0, 10) !== feature.since.slice(0, 10)
    ) {
      lines.push(
        `     first seen ${feature.since.slice(0, 16).replace("T", " ")}; may have begun as early as ${feature.since_earliest.slice(0, 10)} (95%)`,
      );
    }
    if (feature.cause !== null) {
      for (const line of wrap(
        `${feature.cause.kind}: ${feature.cause.sentence} (explains ${(100 * feature.cause.explains).toFixed(0)}%)`,
        look.width - 6,
      ))
        lines.push(`     ${line}`);
      const example = feature.examples[0];
      if (example !== undefined)
        lines.push(
          fit(
            `     for example ${example.id}: ${String(example.logged)} was logged, ${feature.transformation} is ${String(example.right)}`,
            look.width,
          ),
        );
    }
  }
  const right = skew.features.length - shown.length;
  if (right > 0) lines.push(look.quiet(`   ${right} features as they should be (--all)`));
  lines.push("");
  const { only_raw, only_logged, repeated } = skew.rows;
  if (only_raw + only_logged + repeated > 0)
    lines.push(
      ` rows       only raw ${count(only_raw)}, only logged ${count(only_logged)}, repeated ids ${count(repeated)}`,
    );
  for (const note of skew.notes)
    lines.push(...wrap(note.message, look.width - 12).map((line, i) => ` ${padEnd(i === 0 ? "note" : "", 11)}${line}`));
  if (look.record.length > 0) lines.push(` record     ${look.record.join("   ")}`);
  return `${lines.join("\n")}\n`;
}
