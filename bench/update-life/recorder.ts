import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/** A statement as a client of PostgreSQL sent it. */
export interface Statement {
  text: string;
  /** Bytes are what the client sends as bytes. */
  values: (string | Buffer | null)[];
}

export interface Recorder {
  /** Of the database, for the client. */
  url: string;
  /** @returns the statements since it was called last. */
  take(): Statement[];
  close(): void;
}

/** Passes on all that clients and a PostgreSQL server send each other, and keeps the statements. */
export async function startRecorder(databaseUrl: string): Promise<Recorder> {
  const target = new URL(databaseUrl);
  const statements: Statement[] = [];
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    const read = reader((statement) => statements.push(statement));
    client.on("data", read);
    client.pipe(database).pipe(client);
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const)
      one.on("error", () => other.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    take: () => statements.splice(0),
    close: () => void server.close(),
  };
}

/** Reads what one client sends: https://www.postgresql.org/docs/15/protocol-message-formats.html */
function reader(said: (statement: Statement) => void): (part: Buffer) => void {
  let bytes: Buffer = Buffer.alloc(0);
  let started = false;
  let unnamed = "";
  const named = new Map<string, string>();
  const message = (type: string, body: Buffer) => {
    const fields = new Fields(body);
    if (type === "Q") said({ text: fields.text(), values: [] });
    if (type === "P") {
      const name = fields.text();
      if (name === "") unnamed = fields.text();
      else named.set(name, fields.text());
    }
    if (type === "B") {
      fields.text();
      const name = fields.text();
      said({ text: name === "" ? unnamed : (named.get(name) ?? ""), values: fields.values() });
    }
  };
  return (part) => {
    bytes = bytes.length === 0 ? part : Buffer.concat([bytes, part]);
    for (;;) {
      // The first message has no type.
      const head = started ? 1 : 0;
      if (bytes.length < head + 4) return;
      const end = head + bytes.readInt32BE(head);
      if (bytes.length < end) return;
      if (started) message(String.fromCharCode(bytes[0] ?? 0), bytes.subarray(5, end));
      started = true;
      bytes = bytes.subarray(end);
    }
  };
}

class Fields {
  readonly #body: Buffer;
  #at = 0;
  constructor(body: Buffer) {
    this.#body = body;
  }

  text(): string {
    const end = this.#body.indexOf(0, this.#at);
    const text = this.#body.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return text;
  }

  #number(size: 2 | 4): number {
    this.#at += size;
    return this.#body.readIntBE(this.#at - size, size);
  }

  /** Those of a Bind message: their formats, then each with its length. */
  values(): Statement["values"] {
    const formats = Array.from({ length: this.#number(2) }, () => this.#number(2));
    return Array.from({ length: this.#number(2) }, (_, index) => {
      const length = this.#number(4);
      if (length < 0) return null;
      this.#at += length;
      const bytes = this.#body.subarray(this.#at - length, this.#at);
      const isBytes = (formats.length === 1 ? formats[0] : formats[index]) === 1;
      return isBytes ? Buffer.from(bytes) : bytes.toString("utf8");
    });
  }
}
