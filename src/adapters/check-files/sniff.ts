/** What the first bytes say that a file is, whatever its name. */
export interface Sniffed {
  readonly kind: "empty" | "blank" | "gzip" | "parquet" | "text" | "other";
  /** For `other`: in words, with what to do. */
  readonly says: string;
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "utf-32";
  readonly byteOrderMark: boolean;
}

const magics: readonly (readonly [readonly number[], string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "a ZIP archive or an Excel workbook (.xlsx): export it as CSV or Parquet, or unpack it"],
  [[0x50, 0x4b, 0x05, 0x06], "an empty ZIP archive"],
  [[0xd0, 0xcf, 0x11, 0xe0], "an old Office document (.xls): export it as CSV"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF document"],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstandard-compressed (28 b5 2f fd): unpack it, or use gzip"],
  [[0x42, 0x5a, 0x68], "bzip2-compressed (42 5a 68): unpack it, or use gzip"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz-compressed (fd 37 7a 58 5a): unpack it, or use gzip"],
  [[0x04, 0x22, 0x4d, 0x18], "lz4-compressed: unpack it, or use gzip"],
  [[0x4f, 0x62, 0x6a, 0x01], "an Avro file: convert it to Parquet"],
  [[0x4f, 0x52, 0x43], "an ORC file: convert it to Parquet"],
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], "an Arrow file (Feather): convert it to Parquet"],
  [[0x46, 0x45, 0x41, 0x31], "a Feather file, version 1: convert it to Parquet"],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], "an SQLite database: export the table"],
  [[0x89, 0x48, 0x44, 0x46], "an HDF5 file: convert it to Parquet"],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], "a NumPy array: convert it to Parquet"],
  [[0x80, 0x04, 0x95], "a Python pickle: convert it to Parquet"],
  [[0x89, 0x50, 0x4e, 0x47], "a PNG image"],
  [[0x7f, 0x45, 0x4c, 0x46], "a program (ELF)"],
  [[0x50, 0x41, 0x52, 0x45], "an encrypted Parquet file (PARE)"],
];

const starts = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

/** @param head the first kilobytes of the file, as they are or unpacked */
export function sniff(head: Uint8Array): Sniffed {
  const plain = { says: "", encoding: "utf-8", byteOrderMark: false } as const;
  if (head.length === 0) return { kind: "empty", ...plain };
  if (starts(head, [0x1f, 0x8b])) return { kind: "gzip", ...plain };
  if (starts(head, [0x50, 0x41, 0x52, 0x31])) return { kind: "parquet", ...plain };
  const other = magics.find(([magic]) => starts(head, magic));
  if (other !== undefined) return { kind: "other", ...plain, says: other[1] };
  if (starts(head, [0xff, 0xfe, 0, 0]) || starts(head, [0, 0, 0xfe, 0xff]))
    return { kind: "other", ...plain, encoding: "utf-32", says: "text in UTF-32: write it as UTF-8" };
  if (starts(head, [0xff, 0xfe])) return { kind: "text", says: "", encoding: "utf-16le", byteOrderMark: true };
  if (starts(head, [0xfe, 0xff])) return { kind: "text", says: "", encoding: "utf-16be", byteOrderMark: true };
  const without = withoutMark(head);
  if (without !== null) return { kind: "text", says: "", encoding: without, byteOrderMark: false };
  const byteOrderMark = starts(head, [0xef, 0xbb, 0xbf]);
  const body = byteOrderMark ? head.subarray(3) : head;
  if (body.every((byte) => byte === 32 || (byte >= 9 && byte <= 13))) return { kind: "blank", ...plain, byteOrderMark };
  const markup = markupIn(body);
  return markup === null ? { kind: "text", ...plain, byteOrderMark } : { kind: "other", ...plain, says: markup };
}

/** UTF-16 without a mark: every second byte of mostly ASCII text is zero. */
function withoutMark(head: Uint8Array): "utf-16le" | "utf-16be" | null {
  const length = Math.min(head.length, 400) & ~1;
  if (length < 16) return null;
  let [even, odd] = [0, 0];
  for (let i = 0; i < length; i += 2) {
    if (head[i] === 0) even++;
    if (head[i + 1] === 0) odd++;
  }
  if (odd > length * 0.4 && even === 0) return "utf-16le";
  return even > length * 0.4 && odd === 0 ? "utf-16be" : null;
}

function markupIn(body: Uint8Array): string | null {
  const text = new TextDecoder("latin1").decode(body.subarray(0, 2000)).trimStart().toLowerCase();
  if (!text.startsWith("<")) return null;
  const title = /<title[^>]*>([^<]{1,80})/.exec(new TextDecoder().decode(body.subarray(0, 4000)))?.[1]?.trim();
  const named = title === undefined ? "" : ` ("${title}")`;
  if (/^<(!doctype html|html|head|body|!--|div|h1|script|table)/.test(text))
    return `HTML${named}: an error page or a login page was saved in place of the data`;
  if (text.includes("<error") && text.startsWith("<?xml"))
    return `XML${named}: an error message of a storage service was saved in place of the data`;
  return /^<\?xml|^<[a-z][\w:.-]*[\s/>]/.test(text) ? `XML${named}: convert it to CSV or Parquet` : null;
}
