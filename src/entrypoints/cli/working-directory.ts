/**
 * The folder that relative paths of the command line start from. npm runs a package's scripts in the package's folder,
 * so under our own `npm run umpire` it is the folder that npm was called in. Under any other script, or none, the
 * process stands where the user put it, also after a `cd`.
 */
export function workingDirectory(environment: Readonly<Record<string, string | undefined>>, current: string): string {
  const ownScript = environment["npm_lifecycle_event"] === "umpire" && environment["npm_package_name"] === "umpire";
  return (ownScript ? environment["INIT_CWD"] : undefined) ?? current;
}
