/** Each may do what the ones before it may: look · register and operate · let into production · keys and deletion. */
export const roles = ["viewer", "operator", "approver", "admin"] as const;

/** Under these names the product acts by itself in the trail; no key may have one. */
export const productNames: readonly string[] = [
  "alerts",
  "monitors",
  "releases",
  "retraining",
  "scheduler",
  "server",
  "umpire",
];

export type Role = (typeof roles)[number];

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

/** True where `held` may do what `needed` may. */
export function roleCovers(held: Role, needed: Role): boolean {
  return roles.indexOf(held) >= roles.indexOf(needed);
}
