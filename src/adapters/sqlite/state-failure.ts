import { Failure } from "../../core/failures.ts";

/** Primary result codes of SQLite. */
const READ_ONLY = 8;
const IO_ERROR = 10;
const FULL = 13;
const CANNOT_OPEN = 14;
const unwritable = new Set([READ_ONLY, FULL]);

/** Does it say that there is no room? */
export function isFull(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  if (code === "ERR_SQLITE_ERROR") return (Number(errcode) & 0xff) === FULL;
  return code === "ENOSPC" || code === "EDQUOT";
}

/** What SQLite or the file system says, as a failure that a person can act on; anything else as it is. */
export function stateFailure(error: unknown, path: string): unknown {
  if (error instanceof Failure) return error;
  const { code, errcode, message } = (error ?? {}) as { code?: unknown; errcode?: unknown; message?: unknown };
  const says = String(message);
  if (code === "ERR_SQLITE_ERROR") {
    const primary = Number(errcode) & 0xff;
    if (unwritable.has(primary)) return notWritten(path, says, error);
    if (primary === IO_ERROR || primary === CANNOT_OPEN) return notReached(path, says, error);
    return new Failure("STATE", {
      where: path,
      message: `the state cannot be read: ${says}`,
      mend: ["restore the last backup: umpire restore BACKUP"],
      cause: error,
    });
  }
  if (code === "ENOSPC" || code === "EDQUOT") return notWritten(path, says, error);
  if (typeof code === "string" && folderErrors.has(code)) return notReached(path, says, error);
  return error;
}

const folderErrors = new Set(["EACCES", "EROFS", "EPERM", "EEXIST", "ENOTDIR", "EIO", "ENAMETOOLONG"]);

function notWritten(path: string, says: string, cause: unknown): Failure {
  return new Failure("WRITE", {
    where: path,
    message: `the change could not be written down: ${says}; it was not made`,
    mend: ["make room or give write access, then do it again"],
    cause,
  });
}

function notReached(path: string, says: string, cause: unknown): Failure {
  return new Failure("STATE", {
    where: path,
    message: `the state cannot be opened or written: ${says}`,
    mend: ["look at the folder: is it a folder, has the disk room, may this user write there?"],
    cause,
  });
}
