import { expect } from "vitest";
import type { World } from "./world.ts";

/** Calls the server's API as the first user, and expects success. @param request such as "PUT /api/user". @returns the status. */
export async function send({ server, adminToken }: World, request: string, body: object): Promise<number> {
  const [method = "", path = ""] = request.split(" ");
  const headers = { authorization: `token ${adminToken}`, "content-type": "application/json" };
  const response = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
  expect(response.ok, await response.text()).toBe(true);
  return response.status;
}

/** Reads JSON from the server's API as the first user. */
export async function readApi<T>({ server, adminToken }: World, path: string): Promise<T> {
  const response = await fetch(server.url + path, { headers: { authorization: `token ${adminToken}` } });
  expect(response.ok, path).toBe(true);
  return (await response.json()) as T;
}
