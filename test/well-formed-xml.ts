/** An element in the order of its start tag. */
export interface XmlElement {
  readonly name: string;
  readonly depth: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const CHARACTERS = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Checks the well-formedness rules of XML 1.0 that a writer can break (one root, balanced tags, quoted and unique
 * attributes, known entities, allowed characters) and gives the elements with their attributes decoded.
 */
export function wellFormedXml(text: string): XmlElement[] {
  if (!CHARACTERS.test(text)) throw new Error("a character that XML 1.0 does not allow");
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const found: XmlElement[] = [];
  const open: string[] = [];
  let rest = body;
  while (rest !== "") {
    const tag = /^<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.-]*="[^"<]*")*)\s*(\/?)>/.exec(rest);
    if (tag === null) {
      const words = /^(?:[^<&]|&(?:amp|lt|gt|quot|apos);)+/.exec(rest);
      if (words === null || (open.length === 0 && words[0].trim() !== ""))
        throw new Error(`not well-formed at: ${rest.slice(0, 60)}`);
      rest = rest.slice(words[0].length);
      continue;
    }
    const [whole, closing, name = "", attributes = "", empty] = tag;
    rest = rest.slice(whole.length);
    if (closing === "/") {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    if (open.length === 0 && found.length > 0) throw new Error("more than one root");
    found.push({ name, depth: open.length, attributes: decoded(attributes) });
    if (empty === "") open.push(name);
  }
  if (open.length > 0) throw new Error(`<${open.pop()}> is not closed`);
  return found;
}

function decoded(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, key = "", value = ""] of text.matchAll(/([A-Za-z_][\w.-]*)="([^"<]*)"/g)) {
    if (key in attributes) throw new Error(`attribute ${key} is there twice`);
    if (/[\t\n\r]/.test(value)) throw new Error(`a bare line break or tab in ${key} would be read as a space`);
    attributes[key] = value.replace(/&([^;&]*);?/g, (whole, name: string) => {
      const number = /^#(\d+)$/.exec(name);
      if (number !== null) return String.fromCodePoint(Number(number[1]));
      const known = entities[name];
      if (known === undefined || !whole.endsWith(";")) throw new Error(`unknown entity ${whole}`);
      return known;
    });
  }
  return attributes;
}
