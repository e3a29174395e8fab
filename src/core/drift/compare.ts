import type { Note } from "../findings.ts";
import type { Profile } from "../profile/profile.ts";
import { runDriftTests } from "./catalog.ts";
import { columnChange } from "./column-change.ts";
import { columnPair } from "./column-pair.ts";
import type { CompareOptions, CompareSide } from "./compare-sides.ts";
import { windowsNeeded } from "./conformal.ts";
import { domainClassifier } from "./domain-classifier.ts";
import type { ColumnDrift, DecisionFacts, DriftDocument, JointDrift } from "./drift-document.ts";
import { effectSize } from "./effect.ts";
import { eventsOver, jointName } from "./events.ts";
import { binnedFeatures } from "./feature-matrix.ts";
import type { DriftWindow } from "./drift-window.ts";
import type { WindowsAnswer } from "./judge-windows.ts";
import { judgeWindows } from "./judge-windows.ts";
import { judgedColumns, notJudgedReason } from "./judged-columns.ts";
import { periodsPerMonth } from "./periods.ts";
import { columnPicture } from "./picture.ts";
import { alarmCount, columnReason, conformalVerdict, rowsNeeded } from "./column-verdict.ts";
import { announcedJoint, judgeClassifier, pcaAnswer } from "./joint-answers.ts";
import { periodDrifts } from "./period-drifts.ts";
import { outsideEvents, withEvents } from "./outside-events.ts";
import { driftReason, leftOut, tooFewRows } from "./reason.ts";
import { plainAnswer } from "./plain-answer.ts";
import type { PrincipalSpace } from "./reconstruction-error.ts";
import { principalSpace, reconstructionPValue } from "./reconstruction-error.ts";
import { type VolumeInput, judgeVolume } from "./volume.ts";
import { classifierFacts, textDrift } from "./text-drift.ts";
import { twoSamplePValue } from "./two-sample.ts";
import { holm } from "../statistics/multiplicity.ts";

const classifierRows = 4000;

/** Compares current with reference profiles on one frame: what moved, how much, how surely, since when. */
export function compareDrift(reference: CompareSide, current: CompareSide, options: CompareOptions): DriftDocument {
  const judged = judgedColumns(reference.whole, current.whole, options.lost);
  const complete = reference.whole.frame.columns.every(
    (column, index) => !reference.whole.frame.joint.includes(column.name) || judged.includes(index),
  );
  // Profiles that were counted on other edges have no joint moments here.
  const space = complete && current.whole.joint.rows > 0 ? principalSpace(reference.whole.joint) : null;
  const windows = judgeWindows({
    reference: reference.whole,
    referenceWindows: reference.windows,
    currentWindows: options.by === null ? [wholeWindow(current)] : current.windows,
    columns: judged,
    space,
    alpha: options.alpha,
    floor: options.floor,
    by: options.by,
    season: options.season,
    events: options.by === null ? eventsOver(current.facts.period, options.events) : options.events,
  });
  const enough = Math.min(reference.whole.rows, current.whole.rows) >= rowsNeeded;
  const tests = judgeColumns(reference, current, options, judged, space, windows, enough);
  const drifted = tests.columns.filter((column) => column.drifted === true);
  const jointDrifted = tests.joint.pca.drifted === true || tests.joint.domain_classifier.drifted === true;
  // A column that is gone or of another kind has moved as far as a column can, though no test can say how far.
  const kindsChanged = options.notes.filter((note) => note.code === "kind-changed").length;
  const schemaMoved = kindsChanged > 0 || options.onlyInReference.length > 0;
  const volume = options.volume === false ? null : judgeVolume(volumeInput(reference, current, options));
  const moved = drifted.length > 0 || jointDrifted || schemaMoved || volume?.drifted === true;
  const thin = windows.judgements.filter((judgement) => judgement.thin).length;
  const outcome = moved ? "drift" : enough ? "no-drift" : "not-enough-data";
  return {
    schema: "umpire.drift/1",
    outcome,
    reason:
      driftReason(outcome, [reference.whole.rows, current.whole.rows], drifted, judged.length, tests.joint) +
      leftOut(kindsChanged, options.onlyInReference.length) +
      tooFewRows(volume, thin, windows.judgements.length),
    reference: reference.facts,
    current: current.facts,
    decision: decisionFacts(options, windows),
    columns: tests.columns,
    joint: tests.joint,
    only_in_reference: options.onlyInReference,
    only_in_current: options.onlyInCurrent,
    periods: options.by === null ? null : periodDrifts(windows, reference.whole, judged, space !== null, options.floor),
    volume,
    streams: null,
    expected_false_alarms:
      (options.alpha * windows.families + (volume?.false_alarm_rate ?? 0)) *
      (options.by === null ? 1 : periodsPerMonth[options.by]),
    notes: [...options.notes, ...windows.notes.map(warning)],
    seed: options.seed,
  };
}

