import { ApiError, type Client } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { LiveReport } from "./live-report.ts";

const stack = { orgName: "acme", projectName: "web", stackName: "dev", backend: "s3://states" };
const reportTo = (error: ApiError) =>
  new LiveReport([{ id: "u1", isPreview: false }], {
    stack,
    client: { call: () => Promise.reject(error) } as unknown as Client,
    server: "https://quillon.example.com",
    unsent: "/no/such/folder",
  });

test("a stack that another run holds is told with what ends that one: pulumi cancel ends what is in the other backend", async () => {
  const busy = new ApiError(409, "stack_busy", "Conflict: Another update is currently in progress.");
  await expect(reportTo(busy).begin()).rejects.toThrow(
    /^Conflict: Another .*\n.* within five minutes\. To end it now: PULUMI_BACKEND_URL=https:\/\/quillon\.example\.com .* pulumi cancel acme\/web\/dev$/,
  );
});

test("what else the server refuses is told as it says it", async () => {
  const refused = new ApiError(400, "receipt_required", "The receipt of its last update is missing.");
  await expect(reportTo(refused).begin()).rejects.toBe(refused);
});
