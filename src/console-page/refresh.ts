/** Lets any part ask for the view to be loaded again, without knowing who shows it. */
let again: () => void = () => undefined;

export function onRefresh(act: () => void): void {
  again = act;
}

export function refresh(): void {
  again();
}