function volumeInput(reference: CompareSide, current: CompareSide, options: CompareOptions): VolumeInput {
  const whole = wholeWindow(current);
  return {
    referenceWindows: reference.windows,
    currentWindows: options.by === null ? [whole] : current.windows,
    period: whole.from === null || whole.to === null ? null : [whole.from, whole.to],
    by: options.by,
    alpha: options.alpha,
    events: options.events,
  };
}

function wholeWindow(side: CompareSide): DriftWindow {
  const time = (text: string | undefined): number | null => (text === undefined ? null : Date.parse(text));
  return { from: time(side.facts.period?.[0]), to: time(side.facts.period?.[1]), profile: side.whole };
}

function warning(message: string): Note {
  return { code: "few-windows", severity: "warning", message };
}

function judgeColumns(
  reference: CompareSide,
  current: CompareSide,
  options: CompareOptions,
  judged: readonly number[],
  space: PrincipalSpace | null,
  windows: WindowsAnswer,
  enough: boolean,
): { columns: ColumnDrift[]; joint: JointDrift } {
  const conformal = windows.method === "conformal";
  const samples =
    reference.sample !== null && current.sample !== null ? ([reference.sample, current.sample] as const) : null;
  const outside = outsideEvents(
    options.by === null ? withEvents(current.trail, options.events) : windows.judgements,
    current.whole,
  );
  const drafts = reference.whole.frame.columns.map((frame, index) => {
    const [before, after] = [reference.whole.columns[index]!, current.whole.columns[index]!];
    const pair = columnPair(before, after, reference.sorted(frame.name), current.sorted(frame.name));
    const tests = runDriftTests(pair);
    const text = textDrift(before, after, samples, options.seed, 1 - options.alpha);
    const more = text === null ? [] : [text.language_p_value, text.domain_classifier.p_value].filter((p) => p !== null);
    const isJudged = judged.includes(index);
    const { profile: rest, event } = outside(frame.name);
    const counted = rest?.columns[index] ?? after;
    const ks = counted === after ? tests["ks"]!.p_value : null;
    return {
      frame,
      index,
      before,
      after,
      tests,
      text,
      counted,
      event,
      announced: rest === null,
      p: isJudged && rest !== null ? twoSamplePValue(before, counted, ks, more) : Number.NaN,
    };
  });
  const classifier =
    samples === null
      ? null
      : domainClassifier(
          binnedFeatures(reference.whole.frame, ...samples, classifierRows),
          options.seed,
          1 - options.alpha,
        );
  const pcaP = samples === null || space === null ? null : reconstructionPValue(reference.whole.frame, ...samples);
  const family = holm([
    ...drafts.map((draft) => draft.p),
    pcaP ?? Number.NaN,
    classifier?.p_value ?? Number.NaN,
  ]).adjusted;
  const columns = drafts.map((draft): ColumnDrift => {
    const effect = columnEffect(draft);
    const position = judged.indexOf(draft.index);
    const verdict =
      position < 0 || !enough
        ? {
            drifted: null,
            p: Number.isNaN(draft.p) ? null : draft.p,
            adjusted: null,
            alarms: null,
            sustained: null,
            surprise: "not judged",
          }
        : conformal
          ? conformalVerdict(windows, draft.frame.name, position, options)
          : {
              drifted:
                family[draft.index]! <= options.alpha &&
                (draft.counted === draft.after ? effect : effectSize(draft.before, draft.counted)) >= options.floor,
              p: draft.p,
              adjusted: family[draft.index]!,
              alarms: options.by === null ? null : alarmCount(windows, draft.frame.name, position),
              sustained: null,
              surprise: "two-sample tests, Holm over columns",
            };
    const importance = options.importance.get(draft.frame.name) ?? (options.importance.size > 0 ? 0 : null);
    const change =
      verdict.drifted === true
        ? columnChange(reference, current, draft.index, options, conformal ? windows.season : "none")
        : null;
    return {
      name: draft.frame.name,
      kind: draft.frame.kind,
      drifted: verdict.drifted,
      reason: columnReason(
        verdict,
        effect,
        options,
        notJudgedReason(reference.whole, current.whole, draft.index, options.lost),
        enough,
        draft.announced ? draft.event : null,
      ),
      effect: position < 0 ? null : effect,
      p_value: verdict.p ?? verdict.sustained,
      adjusted_p_value: verdict.adjusted,
      surprise: verdict.surprise,
      importance,
      impact: (importance ?? 1) * (position < 0 ? 0 : effect),
      since: change?.since ?? null,
      shape: change?.shape ?? null,
      alarms: verdict.alarms,
      tests: draft.tests,
      plain: plainAnswer(draft.before, draft.after),
      text: draft.text,
      picture: columnPicture(draft.before, draft.after),
    };
  });
  columns.sort(
    (a, b) =>
      Number(b.drifted === true) - Number(a.drifted === true) ||
      b.impact - a.impact ||
      (b.effect ?? -1) - (a.effect ?? -1),
  );
  const size = drafts.length;
  const joint = {
    pca: pcaAnswer(reference, current, options, space, pcaP, family[size]!, windows, judged.length, enough),
    domain_classifier: judgeClassifier(
      classifierFacts(classifier, samples === null, options.alpha),
      family[size + 1]!,
      options,
      conformal,
      enough,
    ),
  };
  const all = outside(jointName);
  return { columns, joint: all.event === null ? joint : announcedJoint(joint, all.event, conformal) };
}

