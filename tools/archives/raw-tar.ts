// Makes tar archives field by field, because a library would not make wrong ones.

const BLOCK = 512;

/** The fields of a header, as they are written. Those that are left out are as `npm pack` writes them. */
export interface Fields {
  flag: string;
  mode: string;
  uid: string;
  size: string | Buffer;
  mtime: string;
  checksum: string;
  link: string;
  /** With the version. */
  magic: string;
  device: string;
  prefix: string;
  /** What follows the last field. */
  tail: string;
}

export function entry(name: string | Buffer, content: string | Buffer = "", fields: Partial<Fields> = {}): Buffer {
  const body = Buffer.from(content);
  const block = Buffer.alloc(BLOCK);
  const put = (text: string | Buffer, at: number) => Buffer.from(text).copy(block, at);
  put(name, 0);
  put(fields.mode ?? "000644 \0", 100);
  put(fields.uid ?? "", 108);
  put(fields.size ?? octal(body.length), 124);
  put(fields.mtime ?? octal(499162500), 136);
  put(" ".repeat(8), 148);
  put(fields.flag ?? "0", 156);
  put(fields.link ?? "", 157);
  put(fields.magic ?? USTAR, 257);
  put(fields.device ?? "", 329);
  put(fields.prefix ?? "", 345);
  put(fields.tail ?? "", 500);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(fields.checksum ?? `${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([block, padded(body)]);
}

export const USTAR = "ustar\x0000";
export const GNU = "ustar  \0";

/** Two blocks of zeros. */
export const end = Buffer.alloc(2 * BLOCK);

export function folder(name: string, fields: Partial<Fields> = {}): Buffer {
  return entry(name, "", { flag: "5", mode: "000755 \0", ...fields });
}

/** An extended header for the entry after it, from its records or from its bytes. */
export function pax(records: Record<string, string> | string, fields: Partial<Fields> = {}): Buffer {
  const text = typeof records === "string" ? records : Object.entries(records).map(record).join("");
  return entry("PaxHeader/x", text, { flag: "x", ...fields });
}

/** GNU's way to say the name of the entry after it. */
export function longName(name: string): Buffer {
  return entry("././@LongLink", `${name}\0`, { flag: "L", magic: GNU });
}

/** A number in eleven octal digits and a space, as a size is written. */
export function octal(value: number): string {
  return `${value.toString(8).padStart(11, "0")} `;
}

/** The length counts its own digits. */
function record([key, value]: [string, string]): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const length = [1, 2, 3, 4, 5].find((digits) => String(rest + digits).length === digits) ?? 0;
  return `${rest + length} ${key}=${value}\n`;
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)]);
}
