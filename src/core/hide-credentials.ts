/**
 * A text in which addresses show neither user, password nor parameters: for messages and reports, which are logged and
 * passed on.
 */
export function hideCredentials(text: string): string {
  return text.replace(/(\w+:\/\/)[^\s/?#@"']*@/g, "$1…@").replace(/(\w+:\/\/[^\s?#"']*)[?#][^\s"']+/g, "$1?…");
}
