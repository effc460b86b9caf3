import { gzipSync } from "node:zlib";

/** An update that was started, and what its client sends. */
export interface Update {
  /** Sends these bodies with three senders, as the CLI does. @returns how long each request took, in milliseconds. */
  send(batches: readonly Buffer[]): Promise<number[]>;
  complete(): Promise<void>;
}

/** A client of one server, with its own stack. */
export async function newClient(url: string, token: string) {
  const name = `s${process.hrtime.bigint()}`;
  const stack = `${url}/api/stacks/acme/pets/${name}`;
  const json = async (method: string, to: string, body: object, authorization = `token ${token}`) => {
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(to, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${to}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  await json("POST", `${url}/api/stacks/acme/pets`, { stackName: name });
  return {
    json,
    async newUpdate(): Promise<Update> {
      const { updateID } = await json("POST", `${stack}/update`, { metadata: {} });
      const started = await json("POST", `${stack}/update/${updateID}`, {});
      const authorization = `update-token ${started.token}`;
      const sendOne = async (body: Buffer) => {
        const from = performance.now();
        const headers = { authorization, "content-type": "application/json", "content-encoding": "gzip" };
        const answer = await fetch(`${stack}/update/${updateID}/events/batch`, {
          method: "POST",
          headers,
          body: new Uint8Array(body),
        });
        if (!answer.ok) throw new Error(`events: ${answer.status} ${await answer.text()}`);
        await answer.arrayBuffer();
        return performance.now() - from;
      };
      return {
        async send(batches) {
          const times: number[] = [];
          const left = [...batches];
          const sender = async () => {
            for (let body = left.shift(); body; body = left.shift()) times.push(await sendOne(body));
          };
          await Promise.all([sender(), sender(), sender()]);
          return times;
        },
        complete: async () => {
          await json("POST", `${stack}/update/${updateID}/complete`, { status: "succeeded" }, authorization);
        },
      };
    },
  };
}

export const packed = (batches: readonly string[]): Buffer[] => batches.map((batch) => gzipSync(batch));
