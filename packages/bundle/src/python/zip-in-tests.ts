import { deflateRawSync } from "node:zlib";

/** A zip archive as those of package indexes: short files are stored, and long ones deflated. Programs are those with the ending .sh. */
export function zipOf(files: Record<string, string>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const [path, text] of Object.entries(files)) {
    const isDeflated = text.length > 100;
    const content = isDeflated ? deflateRawSync(text) : Buffer.from(text);
    const name = Buffer.from(path);
    const local = Buffer.alloc(30);
    const entry = Buffer.alloc(46);
    local.write("PK\x03\x04", "latin1");
    local.writeUInt16LE(name.length, 26);
    entry.write("PK\x01\x02", "latin1");
    entry.writeUInt16LE(isDeflated ? 8 : 0, 10);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt32LE(text.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(((path.endsWith(".sh") ? 0o100755 : 0o100644) << 16) >>> 0, 38);
    entry.writeUInt32LE(Buffer.concat(parts).length, 42);
    parts.push(local, name, content);
    directory.push(entry, name);
  }
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(Buffer.concat(parts).length, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
