import { parseDocument } from "yaml";
import type { ModelDescription } from "./policy.ts";

/** An ONNX file as a policy names it. */
export interface PolicyModel extends ModelDescription {
  readonly onnx: string;
}

/**
 * The text of a policy with other models in it, all else as written: a challenger that was just trained, the champion
 * that is live.
 * @param champion null: as the policy has it
 */
export function policyWithModels(text: string, champion: PolicyModel | null, challenger: PolicyModel): string {
  const document = parseDocument(text);
  document.setIn(["models", "challenger"], document.createNode(challenger));
  if (champion !== null) document.setIn(["models", "champion"], document.createNode(champion));
  return document.toString();
}
