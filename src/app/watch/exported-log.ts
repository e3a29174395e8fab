import { Failure } from "../../core/failures.ts";
import type { EventArchive, ExportRequest } from "../ports/event-archive.ts";

/** Writes what the log holds of a model. @returns false where it holds nothing yet */
export async function exportedLog(archive: EventArchive, request: ExportRequest): Promise<boolean> {
  try {
    await archive.exportTraining(request);
    return true;
  } catch (error) {
    // USAGE: it holds predictions of other models only.
    if (error instanceof Failure && (error.code === "FILE_EMPTY" || error.code === "USAGE")) return false;
    throw error;
  }
}
