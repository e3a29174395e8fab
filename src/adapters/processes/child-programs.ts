/** What a program must not inherit: keys of this product. */
const WITHHELD = /^UMPIRE_(KEY|SECRET)/;

/** The variables that a program of the operator's gets. */
export function inheritedVariables(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !WITHHELD.test(name)));
}

/** Ends a detached program with the programs that it started. */
export function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