interface Draft {
  readonly before: Profile["columns"][number];
  readonly after: Profile["columns"][number];
  readonly text: ColumnDrift["text"];
}

/** For text the classifier counts too: AUC 0.5 is 0, 1 is 1. */
function columnEffect(draft: Draft): number {
  const effect = effectSize(draft.before, draft.after);
  const auc = draft.text?.domain_classifier.drifted === true ? draft.text.domain_classifier.auc : null;
  return Math.max(effect, auc === null ? 0 : 2 * auc - 1);
}

function decisionFacts(options: CompareOptions, windows: WindowsAnswer): DecisionFacts {
  const conformal = windows.method === "conformal";
  return {
    alpha: options.alpha,
    families: windows.families,
    floor: options.floor,
    surprise: windows.method,
    by: options.by,
    season: conformal && options.by !== null ? windows.season : null,
    windows: windows.windows,
    windows_needed: windowsNeeded(options.alpha),
    false_alarms_per: options.by === null ? "comparison" : "month",
    convention: conformal
      ? "Drift: effect at or above the floor, and farther from the reference than its own windows at the same place in the season (conformal p, largest over columns)."
      : "Drift: effect at or above the floor, and two-sample p-values at or below alpha after Holm over all columns and joint tests; rows are taken as independent.",
  };
}
