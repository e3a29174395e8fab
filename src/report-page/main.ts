import { type EmbeddedEvidence, unpackEvidence } from "../core/report/embed.ts";
import { h } from "./dom.ts";
import { forest } from "./forest.ts";
import { header, triedBar } from "./header.ts";
import { createModel } from "./model.ts";
import { pictures } from "./pictures.ts";
import { baselines, gates, provenance } from "./provenance.ts";
import { sliceDetail } from "./slice-detail.ts";
import { sliceTable } from "./slice-table.ts";
import { whatIf } from "./what-if.ts";

function start(): void {
  const embedded = JSON.parse(document.getElementById("evidence")?.textContent ?? "null") as EmbeddedEvidence;
  const model = createModel(unpackEvidence(embedded));
  const detail = sliceDetail(model);
  const open = (index: number): void => detail.open(index);
  const page = document.getElementById("report");
  if (page === null) return;
  const alone = model.evidence.verdict.slices.length === 0;
  page.replaceChildren(
    triedBar(model),
    header(model, open),
    h("div", { class: "columns" }, forest(model, open), alone ? "" : whatIf(model)),
    gates(model),
    sliceTable(model, open),
    baselines(model) ?? "",
    pictures(model) ?? "",
    provenance(model),
    detail.element,
  );
  page.dataset["ready"] = "true";
}

start();
