import { newError } from "@quillon/contract";

/** Keys that say nothing about names and contents, and how their values must look for an unpacker not to give up. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  mtime: /^-?\d{1,12}(\.\d{0,30})?$/,
  atime: /^-?\d{1,12}(\.\d{0,30})?$/,
  ctime: /^-?\d{1,12}(\.\d{0,30})?$/,
  uid: /^\d{1,12}$/,
  gid: /^\d{1,12}$/,
  uname: /^[^\0]*$/,
  gname: /^[^\0]*$/,
  comment: /^/,
  "SCHILY.dev": /^/,
  "SCHILY.ino": /^/,
  "SCHILY.nlink": /^/,
  "LIBARCHIVE.creationtime": /^/,
};

/**
 * Reads the content of an extended header: records of the form `LENGTH KEY=VALUE\n`. Only `path` and `size` mean
 * something here. Each key that could mean something to an unpacker, such as those of sparse files, is refused.
 *
 * @throws archive_invalid
 */
export function readPax(body: Buffer): { path?: string; size?: number } {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const length = Number(/^([1-9]\d{0,6}) /.exec(body.toString("latin1", at, at + 8))?.[1]);
    const record = body.subarray(at, at + length);
    const [, key = "", value = ""] = /^\d+ ([^=]+)=(.*)\n$/s.exec(record.toString("utf8")) ?? [];
    if (record.length !== length || key === "" || value === "" || records.has(key) || !isUnderstood(key, value)) {
      throw newError("archive_invalid", { problem: "extended_header", record: nameOf(key, record) });
    }
    records.set(key, value);
    at += length;
  }
  const [path, size] = [records.get("path"), records.get("size")];
  return { ...(path !== undefined && { path }), ...(size !== undefined && { size: Number(size) }) };
}

function isUnderstood(key: string, value: string): boolean {
  if (key === "path") return !/[\0\u{fffd}]/u.test(value);
  if (key === "size") return /^\d{1,15}$/.test(value);
  return Object.hasOwn(HARMLESS, key) && (HARMLESS[key] as RegExp).test(value);
}

function nameOf(key: string, record: Buffer): string {
  return (key || record.toString("latin1")).slice(0, 100);
}
