import { nearest } from "../nearest.ts";
import type { Expression, FunctionName, TimePart } from "./expression.ts";
import { functionArity, timeParts } from "./expression.ts";

/** Thrown by {@link parseExpression}; the boundary turns it into a failure with the place in the file. */
export class ExpressionError extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.name = "ExpressionError";
    this.position = position;
  }
}

interface Token {
  readonly kind: "number" | "name" | "sign";
  readonly text: string;
  readonly position: number;
  /** A name in backticks is a column, whatever it is called. */
  readonly quoted: boolean;
}

const longest = 2000;
const deepest = 50;
const pattern =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|`([^`]+)`|([\p{L}_][\p{L}\p{N}_.]*)|([-+*/(),]))/uy;

/**
 * Parses `temperature_c / 41`, `month of timestamp`, `fill(age, 38)`, … A column whose name is not a word goes in backticks.
 * @throws ExpressionError with the position of the first character that does not fit
 */
export function parseExpression(text: string): Expression {
  const tokens = tokenise(text);
  let at = 0;
  let depth = 0;
  const peek = (): Token | undefined => tokens[at];
  const take = (wanted: string): void => {
    const token = peek();
    if (token?.text !== wanted || token.quoted)
      throw new ExpressionError(`"${wanted}" is missing`, token?.position ?? text.length);
    at++;
  };
  const isSign = (...signs: string[]): boolean => peek()?.kind === "sign" && signs.includes(peek()!.text);

  const sum = (): Expression => {
    if (++depth > deepest) throw new ExpressionError(`brackets nest deeper than ${deepest}`, peek()?.position ?? 0);
    let left = product();
    while (isSign("+", "-")) {
      const operator = tokens[at++]!.text as "+" | "-";
      left = { kind: "arithmetic", operator, left, right: product() };
    }
    depth--;
    return left;
  };
  const product = (): Expression => {
    let left = unit();
    while (isSign("*", "/")) {
      const operator = tokens[at++]!.text as "*" | "/";
      left = { kind: "arithmetic", operator, left, right: unit() };
    }
    return left;
  };
  const unit = (): Expression => {
    const token = peek();
    if (token === undefined) throw new ExpressionError("something is missing at the end", text.length);
    at++;
    if (token.kind === "number") return { kind: "number", value: Number(token.text) };
    if (token.kind === "name") return named(token);
    if (token.text === "-")
      return { kind: "arithmetic", operator: "-", left: { kind: "number", value: 0 }, right: unit() };
    if (token.text !== "(") throw new ExpressionError(`"${token.text}" does not belong here`, token.position);
    const inner = sum();
    take(")");
    return inner;
  };
  const named = (token: Token): Expression => {
    if (!token.quoted && peek()?.text === "of" && peek()?.kind === "name") {
      const part = timeParts.find((name) => name === token.text);
      if (part === undefined)
        throw new ExpressionError(`"${token.text} of": parts of a time are ${timeParts.join(", ")}`, token.position);
      at++;
      return timeOf(part);
    }
    if (token.quoted || !isSign("(")) return { kind: "column", name: token.text };
    if (!(token.text in functionArity)) {
      const close = nearest(token.text, Object.keys(functionArity));
      throw new ExpressionError(
        `there is no function "${token.text}"${close.length > 0 ? `; nearest: ${close.join(", ")}` : ""}`,
        token.position,
      );
    }
    return arguments_(token.text as FunctionName, token.position);
  };
  const timeOf = (part: TimePart): Expression => ({ kind: "time", part, of: unit() });
  const arguments_ = (name: FunctionName, position: number): Expression => {
    take("(");
    const of = [sum()];
    while (isSign(",")) {
      at++;
      of.push(sum());
    }
    take(")");
    if (of.length !== functionArity[name]) {
      throw new ExpressionError(
        `${name} takes ${functionArity[name]} value${functionArity[name] === 1 ? "" : "s"}, not ${of.length}`,
        position,
      );
    }
    return { kind: "call", name, of };
  };
  const whole = sum();
  const rest = peek();
  if (rest !== undefined) throw new ExpressionError(`"${rest.text}" does not belong here`, rest.position);
  return whole;
}

function tokenise(text: string): Token[] {
  if (text.length > longest) throw new ExpressionError(`longer than ${longest} characters`, longest);
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.trimEnd().length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null)
      throw new ExpressionError(`"${text.slice(start).trim().slice(0, 1)}" does not belong here`, start);
    const [all, number, quoted, name, sign] = match;
    const body = number ?? quoted ?? name ?? sign!;
    const kind = number !== undefined ? "number" : sign !== undefined ? "sign" : "name";
    tokens.push({ kind, text: body, position: start + all.length - body.length, quoted: quoted !== undefined });
  }
  return tokens;
}
